"""The checks and conversions of the row-by-row subjects: one event, plain dicts."""

import math
import re
from dataclasses import dataclass
from typing import Any

KINDS = {"number": float, "text": str, "boolean": bool}
MISSING: Any = object()

control_character = re.compile("[\x00-\x1f\x7f-\x9f]").search


class RefusedError(Exception):
    """The event breaks its contract: a reason and a detail."""


@dataclass(slots=True)
class Spec:
    """A resource of a profile."""

    resource: str
    kind: type
    unit: str | None
    low: float
    high: float
    rate_per_min: float
    stuck_after_ms: float
    conversions: dict[str | None, tuple[float, float] | None]


def spec(resource: str, told: dict[str, Any]) -> Spec:
    low, high = told["range"] or (-math.inf, math.inf)
    return Spec(
        resource=resource,
        kind=KINDS[told["type"]],
        unit=told["unit"],
        low=low,
        high=high,
        rate_per_min=told["max_rate_per_min"] or math.inf,
        stuck_after_ms=(told["stuck_after_s"] or math.inf) * 1000,
        conversions={**told["conversions"], None: None, "": None},
    )


def check(event: dict[str, Any], profiles: Any, limits: Any, logged_at: int) -> None:
    """Everything but the readings."""
    for field in ("event_id", "site", "device"):
        check_name(field, event[field], limits["name"])
    if event["profile"] not in profiles:
        check_name("profile", event["profile"], limits["name"])
        raise RefusedError("unknown_profile", f"profile: {event['profile']!r:.100}")
    at = event["at"]
    if at < limits["earliest_ms"]:
        raise RefusedError("time_too_early", f"at: {at} ms")
    if at > logged_at + limits["ahead_ms"]:
        raise RefusedError("time_in_future", f"at: {at} ms, but it came in at {logged_at} ms")
    position = event["position"]
    if position and not (abs(position["lat"]) <= 90.0 and abs(position["lon"]) <= 180.0):
        raise RefusedError("bad_position", str(position))
    if event["tags"]:
        check_tags(event["tags"], limits)
    count = len(event["readings"])
    if not count:
        raise RefusedError("no_readings", "")
    if count > limits["readings"]:
        raise RefusedError("too_many_readings", f"{count}")


def check_tags(tags: dict[str, str], limits: Any) -> None:
    if len(tags) > limits["tags"]:
        raise RefusedError("too_many_tags", f"{len(tags)}")
    for name in tags:
        check_name("key in tags", name, limits["tag"])
    for text in tags.values():
        check_name("value in tags", text, limits["tag"], shortest=0)


def check_name(field: str, name: str, limit: int, shortest: int = 1) -> None:
    if len(name) < shortest:
        raise RefusedError("empty_name", field)
    if len(name) > limit:
        raise RefusedError("name_too_long", f"{field}: {len(name)} characters")
    if control_character(name):
        raise RefusedError("control_character", f"{field}: {name!r:.100}")


def converted(
    readings: list[dict[str, Any]], profile: dict[str, Spec], limits: Any
) -> list[tuple[Spec, Any]]:
    """The value of each reading in its profile's unit."""
    found: dict[str, tuple[Spec, Any]] = {}
    objections: list[tuple[int, str, str]] = []
    for reading in readings:
        resource, value = reading["resource"], reading["value"]
        known = profile.get(resource)
        if known is None:
            objections.append((0, "unknown_resource", resource))
            continue
        if resource in found:
            objections.append((1, "repeated_resource", resource))
        how = known.conversions.get(reading["unit"], MISSING)
        if how is MISSING:
            objections.append((2, "unknown_unit", resource))
        elif how and type(value) is float:
            value = (value + how[1]) * how[0]
        if value is not None and (amiss := wrong(value, known.kind, limits["text"])):
            objections.append((*amiss, resource))
        found[resource] = (known, value)
    if objections:
        _, reason, detail = min(objections, key=lambda objection: objection[0])
        raise RefusedError(reason, detail)
    return list(found.values())


def wrong(value: Any, kind: type, text_limit: int) -> tuple[int, str] | None:
    """What is wrong with a value, if anything; the number is how late one looks for it."""
    if type(value) is not kind:
        return 3, "wrong_type"
    if type(value) is float and not math.isfinite(value):
        return 4, "not_finite"
    if type(value) is str and len(value) > text_limit:
        return 5, "name_too_long"
    return None
