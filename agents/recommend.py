"""Recommend: enriched readings of server rooms -> setpoints, by a model or safely without one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID, uuid5

import numpy as np
import pyarrow as pa

from models.arrays import Ints
from models.energy.inputs import PLACE, Inputs, skewed
from models.energy.limits import Level, believable, limited
from models.energy.room_memory import KeptRoom, KeptSet, KeptSetpoint, packed, unpacked
from models.energy.settings import EnergySettings
from models.energy.silence import Silence
from models.energy.used import UsedModels
from models.energy.verdicts import Judge, Verdict, lacking
from models.energy.windows import Gathering, Set, Window, pace
from models.rooms import Rooms
from models.sites import Room, SiteSettings
from schemas.batch import Columns
from schemas.energy import EnergyRecommendation, EnrichedReading

NAMESPACE = UUID("3c1e7c55-9f0b-5d0c-8f5e-6a1f4be0a7d2")
"""Of the ids of recommendations. Never to be changed: the same window keeps the same id."""

QUIET_MS = 30_000
"""How long no batch must have come before the clock may find that rooms are silent: what the log
holds of them may still be on its way."""


@dataclass(slots=True)
class Known:
    """A room, and what is remembered of it."""

    site: str
    name: str
    room: Room
    gathering: Gathering = field(default_factory=Gathering)
    level: Level = field(default_factory=Level)


Ended = tuple[Known, Window]
"""A window, and the room it is of."""


class Recommend:
    """Recommends setpoints for the rooms of one partition, batch by batch.

    A recommendation is made for each window of sets (``models.energy.windows``), within the room's
    limits (``models.energy.limits``): by the preferred model whose inputs are all there
    (``models.energy.verdicts``), else the room's fallback, with the reason. Readings of rooms that
    are in no site book are passed over, and those whose clock is wrong.

    A room that falls silent by the log's clock, or by any once the log is quiet, gets its fallback
    once. Batches without an origin are timed by their readings.

    As long as the same versions of models are used, the same log gives the same recommendations,
    wherever batches are cut, and wherever ``save`` and ``load`` stand between them.
    """

    def __init__(self, sites: SiteSettings, energy: EnergySettings) -> None:
        book = sites.book()
        self._find = Rooms(book).find
        self._inputs = Inputs(book)
        self._rooms = [
            Known(site, name, room)
            for site, each in book.root.items()
            for name, room in each.rooms.items()
        ]
        self._pace, self._deviation = pace(energy), energy.allowed_deviation
        self._silence = Silence(self._pace.silence_ms)
        self._heard, self._quiet_since_ms = True, 0
        self.models = UsedModels(energy)

    @property
    def entries(self) -> int:
        """Sets remembered."""
        return sum(len(known.gathering.sets) for known in self._rooms)

    def __call__(self, batch: Columns[EnrichedReading]) -> Iterable[EnergyRecommendation]:
        """A recommendation for each window that these readings complete or end."""
        self._heard = True
        readings = batch.rows
        rows, room = self._find(readings.column("site"), readings.column("device"))
        if rows.size:
            right = ~skewed(readings)[rows]
            rows, room = rows[right], room[right]
        if not rows.size:
            return ()
        times = batch.origin.logged_at if batch.origin else readings.column("at").to_numpy()
        readings = readings.take(pa.array(rows))
        return self._made(self._heard_of(readings, room, times[rows].tolist()))

    def tick(self, now_ms: int) -> Iterable[EnergyRecommendation]:
        """Take other versions of models into use; once the log is quiet, see who is silent."""
        self.models.refresh()
        if self._heard:
            self._heard, self._quiet_since_ms = False, now_ms
        if now_ms - self._quiet_since_ms < QUIET_MS:
            return ()
        return self._made(self._given_up(now_ms))

    def save(self) -> bytes:
        """Everything that is remembered."""
        heard = self._silence.heard
        silent = [n for n, known in enumerate(self._rooms) if known.gathering.heard]
        return packed([self._kept(n) for n in dict.fromkeys([*heard, *silent])])

    def load(self, data: bytes) -> None:
        """Remember what was saved, in place of everything else.

        Raises:
            UndecodableError: these bytes were not saved by it.

        """
        numbers = {(known.site, known.room.sensor): n for n, known in enumerate(self._rooms)}
        self._silence.heard.clear()
        for known in self._rooms:
            known.gathering, known.level = Gathering(), Level()
        for room in unpacked(data):
            number = numbers.get((room.site, room.device))
            if number is None:
                continue
            known = self._rooms[number]
            sets: list[Set] = [(each.at, each.values) for each in room.sets]
            known.gathering = Gathering(room.newest, room.done, sets)
            known.level = Level(tuple((each.at, each.setpoint_c) for each in room.past))
            if room.logged_at is not None:
                self._silence.hear(number, room.logged_at)

    def _heard_of(
        self, readings: pa.RecordBatch, room: Ints, logged_at: Sequence[int]
    ) -> Iterator[Ended]:
        """The windows that these readings complete or end."""
        sets = self._inputs.table(readings, room).tolist()
        times = readings.column("at").to_pylist()
        for number, at, logged, values in zip(room.tolist(), times, logged_at, sets, strict=True):
            yield from self._given_up(logged)
            self._silence.hear(number, logged)
            known = self._rooms[number]
            for window in known.gathering.take(at, values, self._pace):
                yield known, window

    def _given_up(self, now_ms: int) -> Iterator[Ended]:
        """What waits in rooms that are silent by now."""
        for number in self._silence.fallen(now_ms):
            known = self._rooms[number]
            yield known, known.gathering.give_up()

    def _made(self, ended: Iterable[Ended]) -> list[EnergyRecommendation]:
        """A recommendation for each window; each model runs once at most."""
        windows = list(ended)
        judge = Judge(self.models(), deviation=self._deviation)
        full = [[values for _, values in window.sets] for _, window in windows if window.full]
        judged = iter(judge(np.array(full)) if full else ())
        return [
            _recommended(
                known, window, next(judged) if window.full else lacking(window, self._pace.sets)
            )
            for known, window in windows
        ]

    def _kept(self, number: int) -> KeptRoom:
        known = self._rooms[number]
        gathering = known.gathering
        return KeptRoom(
            site=known.site,
            device=known.room.sensor,
            newest=gathering.newest,
            done=gathering.done,
            logged_at=self._silence.heard.get(number),
            sets=tuple(KeptSet(at=at, values=tuple(values)) for at, values in gathering.sets),
            past=tuple(KeptSetpoint(at=at, setpoint_c=was) for at, was in known.level.past),
        )


def _recommended(known: Known, window: Window, verdict: Verdict) -> EnergyRecommendation:
    """The verdict on a window as a setpoint within the limits, which the room then remembers."""
    room, at, card = known.room, window.at, verdict.card
    current_c = believable(window.sets[-1][1][PLACE["setpoint"]]) if window.sets else None
    wish_c = room.setpoint.fallback_c if verdict.raw_c is None else verdict.raw_c
    setpoint_c, known.level = limited(known.level, wish_c, current_c, at, room.setpoint)
    kwh = verdict.kwh_per_kw
    return EnergyRecommendation(
        recommendation_id=str(uuid5(NAMESPACE, f"{known.site}/{room.sensor}@{at}")),
        site=known.site,
        device=room.sensor,
        room=known.name,
        air_conditioner=room.air_conditioner,
        at=at,
        since=window.sets[0][0] if window.sets else at,
        sets=len(window.sets),
        setpoint_c=setpoint_c,
        raw_c=verdict.raw_c,
        current_setpoint_c=current_c,
        reason=verdict.reason,
        detail=verdict.detail,
        model=card.name if card else None,
        model_version=card.version if card else None,
        inputs_sha256=sha256(verdict.inputs).hexdigest(),
        expected_kwh=None if kwh is None else kwh * room.rated_it_kw,
    )
