"""What is wrong between the parts of a rules file, and between it and the profiles."""

import zoneinfo
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations, permutations

from models.alarms.limits import limits_for
from models.alarms.rules import Bound, Rule, RulesFile
from models.profiles import Kind, Profiles, Resource
from models.yaml_faults import Fault
from schemas.alarms import Level


def faults(file: RulesFile, profiles: Profiles) -> Iterator[Fault]:
    """Every contradiction of a rules file."""
    for name, rule in file.rules.items():
        for loc, reason in _rule_faults(rule, file, profiles):
            yield ("rules", name, *loc), reason
    for loc, reason in _channels(file.notify.channels, file):
        yield ("notify", *loc), reason
    for n, step in enumerate(file.notify.escalation):
        for loc, reason in _channels(step.channels, file):
            yield ("notify", "escalation", n, *loc), reason


def _rule_faults(rule: Rule, file: RulesFile, profiles: Profiles) -> Iterator[Fault]:
    yield from _ladder("levels", rule.levels)
    yield from _ladder("rates", rule.rates)
    yield from _endings(rule)
    yield from _channels(rule.channels, file)
    if rule.schedule and rule.schedule.timezone not in _timezones():
        yield ("schedule", "timezone"), "unknown time zone"
    yield from _resource(rule, profiles)


def _ladder(field: str, bounds: Mapping[Level, Bound]) -> Iterator[Fault]:
    """Worse levels have limits further out, and what is too high for one is too low for none."""
    given = [(level, bounds[level]) for level in Level if level in bounds]
    for (mild, inner), (bad, outer) in combinations(given, 2):
        if inner.above is not None and outer.above is not None and outer.above <= inner.above:
            yield (field, bad, "above"), f"must be above that of {mild}, {inner.above:g}"
        if inner.below is not None and outer.below is not None and outer.below >= inner.below:
            yield (field, bad, "below"), f"must be below that of {mild}, {inner.below:g}"
    for (one, high), (other, low) in permutations(given, 2):
        if high.above is not None and low.below is not None and low.below >= high.above:
            yield (field, one, "above"), f"overlaps {other}, which holds below {low.below:g}"


def _endings(rule: Rule) -> Iterator[Fault]:
    """No value may be too high and too low to end a level."""
    limits = limits_for(rule, rule.unit)
    for field, bounds in (("levels", limits.levels), ("rates", limits.rates)):
        for level, bound in bounds.items():
            under = bound.above if bound.reset_below is None else bound.reset_below
            over = bound.below if bound.reset_above is None else bound.reset_above
            if under is not None and over is not None and under <= over:
                yield (
                    (field, level),
                    f"no value ends it: it would be under {under:g}, over {over:g}",
                )


def _channels(names: tuple[str, ...], file: RulesFile) -> Iterator[Fault]:
    for n, name in enumerate(names):
        if name not in file.channels:
            yield ("channels", n), "unknown channel"


def _resource(rule: Rule, profiles: Profiles) -> Iterator[Fault]:
    watched = [n for n in profiles.root if fnmatchcase(n, rule.select.profile)]
    if not watched:
        yield ("select", "profile"), "no profile is called so"
    if not watched or not (rule.levels or rule.rates):
        return
    found = {name: profiles.root[name].resources.get(rule.resource) for name in watched}
    numbers = {n: spec for n, spec in found.items() if spec and spec.type is Kind.NUMBER}
    if numbers:
        yield from _units(rule, numbers)
    else:
        yield ("resource",), f"no number in {', '.join(watched[:5])}"


def _units(rule: Rule, numbers: Mapping[str, Resource]) -> Iterator[Fault]:
    for profile, spec in numbers.items():
        try:
            limits_for(rule, spec.unit)
        except ValueError as error:
            yield ("unit",), f"{error}, the unit of {profile}"
    units = sorted({spec.unit or "none" for spec in numbers.values()})
    if rule.unit is None and len(units) > 1:
        yield ("unit",), f"missing, as the profiles do not agree: {', '.join(units)}"


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
