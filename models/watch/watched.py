"""What is watched on a device: the conditions that the rules make of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from models.alarms.limits import limits_for
from models.alarms.rules import Rule, Suspects
from models.profiles import Kind, Profile, Profiles
from models.watch.ladder import LEVELS, NO_LEVELS, TROUBLE, Ladder
from schemas.alarms import Cause

SHORTEST_SILENCE_MS = 30_000

MAX_TAG_PATTERNS = 40
"""All rules together; which of them a device's tags match fits into one number."""


JUDGED_BY = {
    *("select", "resource", "unit", "levels", "rates", "silence"),
    *("suspects", "on_delay_s", "off_delay_s", "deadband"),
}
"""The fields of a rule that decide what is found; the others say who hears of it, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One condition: what a rule says of a device, by one cause."""

    rule: str
    resource: str
    cause: Cause
    unit: str | None = None
    ladder: Ladder = NO_LEVELS
    trusting: bool = False
    """Whether suspect numbers are judged like good ones."""

    on_ms: int = 0
    off_ms: int = 0
    silent_ms: int = 0
    """How long without a reading is silence."""

    rank: int = 0
    """Level of a silence."""

    @property
    def name(self) -> str:
        """The last part of its alarms' keys."""
        return self.rule if self.cause is Cause.VALUE else f"{self.rule}!{self.cause}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All conditions of a device, each at its place; silences last, the shortest first."""

    profile: str
    rules: tuple[str, ...]
    conditions: tuple[Watched, ...]
    silences: range
    judged: Mapping[str, tuple[int, ...]]
    """The places of what is judged when a resource is read, in the order of the rules."""


class Selection:
    """Which rules watch which devices."""

    def __init__(self, rules: Mapping[str, Rule], profiles: Profiles) -> None:
        self._rules: Final = rules
        self._profiles = profiles.root
        self.profiles = list(profiles.root)
        self.width = len(self.profiles) + 1
        self.resources = sorted({rule.resource for rule in rules.values()})
        pairs = (pair for rule in rules.values() for pair in rule.select.tags.items())
        self.tag_patterns = list(dict.fromkeys(pairs))
        if len(self.tag_patterns) > MAX_TAG_PATTERNS:
            raise ValueError(f"rules select by more than {MAX_TAG_PATTERNS} different tags")
        bits = {pair: 1 << place for place, pair in enumerate(self.tag_patterns)}
        self._asked = {
            name: sum(bits[pair] for pair in rule.select.tags.items())
            for name, rule in rules.items()
        }
        self._plans: dict[tuple[str, ...], Plan] = {}

    def plan(self, site: str, device: str, signature: int) -> Plan:
        """What is watched on a device; the same object for devices that are watched alike.

        ``signature`` is a profile's place in ``profiles``, one more if unknown, plus ``width``
        times the bits of the ``tag_patterns`` that match.
        """
        tags, place = divmod(signature, self.width)
        profile = self.profiles[place] if place < len(self.profiles) else ""
        names = [name for name in self._rules if self._selects(name, site, device, profile, tags)]
        return self.plan_by(names, profile)

    @property
    def fingerprint(self) -> str:
        """A hash of all that plans and signatures are made from."""
        profiles = {name: each.model_dump(mode="json") for name, each in self._profiles.items()}
        rules = {
            name: rule.model_dump(mode="json", include=JUDGED_BY)
            for name, rule in self._rules.items()
        }
        text = json.dumps([profiles, rules])
        return hashlib.sha256(text.encode()).hexdigest()

    def plan_by(self, rules: Sequence[str], profile: str) -> Plan:
        """The plan of some rules for a profile; the same object each time."""
        key = (profile, *rules)
        if key not in self._plans:
            self._plans[key] = self._planned(profile, rules)
        return self._plans[key]

    def _selects(self, name: str, site: str, device: str, profile: str, tags: int) -> bool:
        rule = self._rules[name]
        if profile not in self._profiles or self._asked[name] & ~tags:
            return False
        pairs = ((site, rule.select.site), (device, rule.select.device))
        named = all(pattern == "*" or fnmatchcase(word, pattern) for word, pattern in pairs)
        return (
            named
            and fnmatchcase(profile, rule.select.profile)
            and rule.resource in self._profiles[profile].resources
        )

    def _planned(self, profile: str, names: Sequence[str]) -> Plan:
        found = [
            watched
            for name in names
            for watched in _watched(name, self._rules[name], self._profiles[profile])
        ]
        return plan_of(profile, names, found)


def plan_of(profile: str, rules: Sequence[str], conditions: Iterable[Watched]) -> Plan:
    """Put conditions in their places."""
    ordered = sorted(conditions, key=lambda each: each.silent_ms)
    size = sum(not each.silent_ms for each in ordered)
    judged: dict[str, tuple[int, ...]] = {}
    for place, watched in enumerate(ordered[:size]):
        judged[watched.resource] = (*judged.get(watched.resource, ()), place)
    return Plan(profile, tuple(rules), tuple(ordered), range(size, len(ordered)), judged)


def _watched(name: str, rule: Rule, profile: Profile) -> Iterable[Watched]:
    resource = profile.resources[rule.resource]
    if resource.type is Kind.NUMBER and (rule.levels or rule.rates):
        yield from _judged(name, rule, resource.unit)
    if rule.silence:
        wanted = round(rule.silence.intervals * profile.expected_interval_s * 1000)
        yield Watched(
            rule=name,
            resource=rule.resource,
            cause=Cause.SILENCE,
            silent_ms=max(SHORTEST_SILENCE_MS, wanted),
            rank=LEVELS.index(rule.silence.level),
        )


def _judged(name: str, rule: Rule, unit: str | None) -> Iterable[Watched]:
    limits = limits_for(rule, unit)
    trusting = rule.suspects is Suspects.JUDGE
    told = [
        (Cause.VALUE, unit, Ladder.of(limits.levels)),
        (Cause.RATE, f"{unit or ''}/min", Ladder.of(limits.rates)),
        (Cause.TROUBLE, unit, NO_LEVELS if trusting else TROUBLE),
    ]
    for cause, its_unit, ladder in told:
        if ladder.steps:
            yield Watched(
                rule=name,
                resource=rule.resource,
                cause=cause,
                unit=its_unit,
                ladder=ladder,
                trusting=trusting,
                on_ms=0 if cause is Cause.TROUBLE else round(rule.on_delay_s * 1000),
                off_ms=round(rule.off_delay_s * 1000),
            )
