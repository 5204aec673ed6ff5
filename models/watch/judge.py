"""One device at one moment: what its readings and its silence make of its conditions."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

from models.watch.condition import NEVER, Condition
from models.watch.fleet import Fleet
from models.watch.fleet_arrays import ALWAYS
from models.watch.judgements import told
from models.watch.ladder import LEVELS, NOTHING
from models.watch.watched import Watched
from schemas.alarms import AlarmRequest, Cause

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Judge:
    """A device at time ``at``; ``seen_at`` is Kafka's timestamp of its event, 0 if there is none.

    Of each condition it tells what changes.
    """

    fleet: Fleet
    device: int
    at: int
    seen_at: int = 0

    def reading(self, resource: str, value: float, *, good: bool) -> Iterator[AlarmRequest]:
        """Take in a reading in time; NaN is no number."""
        for slot, watched in self._judged(resource):
            if watched.cause is Cause.TROUBLE:
                yield from self._take(slot, watched, 0.0 if good else 1.0, value)
            elif (good or watched.trusting) and not isnan(value):
                judged = value if watched.cause is Cause.VALUE else self._rate(slot, value)
                if not isnan(judged):
                    yield from self._take(slot, watched, judged, judged)

    def skewed(self, resource: str, value: float, *, good: bool) -> Iterator[AlarmRequest]:
        """Take in a reading of which the time means nothing: only whether it is trouble."""
        for slot, watched in self._judged(resource):
            if watched.cause is Cause.TROUBLE and not good:
                yield from self._take(slot, watched, 1.0, value)

    def late(self, resource: str, value: float, *, good: bool) -> Iterator[AlarmRequest]:
        """Take in a reading older than the newest. It is news only where all is well now."""
        for slot, watched in self._judged(resource):
            if watched.cause is not Cause.VALUE or isnan(value) or not (good or watched.trusting):
                continue
            condition = self.fleet.conditions.get(slot) or Condition()
            if not condition.judge_late(watched.ladder, value, watched.on_ms):
                continue
            self._keep(slot, condition, NOTHING)
            yield self._told(
                condition,
                watched,
                level=LEVELS[condition.late],
                since=self.at,
                value=value,
                threshold=watched.ladder.limit(condition.late, value),
                backfilled=True,
            )

    def heard(self, reached: int) -> Iterator[AlarmRequest]:
        """Take in that the device was heard, when the newest reading of all is of ``reached``.

        A silence ends with a reading that is younger than what counts as silence.
        """
        devices = self.fleet.devices
        was_silent = bool(devices.silent[self.device])
        devices.newest[self.device] = self.at
        silences = [(slot, watched) for slot, watched in self._silences() if self._stands(slot)]
        ended = [each for each in silences if self.at + each[1].silent_ms > reached]
        devices.silent[self.device] = len(ended) < len(silences)
        for slot, watched in ended:
            yield self._silence(slot, watched, 0)
        self._await_silence()
        if was_silent and not devices.silent[self.device]:
            yield from self._standing()

    def silent(self) -> Iterator[AlarmRequest]:
        """Take in that a silence of the device began at ``at``."""
        devices = self.fleet.devices
        was_silent = bool(devices.silent[self.device])
        devices.silent[self.device] = True
        newest = int(devices.newest[self.device])
        for slot, watched in self._silences():
            if not self._stands(slot) and newest + watched.silent_ms <= self.at:
                yield self._silence(slot, watched, watched.rank)
        self._await_silence()
        if not was_silent:
            yield from self._standing()

    def _judged(self, resource: str) -> list[tuple[int, Watched]]:
        plan = self.fleet.plans[self.fleet.devices.plan[self.device]]
        base = int(self.fleet.devices.base[self.device])
        return [(base + place, plan.conditions[place]) for place in plan.judged.get(resource, ())]

    def _silences(self) -> list[tuple[int, Watched]]:
        plan = self.fleet.plans[self.fleet.devices.plan[self.device]]
        base = int(self.fleet.devices.base[self.device])
        return [(base + place, plan.conditions[place]) for place in plan.silences]

    def _take(
        self, slot: int, watched: Watched, judged: float, value: float
    ) -> Iterator[AlarmRequest]:
        if self.fleet.slots.low[slot] <= judged <= self.fleet.slots.high[slot]:
            return
        condition = self.fleet.conditions.get(slot) or Condition()
        news = condition.judge(watched.ladder, judged, self.at, watched.on_ms, watched.off_ms)
        self._keep(slot, condition, condition.calm(watched.ladder, judged))
        if news:
            condition.value = None if isnan(value) else value
            yield self._told(condition, watched)

    def _keep(self, slot: int, condition: Condition, calm: tuple[float, float]) -> None:
        self.fleet.slots.low[slot], self.fleet.slots.high[slot] = calm
        if condition.fresh:
            self.fleet.conditions.pop(slot, None)
        else:
            self.fleet.conditions[slot] = condition

    def _rate(self, slot: int, value: float) -> float:
        """The change per minute since the last reading; NaN if there is none before this time."""
        slots = self.fleet.slots
        last, last_at = float(slots.last[slot]), int(slots.last_at[slot])
        slots.last[slot], slots.last_at[slot] = value, self.at
        known = NEVER < last_at < self.at
        return (value - last) / ((self.at - last_at) / MINUTE_MS) if known else float("nan")

    def _stands(self, slot: int) -> bool:
        return slot in self.fleet.conditions and self.fleet.conditions[slot].stands

    def _silence(self, slot: int, watched: Watched, rank: int) -> AlarmRequest:
        condition = self.fleet.conditions.setdefault(slot, Condition())
        condition.level = condition.told = rank
        condition.since = self.at
        return self._told(condition, watched)

    def _await_silence(self) -> None:
        devices = self.fleet.devices
        waits = [each.silent_ms for slot, each in self._silences() if not self._stands(slot)]
        newest = int(devices.newest[self.device])
        devices.deadline[self.device] = newest + min(waits) if waits else ALWAYS

    def _standing(self) -> Iterator[AlarmRequest]:
        """What stands, told again because the device fell silent or was heard again."""
        plan = self.fleet.plans[self.fleet.devices.plan[self.device]]
        base = int(self.fleet.devices.base[self.device])
        for place in range(plan.silences.start):
            if self._stands(base + place):
                condition = self.fleet.conditions[base + place]
                yield self._told(condition, plan.conditions[place])

    def _told(self, condition: Condition, watched: Watched, **more: object) -> AlarmRequest:
        seen = {"seen_at": self.seen_at} | more
        return told(self.fleet, self.device, condition, watched, self.at, **seen)
