"""Windows of inputs -> what the models say of each, or why none is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Bools, Floats, Ints, where
from models.energy.card import Card
from models.energy.inputs import NAMES, OF_WEATHER, PLACE, STALE, SUSPECT, WIDTH
from models.energy.model import EnergyModel, Float32s
from models.energy.windows import Window
from models.onnx import ModelError
from schemas.energy import Reason

DETAIL_LIMIT = 200
"""Characters, as the contract says."""

POSSIBLE_C = (0.0, 50.0)
"""An answer outside is no setpoint, whatever made it."""

RAW_DIGITS, KWH_DIGITS = 3, 5
"""Digits kept: the last ones of a float32 may depend on how many windows are run together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a model says of one window; ``reason`` tells why if it says nothing."""

    reason: Reason
    detail: str = ""
    card: Card | None = None
    raw_c: float | None = None
    kwh_per_kw: float | None = None
    """Cooling energy of the next hour by rated power of the servers."""

    inputs: bytes
    """The inputs as the model has them."""


class Judge:
    """Judges windows by models, the preferred one first."""

    def __init__(self, models: Sequence[EnergyModel], *, deviation: float) -> None:
        self._models, self._deviation = models, deviation

    def __call__(self, windows: Floats) -> list[Verdict]:
        """A verdict on each of N windows of sets by columns, ``models.energy.inputs.WIDTH`` wide.

        The first model decides whose inputs are all there, the weather fresh if it needs any.
        Each model runs once at most, for all of its windows.
        """
        found: dict[int, Verdict] = {}
        suspect: Bools = np.any(windows[:, :, SUSPECT], axis=1)
        stale: Bools = np.any(windows[:, :, STALE], axis=1)
        for number in where(suspect).tolist():
            found[number] = _refusal(Reason.SENSOR_SUSPECT, "a reading is suspect", windows[number])
        open_ = ~suspect
        for model in self._models:
            inputs = windows[:, :, _columns(model.card)]
            ready: Bools = open_ & ~np.isnan(inputs).any(axis=(1, 2))
            if _needs_weather(model.card):
                ready &= ~stale
            open_ &= ~ready
            numbers = where(ready)
            if numbers.size:
                said = _asked(model, inputs[numbers], self._deviation)
                found.update(zip(numbers.tolist(), said, strict=True))
        for number in where(open_).tolist():
            found[number] = self._unasked(windows[number])
        return [found[number] for number in range(len(windows))]

    def _unasked(self, window: Floats) -> Verdict:
        """Why no model can be asked."""
        if not self._models:
            return _refusal(Reason.MODEL_MISSING, "no sound version of any model", window)
        absent = {name for name, place in PLACE.items() if np.isnan(window[:, place]).any()}
        if window[:, STALE].any():
            absent -= OF_WEATHER
            if any(absent.isdisjoint(_names(model.card)) for model in self._models):
                return _refusal(Reason.WEATHER_STALE, "the weather is missing or old", window)
        least = min((_lacking(model.card, absent) for model in self._models), key=len)
        return _refusal(Reason.INPUT_MISSING, f"missing: {', '.join(least)}", window)


def lacking(window: Window, wanted: int) -> Verdict:
    """The verdict on a window that has fewer sets than are wanted."""
    values = np.array([values for _, values in window.sets]).reshape(-1, WIDTH)
    detail = f"{len(values)} of {wanted} sets came in time"
    return _refusal(Reason.SETS_MISSING, detail, values)


def _asked(model: EnergyModel, inputs: Floats, deviation: float) -> list[Verdict]:
    card = model.card
    low, high = (np.array([getattr(each, end) for each in card.columns]) for end in ("low", "high"))
    margin = deviation * (high - low)
    beyond = (inputs < low - margin) | (inputs > high + margin)
    fits: Bools = ~np.any(beyond, axis=(1, 2))
    answers = iter(_run(model, inputs[fits].astype(np.float32)) if fits.any() else ())
    return [
        next(answers) if fits[number] else _misfit(card, inputs[number], beyond[number])
        for number in range(len(inputs))
    ]


def _misfit(card: Card, window: Floats, beyond: Bools) -> Verdict:
    """The verdict on a window that is nothing the model was trained for."""
    place, number = (int(each[0]) for each in beyond.nonzero())
    column = card.columns[number]
    detail = f"{column.name} {window[place, number]:g} is outside {column.low:g} to {column.high:g}"
    return Verdict(
        reason=Reason.INPUT_OUT_OF_RANGE,
        detail=detail[:DETAIL_LIMIT],
        card=card,
        inputs=_bytes(window),
    )


def _run(model: EnergyModel, inputs: Float32s) -> list[Verdict]:
    card = model.card
    try:
        raw, kwh = model(inputs)
    except ModelError as error:
        detail = str(error)[:DETAIL_LIMIT]
        return [_failure(card, detail, window) for window in inputs]
    low, high = POSSIBLE_C
    possible: Bools = (raw >= low) & (raw <= high) & np.isfinite(kwh)
    return [
        Verdict(
            reason=Reason.OK,
            card=card,
            raw_c=round(float(raw[number]), RAW_DIGITS),
            kwh_per_kw=round(float(kwh[number]), KWH_DIGITS),
            inputs=window.tobytes(),
        )
        if possible[number]
        else _failure(card, f"the model says {raw[number]:g} °C, {kwh[number]:g} kWh", window)
        for number, window in enumerate(inputs)
    ]


def _failure(card: Card, detail: str, window: Float32s) -> Verdict:
    return Verdict(reason=Reason.MODEL_FAILED, detail=detail, card=card, inputs=window.tobytes())


def _refusal(reason: Reason, detail: str, window: Floats) -> Verdict:
    inputs = _bytes(window[:, : len(NAMES)])
    return Verdict(reason=reason, detail=detail[:DETAIL_LIMIT], inputs=inputs)


def _bytes(window: Floats) -> bytes:
    with np.errstate(over="ignore"):  # what is too large for it is outside of every range too
        return window.astype(np.float32).tobytes()


def _columns(card: Card) -> Ints:
    return np.array([PLACE[each.name] for each in card.columns], np.intp)


def _names(card: Card) -> set[str]:
    return {each.name for each in card.columns}


def _needs_weather(card: Card) -> bool:
    return not OF_WEATHER.isdisjoint(_names(card))


def _lacking(card: Card, absent: set[str]) -> list[str]:
    return [each.name for each in card.columns if each.name in absent]
