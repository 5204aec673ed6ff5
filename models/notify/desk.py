"""Who is to hear what of which alarm, and when: a fold over the changes of alarms."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.alarms.rules import Rule
from models.notify.channels import Channel
from models.notify.notices import RANK, standing
from models.notify.paging import DAY_MS, MINUTE_MS, Case, muted, next_due_ms, reminders_passed
from models.notify.rules import NotifyRules
from schemas.alarms import AlarmChange, Change
from schemas.notifications import Occasion

MAX_CASES = 100_000
"""Open alarms remembered at most; the oldest are forgotten first: of these nobody is reminded, nor
told that they cleared. Each takes about 2 kB."""

MAX_ENDED = 20_000
"""Alarms that have ended and are remembered, so that what comes again says nothing again."""

_ENDINGS = {
    Change.LOWERED: Occasion.LOWERED,
    Change.CLEARED: Occasion.CLEARED,
    Change.ACKNOWLEDGED: Occasion.ACKNOWLEDGED,
}
"""What is said only where the alarm itself was."""


@dataclass(frozen=True, slots=True)
class Page:
    """Something to say on a channel."""

    change: AlarmChange
    occasion: Occasion
    channel: str
    sequence: int
    """Of the change that it is about."""

    number: int = 0
    """Counts the reminders and escalations of an alarm; 0 for the rest."""


class Desk:
    """Keeps the open alarms of a partition, and says who is to hear of them."""

    def __init__(
        self, rules: Mapping[str, Rule], channels: Mapping[str, Channel], notify: NotifyRules
    ) -> None:
        self._rules = rules
        self._channels = channels
        self._notify = notify
        self._cases: dict[str, Case] = {}
        self._ended: dict[str, list[int]] = {}
        """When alarms that have ended were raised, and the sequence of their last change."""

        self._due: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._cases) + len(self._ended)

    def rule(self, change: AlarmChange) -> Rule | None:
        """The rule of an alarm, if the rules file still has it."""
        return self._rules.get(change.rule.partition("!")[0])

    def take(self, change: AlarmChange, now_ms: int) -> Iterator[Page]:
        """Take in a change; one that came before is passed over, and so is late data's history."""
        case = self._cases.get(change.alarm)
        if change.backfilled or self._came_before(change, case):
            return
        if case is None or case.change.alarm_id != change.alarm_id:
            case = self._cases[change.alarm] = Case(change, raised=change.sequence)
        case.take(change)
        quiet = muted(change, self.rule(change), now_ms)
        if not quiet:
            yield from self._follow(case, now_ms)
        self._plan(case, now_ms, quiet=quiet)

    def due(self, now_ms: int) -> Iterator[Page]:
        """What has to be said because time has passed."""
        while self._due and self._due[0][0] <= now_ms:
            due_ms, key = heapq.heappop(self._due)
            case = self._cases.get(key)
            if case is None or case.due_ms != due_ms:
                continue
            quiet = muted(case.change, self.rule(case.change), now_ms)
            if not quiet:
                yield from self._catch_up(case, now_ms)
                yield from self._remind(case, now_ms)
                yield from self._escalate(case, now_ms)
            self._plan(case, now_ms, quiet=quiet)

    def _came_before(self, change: AlarmChange, case: Case | None) -> bool:
        """Whether a change is known; an alarm that was forgotten counts from 1 again, but later."""
        last = [case.change.raised_at, case.change.sequence] if case else None
        raised_at, sequence = last or self._ended.get(change.alarm, [-1, 0])
        return change.sequence <= sequence and change.raised_at <= raised_at

    def _follow(self, case: Case, now_ms: int) -> Iterator[Page]:
        """Say what a change means to those who know of the alarm, and to those who should."""
        change = case.change
        occasion = _ENDINGS.get(change.change)
        if change.change is Change.FLAPPING:
            for channel in self._reached(change):
                case.told[channel] = change.level
                yield Page(change, Occasion.FLAPPING, channel, change.sequence)
        elif occasion and (occasion is not Occasion.LOWERED or self._notify.lowered):
            for channel in self._known(case.told):
                yield Page(change, occasion, channel, change.sequence)
        case.told = {
            name: min(at, change.level, key=RANK.__getitem__) for name, at in case.told.items()
        }
        yield from self._catch_up(case, now_ms)

    def _catch_up(self, case: Case, now_ms: int) -> Iterator[Page]:
        """Tell each channel what it has yet to hear: of the alarm, or of how bad it has become."""
        for channel in self._reached(case.change) if case.change.active else ():
            if case.untold(channel):
                before = case.told.get(channel)
                occasion = Occasion.RAISED if before else Occasion.CREATED
                change = replace(case.change, previous_level=before) if before else case.change
                case.told[channel] = case.change.level
                yield Page(change, occasion, channel, case.raised)
        if case.told and case.waits and case.since_ms is None:
            case.start(now_ms)

    def _remind(self, case: Case, now_ms: int) -> Iterator[Page]:
        """One reminder, however many were missed; none if they were missed for a day."""
        if case.since_ms is None:
            return
        passed = reminders_passed(self._notify, now_ms - case.since_ms)
        if passed <= case.reminders:
            return
        late = now_ms - case.paged_ms > DAY_MS
        case.reminders, case.paged_ms = passed, now_ms
        for channel in () if late else self._reached(case.change):
            yield Page(case.change, Occasion.REMINDER, channel, case.since, passed)

    def _escalate(self, case: Case, now_ms: int) -> Iterator[Page]:
        """The steps whose time has come; none that was missed for a day."""
        if case.since_ms is None:
            return
        for step in self._notify.escalation[case.steps :]:
            late_ms = now_ms - case.since_ms - step.after_min * MINUTE_MS
            if late_ms < 0:
                return
            case.steps += 1
            for channel in self._known(step.channels) if late_ms <= DAY_MS else ():
                if self._reaches(channel, case.change):
                    case.told.setdefault(channel, case.change.level)
                    yield Page(case.change, Occasion.ESCALATION, channel, case.since, case.steps)

    def _plan(self, case: Case, now_ms: int, *, quiet: bool) -> None:
        """Note when to look again, or forget an alarm that has ended."""
        change = case.change
        if not change.active:
            del self._cases[change.alarm]
            self._ended.pop(change.alarm, None)
            self._ended[change.alarm] = [change.raised_at, change.sequence]
        due_ms = next_due_ms(case, self._notify, now_ms, quiet=quiet)
        if due_ms is not None and due_ms != case.due_ms:
            heapq.heappush(self._due, (due_ms, change.alarm))
        case.due_ms = due_ms
        if len(self._cases) > MAX_CASES:
            del self._cases[next(iter(self._cases))]
        if len(self._ended) > MAX_ENDED:
            del self._ended[next(iter(self._ended))]

    def _known(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name in self._channels]

    def _reached(self, change: AlarmChange) -> list[str]:
        """Channels of the alarm's rule that its level reaches."""
        rule = self.rule(change)
        named = (rule and rule.channels) or self._notify.channels
        return [name for name in self._known(named) if self._reaches(name, change)]

    def _reaches(self, channel: str, change: AlarmChange) -> bool:
        return RANK[standing(change)] >= max(1, RANK[self._channels[channel].min_level])

    def save(self) -> dict[str, Any]:
        """The state as JSON data."""
        return {"cases": [case.save() for case in self._cases.values()], "ended": self._ended}

    def load(self, data: Mapping[str, Any]) -> None:
        """Put a saved state back."""
        cases = (Case.load(each) for each in data["cases"])
        self._cases = {case.change.alarm: case for case in cases}
        self._ended = dict(data["ended"])
        due = ((case.due_ms, key) for key, case in self._cases.items())
        self._due = [(due_ms, key) for due_ms, key in due if due_ms is not None]
        heapq.heapify(self._due)
