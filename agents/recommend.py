"""Recommend: enriched readings of server rooms -> setpoints, by a model or safely without one."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from models.arrays import Ints
from models.energy.inputs import Inputs, skewed
from models.energy.known_room import KnownRoom
from models.energy.room_memory import packed, unpacked
from models.energy.settings import EnergySettings
from models.energy.silence import Silence
from models.energy.used import UsedModels
from models.energy.verdicts import Judge, lacking
from models.energy.windows import Window, pace
from models.rooms import Rooms
from models.sites import SiteSettings
from schemas.batch import Columns
from schemas.energy import EnergyRecommendation, EnrichedReading

QUIET_MS = 30_000
"""How long no batch must have come before the clock may find that rooms are silent: what the log
holds of them may still be on its way."""


Ended = tuple[KnownRoom, Window]
"""A window, and the room it is of."""


class Recommend:
    """Recommends setpoints for the rooms of one partition, batch by batch.

    A recommendation is made for each window of sets (``models.energy.windows``), within the room's
    limits (``models.energy.limits``): by the preferred model whose inputs are all there
    (``models.energy.verdicts``) and what the room has shown of itself (``models.energy.ceiling``),
    else the room's fallback, with the reason. Readings of rooms that are in no site book are passed
    over, and those whose clock is wrong.

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
            KnownRoom(site, name, room, experienced=energy.experience)
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
        numbers = dict.fromkeys([*heard, *silent])
        return packed([self._rooms[n].kept(heard.get(n)) for n in numbers])

    def load(self, data: bytes) -> None:
        """Remember what was saved, in place of everything else.

        Raises:
            UndecodableError: these bytes were not saved by it.

        """
        numbers = {(known.site, known.room.sensor): n for n, known in enumerate(self._rooms)}
        self._silence.heard.clear()
        for known in self._rooms:
            known.forget()
        for room in unpacked(data):
            number = numbers.get((room.site, room.device))
            if number is None:
                continue
            self._rooms[number].recall(room)
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
            room.recommend(
                window, next(judged) if window.full else lacking(window, self._pace.sets)
            )
            for room, window in windows
        ]
