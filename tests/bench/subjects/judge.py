"""The quality of each reading, and what it takes to know it: the last values of each series."""

from math import inf, nan
from typing import Any

from tests.bench.subjects.contract import Spec

GOOD = "good"
MINUTE_MS = 60_000


class Series:
    """One resource of one device."""

    __slots__ = ("good", "good_at", "last", "newest", "since")

    def __init__(self) -> None:
        self.last = self.good = nan
        self.since = 0.0
        self.newest = self.good_at = -inf

    def judge(self, at: int, value: float, spec: Spec, *, innocent: bool) -> str | None:
        """Stuck, spike or nothing to say; remembers the value."""
        if at <= self.newest:
            return None
        if value != self.last or at - self.newest >= spec.stuck_after_ms:
            self.since = at
        self.last, self.newest = value, at
        if at - self.since >= spec.stuck_after_ms:
            return "stuck"
        if innocent:
            minutes = max((at - self.good_at) / MINUTE_MS, 1.0)
            if abs(value - self.good) > spec.rate_per_min * minutes:
                return "spike"
            self.good, self.good_at = value, at
        return None


class Judge:
    """The readings of one partition. Devices are in two generations, to bound the memory."""

    def __init__(self, limits: dict[str, Any]) -> None:
        self.skew_ms = limits["skew_ms"]
        self.earliest_ms = limits["earliest_ms"]
        self.devices_limit = limits["remembered_devices"]
        self.devices: dict[Any, dict[str, Series]] = {}
        self.older: dict[Any, dict[str, Series]] = {}

    def judged(
        self, event: dict[str, Any], values: list[tuple[Spec, Any]], logged_at: int
    ) -> dict[str, Any]:
        """Make the accepted event of one that keeps its contract."""
        at, received_at = event["at"], event["received_at"]
        if received_at is None or not (self.earliest_ms <= received_at <= logged_at + self.skew_ms):
            received_at = logged_at
        skewed = at > min(received_at, logged_at) + self.skew_ms
        device = None if skewed else self.device(event)
        event["received_at"] = received_at
        event["readings"] = [
            {
                "resource": spec.resource,
                "value": value,
                "unit": spec.unit,
                "quality": quality(at, value, spec, reading["quality"] or GOOD, device),
            }
            for reading, (spec, value) in zip(event["readings"], values, strict=True)
        ]
        return event

    def device(self, event: dict[str, Any]) -> dict[str, Series]:
        """The series of a device."""
        key = event["site"], event["device"], event["profile"]
        known = self.devices.get(key)
        if known is None:
            if len(self.devices) >= self.devices_limit:
                self.older, self.devices = self.devices, {}
            known = self.devices[key] = self.older.get(key) or {}
        return known


def quality(at: int, value: Any, spec: Spec, told: str, device: dict[str, Series] | None) -> str:
    """The verdict on one reading; ``device`` is None if its clock is wrong."""
    if value is None:
        return "missing"
    verdict = told
    if device is None and verdict == GOOD:
        verdict = "clock_skew"
    if type(value) is not float:
        return verdict
    if verdict == GOOD and not spec.low <= value <= spec.high:
        verdict = "out_of_range"
    if device is None:
        return verdict
    series = device.get(spec.resource)
    if series is None:
        series = device[spec.resource] = Series()
    found = series.judge(at, value, spec, innocent=verdict == GOOD)
    return found if found and verdict == GOOD else verdict
