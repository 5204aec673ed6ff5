"""A room, all that is remembered of it, and what is recommended for it."""

from collections.abc import Sequence
from hashlib import sha256
from math import isfinite
from statistics import fmean
from uuid import UUID, uuid5

from models.energy.ceiling import allowed_c, always_c, too_warm_k
from models.energy.experience import Experience
from models.energy.inputs import PLACE
from models.energy.limits import Level, believable, limited
from models.energy.room_memory import KeptRoom, KeptSet, KeptSetpoint
from models.energy.verdicts import Verdict
from models.energy.windows import Gathering, Set, Window
from models.sites import Room
from schemas.energy import EnergyRecommendation

NAMESPACE = UUID("3c1e7c55-9f0b-5d0c-8f5e-6a1f4be0a7d2")
"""Of the ids of recommendations. Never to be changed: the same window keeps the same id."""

MODELS_LIMIT_C = 27.0
"""The inlet for which models were trained."""

FULL_LOAD, MOST_LOAD = 1.0, 1.5
"""Of rated power: what an unknown load may be, and what none can be."""

MEASURED = ("it_load", "indoor_temperature")
SAME = 0.6
"""Steps: a setpoint reported so near to another one is that one, in the device's own words."""


class KnownRoom:
    """A room and its memory."""

    def __init__(self, site: str, name: str, room: Room, *, experienced: bool) -> None:
        """Know nothing of it yet; ``experienced``: whether it may correct the models."""
        self.site, self.name, self.room, self._experienced = site, name, room, experienced
        self.forget()

    def forget(self) -> None:
        """Know nothing of it."""
        self.gathering, self._level = Gathering(), Level()
        self._metered, self._unmetered = Experience(), Experience()

    def recommend(self, window: Window, verdict: Verdict) -> EnergyRecommendation:
        """A setpoint within the limits, by the verdict on a window; the room remembers it."""
        room, at, card = self.room, window.at, verdict.card
        said_c = believable(window.sets[-1][1][PLACE["setpoint"]]) if window.sets else None
        current_c = None if said_c is None else self._same(said_c)
        wish_c, detail = self._wish(window, verdict, current_c)
        setpoint_c, self._level = limited(self._level, wish_c, current_c, at, room.setpoint)
        kwh = verdict.kwh_per_kw
        return EnergyRecommendation(
            recommendation_id=str(uuid5(NAMESPACE, f"{self.site}/{room.sensor}@{at}")),
            site=self.site,
            device=room.sensor,
            room=self.name,
            air_conditioner=room.air_conditioner,
            at=at,
            since=window.sets[0][0] if window.sets else at,
            sets=len(window.sets),
            setpoint_c=setpoint_c,
            raw_c=verdict.raw_c,
            current_setpoint_c=said_c,
            reason=verdict.reason,
            detail=detail,
            model=card.name if card else None,
            model_version=card.version if card else None,
            inputs_sha256=sha256(verdict.inputs).hexdigest(),
            expected_kwh=None if kwh is None else kwh * room.rated_it_kw,
        )

    def kept(self, logged_at: int | None) -> KeptRoom:
        """All that is remembered; ``logged_at`` is when its newest set was logged."""
        return KeptRoom(
            site=self.site,
            device=self.room.sensor,
            air_conditioner=self.room.air_conditioner,
            rated_it_kw=self.room.rated_it_kw,
            newest=self.gathering.newest,
            done=self.gathering.done,
            logged_at=logged_at,
            sets=tuple(KeptSet(at=at, values=tuple(values)) for at, values in self.gathering.sets),
            past=tuple(KeptSetpoint(at=at, setpoint_c=was) for at, was in self._level.past),
            metered=self._metered.kept(),
            unmetered=self._unmetered.kept(),
        )

    def recall(self, kept: KeptRoom) -> None:
        """Remember what was kept, in place of everything else.

        If it has another air conditioner or other servers by now, what it has shown says nothing.
        """
        sets: list[Set] = [(each.at, each.values) for each in kept.sets]
        self.gathering = Gathering(kept.newest, kept.done, sets)
        self._level = Level(tuple((each.at, each.setpoint_c) for each in kept.past))
        same = (kept.air_conditioner, kept.rated_it_kw) == (
            *(self.room.air_conditioner, self.room.rated_it_kw),
        )
        self._metered = Experience(kept.metered if same else None)
        self._unmetered = Experience(kept.unmetered if same else None)

    def _same(self, said_c: float) -> float:
        """The setpoint that a device means: many report what they were set to in other words."""
        near_c = SAME * self.room.setpoint.step_c
        recommended = (setpoint_c for _, setpoint_c in self._level.past[-1:])
        meant = (*recommended, self._metered.setpoint_c, self._unmetered.setpoint_c)
        return next((each for each in meant if abs(each - said_c) < near_c), said_c)

    def _wish(self, window: Window, verdict: Verdict, current_c: float | None) -> tuple[float, str]:
        """What the room had best be set to, were there no limits, and what is to be said of it."""
        limits, raw_c = self.room.setpoint, verdict.raw_c
        if not self._experienced:
            return limits.fallback_c if raw_c is None else raw_c, verdict.detail
        if raw_c is None:
            shown = (self._metered, self._unmetered)
            safe_c = min(always_c(each, limits.inlet_c) for each in shown)
            return min(limits.fallback_c, safe_c), verdict.detail
        raw_c += limits.inlet_c - MODELS_LIMIT_C
        load, inlet_c = _measured(window)
        if current_c is None or inlet_c is None:
            return raw_c, verdict.detail
        room = self._unmetered if load is None else self._metered
        room.take(window.at, FULL_LOAD if load is None else load, inlet_c, current_c)
        over_k = too_warm_k(room, limits.inlet_c)
        if over_k:
            room.startled()
        wish_c = allowed_c(room, raw_c, limits.step_c, limits.inlet_c)
        if over_k and wish_c < limits.min_c:
            return wish_c, f"the inlet is at {room.inlet_c:.1f} °C, and colder is not allowed"
        return wish_c, _doubt(room.doubt_k) if room.doubt_k else verdict.detail


def _measured(window: Window) -> tuple[float | None, float | None]:
    """Load and inlet of a window, by those of its sets that know them."""
    load, inlet_c = (_mean([v[PLACE[name]] for _, v in window.sets]) for name in MEASURED)
    return None if load is None else min(max(load, 0.0), MOST_LOAD), inlet_c


def _mean(values: Sequence[float]) -> float | None:
    known = [each for each in values if isfinite(each)]
    return fmean(known) if known else None


def _doubt(cooler_k: float) -> str:
    return f"at this load the inlet is {cooler_k:.1f} K cooler than it was: is its sensor right?"
