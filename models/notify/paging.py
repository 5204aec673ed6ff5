"""What is remembered of an open alarm to tell people of it, and when they are told again.

Times here are those of Kafka's log or the wall clock, epoch ms UTC: people live by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from models.alarms.rules import Rule
from models.notify.notices import RANK
from models.notify.rules import NotifyRules
from models.notify.schedules import holds
from schemas.alarms import AlarmChange, Change, Level
from schemas.codec import from_data, to_data

MINUTE_MS = 60_000
DAY_MS = 1440 * MINUTE_MS
"""What is late by more is not made up for."""


@dataclass(slots=True)
class Case:
    """An open alarm."""

    change: AlarmChange
    """The newest."""

    raised: int
    """Sequence of the change that brought it to its present level."""

    acknowledged: int = 0
    """Sequence of the acknowledgement; 0 before one."""

    told: dict[str, Level] = field(default_factory=dict)
    """The level that each channel knows of; a channel that was told nothing is not in it."""

    since_ms: int | None = None
    """When people were told of it, if they are to be reminded."""

    since: int = 0
    """Sequence of the change that they were told of then."""

    paged_ms: int = 0
    """When they were last told or reminded."""

    reminders: int = 0
    steps: int = 0
    """Steps of the escalation that have been taken."""

    due_ms: int | None = None
    """When it has to be looked at again."""

    @property
    def waits(self) -> bool:
        """Whether it stands and nobody has acknowledged it."""
        return self.change.active and not self.change.acknowledged

    def take(self, change: AlarmChange) -> None:
        """Take in the next change of the same opening."""
        if RANK[change.level] > RANK[self.change.level]:
            self.raised = change.sequence
        if change.change is Change.ACKNOWLEDGED:
            self.acknowledged = change.sequence
        self.change = change
        if not self.waits:
            self.since_ms = None

    def untold(self, channel: str) -> bool:
        """Whether the channel has yet to hear of the alarm, or of how bad it has become."""
        level = self.told.get(channel)
        if level is None:
            return not self.change.acknowledged or self.raised > self.acknowledged
        return RANK[self.change.level] > RANK[level]

    def start(self, now_ms: int) -> None:
        """People have been told: remind them from now on."""
        self.since_ms = self.paged_ms = now_ms
        self.since = self.raised

    def save(self) -> dict[str, Any]:
        """The state as JSON data."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "change"}
        return {**plain, "change": to_data(self.change)}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Make a case from its saved state."""
        told = {channel: Level(level) for channel, level in data["told"].items()}
        change = from_data(data["change"], AlarmChange)
        return cls(**{**data, "change": change, "told": told})


def muted(change: AlarmChange, rule: Rule | None, now_ms: int) -> bool:
    """Whether nobody is to hear of an alarm now."""
    shelved = change.shelved_until is not None and change.shelved_until > now_ms
    if change.disabled or change.inhibited or shelved:
        return True
    return rule is not None and not holds(rule.schedule, now_ms)


def reminders_passed(rules: NotifyRules, elapsed_ms: int) -> int:
    """How many reminders' times have passed: each listed one, then each multiple of the last."""
    passed = sum(minutes * MINUTE_MS <= elapsed_ms for minutes in rules.reminders_min)
    if not rules.reminders_min or passed < len(rules.reminders_min):
        return passed
    return passed + elapsed_ms // (rules.reminders_min[-1] * MINUTE_MS) - 1


def next_due_ms(case: Case, rules: NotifyRules, now_ms: int, *, quiet: bool) -> int | None:
    """When to look at a case again; ``quiet`` while nobody is to hear of it."""
    if not case.change.active:
        return None
    if quiet:
        return now_ms + MINUTE_MS
    if case.since_ms is None:
        return None
    steps = [step.after_min for step in rules.escalation[case.steps :]][:1]
    due = [_reminder_min(rules, case.reminders), *steps]
    minutes = [each for each in due if each is not None]
    return case.since_ms + min(minutes) * MINUTE_MS if minutes else None


def _reminder_min(rules: NotifyRules, passed: int) -> int | None:
    """When the reminder after so many is due, in minutes."""
    listed = rules.reminders_min
    if not listed:
        return None
    return listed[passed] if passed < len(listed) else listed[-1] * (passed - len(listed) + 2)
