"""A room, all that is remembered of it, and what is recommended for it."""

from hashlib import sha256
from math import isnan
from uuid import UUID, uuid5

import numpy as np

from models.energy.ceiling import allowed_c
from models.energy.experience import Experience
from models.energy.inputs import PLACE
from models.energy.limits import Level, believable, limited
from models.energy.room_memory import KeptRoom, KeptSet, KeptSetpoint
from models.energy.verdicts import Verdict
from models.energy.windows import Gathering, Window
from models.sites import Room
from schemas.energy import EnergyRecommendation

NAMESPACE = UUID("3c1e7c55-9f0b-5d0c-8f5e-6a1f4be0a7d2")
"""Of the ids of recommendations. Never to be changed: the same window keeps the same id."""

MEASURED = [PLACE["it_load"], PLACE["indoor_temperature"]]
MOST_LOAD = 1.5
"""Of rated power; what is said beyond it is no load."""


class KnownRoom:
    """A room and its memory."""

    def __init__(self, site: str, name: str, room: Room, *, experienced: bool) -> None:
        """Know nothing of it yet; ``experienced``: whether it may correct the models."""
        self.site, self.name, self.room, self._experienced = site, name, room, experienced
        self.forget()

    def forget(self) -> None:
        """Know nothing of it."""
        self.gathering, self._level, self._experience = Gathering(), Level(), Experience()

    def recommend(self, window: Window, verdict: Verdict) -> EnergyRecommendation:
        """A setpoint within the limits, by the verdict on a window; the room remembers it."""
        room, at, card = self.room, window.at, verdict.card
        current_c = believable(window.sets[-1][1][PLACE["setpoint"]]) if window.sets else None
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
            current_setpoint_c=current_c,
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
            newest=self.gathering.newest,
            done=self.gathering.done,
            logged_at=logged_at,
            sets=tuple(KeptSet(at=at, values=tuple(values)) for at, values in self.gathering.sets),
            past=tuple(KeptSetpoint(at=at, setpoint_c=was) for at, was in self._level.past),
            experience=self._experience.kept(),
        )

    def recall(self, kept: KeptRoom) -> None:
        """Remember what was kept, in place of everything else."""
        sets = [(each.at, each.values) for each in kept.sets]
        self.gathering = Gathering(kept.newest, kept.done, [*sets])
        self._level = Level(tuple((each.at, each.setpoint_c) for each in kept.past))
        self._experience = Experience(kept.experience)

    def _wish(self, window: Window, verdict: Verdict, current_c: float | None) -> tuple[float, str]:
        """What the room had best be set to, were there no limits, and what speaks against it."""
        if verdict.raw_c is None:
            return self.room.setpoint.fallback_c, verdict.detail
        if current_c is None or not self._experienced:
            return verdict.raw_c, verdict.detail
        shown, (load, inlet_c) = self._experience, _measured(window)
        shown.take(window.at, load, inlet_c, current_c)
        wish_c = allowed_c(shown, verdict.raw_c, self.room.setpoint.step_c)
        return wish_c, _doubt(shown.doubt_k) if shown.doubt_k else verdict.detail


def _measured(window: Window) -> tuple[float, float]:
    """Load, 0 if it is unknown, and inlet of a window."""
    values = np.array([values for _, values in window.sets])
    load, inlet_c = values[:, MEASURED].mean(axis=0).tolist()
    return 0.0 if isnan(load) else min(max(load, 0.0), MOST_LOAD), inlet_c


def _doubt(cooler_k: float) -> str:
    return f"at this load the inlet is {cooler_k:.1f} K cooler than it was: is its sensor right?"
