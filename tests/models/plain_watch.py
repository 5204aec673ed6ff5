"""The rules of watching, once more: one event after the other, slow and easy to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.alarms.rules import Bound, Suspects
from schemas.alarms import AlarmRequest, Cause, Level
from schemas.records import AcceptedReading, AcceptedTelemetry
from tests.models.plain_condition import LEVELS, OK, crossed, demand, with_deadband
from tests.models.plain_rules import JUDGED, PlainDevice, PlainRules, When, number, suspect

TROUBLE = {Level.WARNING: Bound(above=0.5)}


@dataclass(slots=True)
class PlainWatch(PlainRules):
    """Watches one partition."""

    def __call__(self, event: AcceptedTelemetry, logged_at: int) -> Iterator[AlarmRequest]:
        self.logged_at = max(self.logged_at, logged_at)
        skewed = self.is_skewed(event, logged_at)
        name = (event.site, event.device)
        device = self.devices.get(name)
        if device is None:
            device = self.devices[name] = PlainDevice(*name)
            device.profile, device.selected_by = event.profile, self.selected_by(event)
            device.rules = self.selected(event)
        if not skewed:
            self.reached = max(event.at, self.reached or event.at)
        if self.reached is not None:
            yield from self.silences(lambda _device, _wait: self.reached or 0)
        yield from self.moment(device, event, logged_at, skewed=skewed)

    def moment(
        self, device: PlainDevice, event: AcceptedTelemetry, logged_at: int, *, skewed: bool
    ) -> Iterator[AlarmRequest]:
        same = device.selected_by == self.selected_by(event)
        when = event.at, logged_at
        if skewed:
            at = event.received_at if device.newest is None else device.newest
            for reading in event.readings if same else ():
                for rule in device.rules:
                    yield from self.trouble(device, rule, reading, (at, logged_at))
        elif device.newest is not None and event.at < device.newest:
            for reading in event.readings if same else ():
                yield from self.late(device, reading, when)
        else:
            was_silent = device.silent
            if not same:
                yield from self.select(device, event, logged_at)
            device.position = event.position or device.position
            yield from self.heard(device, when, was_silent=was_silent)
            for reading in event.readings:
                yield from self.judged(device, reading, when)

    def tick(self, now_ms: int) -> Iterator[AlarmRequest]:
        quiet = now_ms - self.logged_at
        yield from self.silences(lambda _, wait: now_ms if wait <= quiet else 0)

    def select(
        self, device: PlainDevice, event: AcceptedTelemetry, logged_at: int
    ) -> Iterator[AlarmRequest]:
        before, device.selected_by = device.profile, self.selected_by(event)
        device.rules, device.last = self.selected(event), {}
        lost, floor = [key for key in device.conditions if key[0] not in device.rules], self.floor
        for rule, cause in sorted(lost, key=lambda key: self.order(*key)):
            condition = device.conditions.pop((rule, cause))
            if condition.number:
                floor = max(floor, condition.number + 1)
            if condition.stands:
                device.profile = before
                plain = {"value": None, "threshold": None, "flapping": False, "level": Level.OK}
                more = plain | {"inhibited": False, "since": event.at, "position": None}
                yield self.told(device, rule, cause, condition, (event.at, logged_at), **more)
        self.floor = floor
        device.profile = event.profile

    # silence

    def silences(self, clock: Any) -> Iterator[AlarmRequest]:
        while True:
            due = sorted(
                (device.newest + wait, f"{device.site}\x1f{device.device}")
                for device in self.devices.values()
                if device.newest is not None
                for rule in device.rules
                if (wait := self.wait_ms(device, rule)) is not None
                and not device.condition(rule, Cause.SILENCE).stands
                and device.newest + wait <= clock(device, wait)
            )
            if not due:
                return
            at, name = due[0]
            site, _, word = name.partition("\x1f")
            yield from self.falls_silent(self.devices[site, word], at)

    def falls_silent(self, device: PlainDevice, at: int) -> Iterator[AlarmRequest]:
        was_silent = device.silent
        for rule in device.rules:
            wait, silence = self.wait_ms(device, rule), self.rules[rule].silence
            if not wait or not silence:
                continue
            condition = device.condition(rule, Cause.SILENCE)
            if not condition.stands and (device.newest or 0) + wait == at:
                condition.level = condition.told = LEVELS.index(silence.level)
                condition.since = at
                yield self.told(device, rule, Cause.SILENCE, condition, (at, 0))
        if not was_silent:
            yield from self.standing(device, (at, 0))

    def heard(self, device: PlainDevice, when: When, *, was_silent: bool) -> Iterator[AlarmRequest]:
        device.newest = when[0]
        waits = [(wait, rule) for rule in device.rules if (wait := self.wait_ms(device, rule))]
        ended = []
        for wait, rule in sorted(waits, key=lambda each: each[0]):
            condition = device.condition(rule, Cause.SILENCE)
            if condition.stands and when[0] + wait > (self.reached or 0):
                condition.level, condition.told, condition.since = OK, OK, when[0]
                ended.append((rule, condition))
        for rule, condition in ended:
            yield self.told(device, rule, Cause.SILENCE, condition, when)
        if was_silent and not device.silent:
            yield from self.standing(device, when)

    def standing(self, device: PlainDevice, when: When) -> Iterator[AlarmRequest]:
        for rule, cause in [(rule, cause) for rule in device.rules for cause in JUDGED]:
            condition = device.condition(rule, cause)
            if condition.stands:
                yield self.told(device, rule, cause, condition, when)

    # readings

    def judged(
        self, device: PlainDevice, reading: AcceptedReading, when: When
    ) -> Iterator[AlarmRequest]:
        for name in device.rules:
            rule, value = self.rules[name], number(reading)
            if rule.resource != reading.resource:
                continue
            trusted = rule.suspects is Suspects.JUDGE or not suspect(reading)
            if trusted and value is not None:
                if rule.levels:
                    yield from self.taken(device, name, Cause.VALUE, value, when)
                if rule.rates:
                    last, last_at = device.last.get(name, (0.0, when[0]))
                    device.last[name] = value, when[0]
                    if last_at < when[0]:
                        rate = (value - last) / ((when[0] - last_at) / 60_000)
                        yield from self.taken(device, name, Cause.RATE, rate, when)
            if not suspect(reading) and self.doubts(rule):
                yield from self.taken(device, name, Cause.TROUBLE, 0.0, when, value=value)
            else:
                yield from self.trouble(device, name, reading, when)

    def trouble(
        self, device: PlainDevice, name: str, reading: AcceptedReading, when: When
    ) -> Iterator[AlarmRequest]:
        rule, value = self.rules[name], number(reading)
        if rule.resource == reading.resource and self.doubts(rule) and suspect(reading):
            yield from self.taken(device, name, Cause.TROUBLE, 1.0, when, value=value)

    def late(
        self, device: PlainDevice, reading: AcceptedReading, when: When
    ) -> Iterator[AlarmRequest]:
        for name in device.rules:
            rule, value = self.rules[name], number(reading)
            if rule.resource != reading.resource or value is None or rule.on_delay_s:
                continue
            if rule.suspects is Suspects.TROUBLE and suspect(reading):
                continue
            condition, level = device.condition(name, Cause.VALUE), demand(rule.levels, value)
            if condition.level == OK and not condition.flapping and level > condition.late:
                condition.late = level
                found = {"level": LEVELS[level], "backfilled": True, "since": when[0]}
                limit = crossed(rule.levels[LEVELS[level]], value)
                more = found | {"inhibited": False, "value": value, "threshold": limit}
                yield self.told(device, name, Cause.VALUE, condition, when, **more)

    def taken(
        self,
        device: PlainDevice,
        name: str,
        cause: Cause,
        judged: float,
        when: When,
        **more: float | None,
    ) -> Iterator[AlarmRequest]:
        rule, condition = self.rules[name], device.condition(name, cause)
        levels = {lv: with_deadband(bound, rule.deadband) for lv, bound in rule.levels.items()}
        bounds = {Cause.VALUE: levels, Cause.RATE: rule.rates, Cause.TROUBLE: TROUBLE}[cause]
        on_ms = 0 if cause is Cause.TROUBLE else round(rule.on_delay_s * 1000)
        off_ms = round(rule.off_delay_s * 1000)
        if condition.judge(bounds, judged, when[0], on_ms=on_ms, off_ms=off_ms):
            condition.value = more.get("value", judged)
            yield self.told(device, name, cause, condition, when)
