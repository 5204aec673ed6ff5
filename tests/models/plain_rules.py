"""What the plain watch knows, and how it tells of it."""

import math
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from models.alarms.key import alarm_key
from models.alarms.rules import Rule, Suspects
from models.profiles import Profiles
from schemas.alarms import Action, AlarmRequest, Cause, Judgement
from schemas.records import AcceptedReading, AcceptedTelemetry, Position, Quality
from tests.models.plain_condition import LEVELS, PlainCondition

JUDGED = (Cause.VALUE, Cause.RATE, Cause.TROUBLE)
When = tuple[int, int]
"""Time of an event, and when it was logged."""


@dataclass(slots=True)
class PlainDevice:
    site: str
    device: str
    profile: str = ""
    rules: list[str] = field(default_factory=list)
    selected_by: Any = None
    newest: int | None = None
    position: Position | None = None
    conditions: dict[tuple[str, Cause], PlainCondition] = field(default_factory=dict)
    last: dict[str, tuple[float, int]] = field(default_factory=dict)

    def condition(self, rule: str, cause: Cause) -> PlainCondition:
        return self.conditions.setdefault((rule, cause), PlainCondition())

    @property
    def silent(self) -> bool:
        return any(
            each.stands for (_, cause), each in self.conditions.items() if cause is Cause.SILENCE
        )


@dataclass(slots=True)
class PlainRules:
    """Which rules watch a device, and how they tell of it."""

    rules: dict[str, Rule]
    profiles: Profiles
    skew_ms: int = 60_000
    devices: dict[tuple[str, str], PlainDevice] = field(default_factory=dict)
    reached: int | None = None
    logged_at: int = 0
    floor: int = 0

    def is_skewed(self, event: AcceptedTelemetry, logged_at: int) -> bool:
        ahead = event.at > min(event.received_at, logged_at) + self.skew_ms
        return ahead or any(r.quality is Quality.CLOCK_SKEW for r in event.readings)

    def selected_by(self, event: AcceptedTelemetry) -> Any:
        patterns = [pair for rule in self.rules.values() for pair in rule.select.tags.items()]
        return event.profile, [tag_matches(event, *pair) for pair in patterns]

    def selected(self, event: AcceptedTelemetry) -> list[str]:
        return [
            name
            for name, rule in self.rules.items()
            if rule.resource in self.profiles.root[event.profile].resources
            and fnmatchcase(event.site, rule.select.site)
            and fnmatchcase(event.device, rule.select.device)
            and fnmatchcase(event.profile, rule.select.profile)
            and all(tag_matches(event, *pair) for pair in rule.select.tags.items())
        ]

    def order(self, rule: str, cause: Cause) -> Any:
        silence = self.rules[rule].silence
        if cause is Cause.SILENCE and silence:
            return 1, silence.intervals, list(self.rules).index(rule)
        return 0, list(self.rules).index(rule), JUDGED.index(cause)

    def wait_ms(self, device: PlainDevice, rule: str) -> int | None:
        silence = self.rules[rule].silence
        if silence is None:
            return None
        interval_s = self.profiles.root[device.profile].expected_interval_s
        return max(30_000, round(silence.intervals * interval_s * 1000))

    def doubts(self, rule: Rule) -> bool:
        return rule.suspects is Suspects.TROUBLE and bool(rule.levels or rule.rates)

    def told(
        self,
        device: PlainDevice,
        name: str,
        cause: Cause,
        condition: PlainCondition,
        when: When,
        **more: Any,
    ) -> AlarmRequest:
        condition.number = (condition.number or self.floor) + 1
        last = name if cause is Cause.VALUE else f"{name}!{cause}"
        key = alarm_key(device.site, device.device, self.rules[name].resource, last)
        unit = self.profiles.root[device.profile].resources[self.rules[name].resource].unit
        units = {Cause.RATE: f"{unit or ''}/min", Cause.SILENCE: None}
        fields = {
            "level": LEVELS[condition.told],
            "value": condition.value,
            "threshold": None if cause is Cause.TROUBLE else condition.threshold,
            "unit": units.get(cause, unit),
            "since": condition.since,
            "flapping": condition.flapping,
            "inhibited": device.silent and condition.stands and cause is not Cause.SILENCE,
            "profile": device.profile,
            "position": device.position,
            "seen_at": when[1],
        }
        judgement = Judgement(number=condition.number, cause=cause, **(fields | more))
        return AlarmRequest(
            request_id=f"{key}#{condition.number}",
            alarm=key,
            action=Action.JUDGE,
            at=when[0],
            by="rules",
            judgement=judgement,
        )


def tag_matches(event: AcceptedTelemetry, tag: str, pattern: str) -> bool:
    return tag in event.tags and fnmatchcase(event.tags[tag], pattern)


def number(reading: AcceptedReading) -> float | None:
    value = reading.value
    return value if isinstance(value, float) and math.isfinite(value) else None


def suspect(reading: AcceptedReading) -> bool:
    missing = reading.value is None or (
        isinstance(reading.value, float) and not math.isfinite(reading.value)
    )
    return missing or reading.quality is not Quality.GOOD
