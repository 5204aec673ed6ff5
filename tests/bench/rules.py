"""What the row-by-row subjects have to know, as plain JSON: schemas, limits, profiles, units.

They run in an environment of their own, without our packages.
"""

from typing import Any

from agents.clean import CleanSettings
from models.arrivals import EARLIEST_MS, LATEST_MS
from models.names import NAME_LIMIT
from models.profiles import Resource, load
from models.refusals import DAY_MS, READINGS_LIMIT, TAG_LIMIT, TAGS_LIMIT, TEXT_LIMIT
from models.units import UNITS, conversion
from schemas.codec import schema_of
from schemas.contracts import contract
from schemas.records import AcceptedTelemetry, DeadLetter, Telemetry
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED

IDENTITY = (1.0, 0.0)


def rules(settings: CleanSettings) -> dict[str, Any]:
    """Everything, with the limits that ``agents.clean`` has by these settings."""
    profiles = load(settings.profiles_file)
    width = max(len(profile.resources) for profile in profiles.root.values())
    return {
        "schemas": {
            record.__name__: {"schema": contract(record), "header": schema_of(record).header.hex()}
            for record in (Telemetry, AcceptedTelemetry, DeadLetter)
        },
        "topics": {
            "received": READINGS_RECEIVED.name,
            "accepted": READINGS_ACCEPTED.name,
            "rejected": READINGS_REJECTED.name,
        },
        "limits": {
            "message_bytes": READINGS_RECEIVED.max_message_bytes,
            "name": NAME_LIMIT,
            "readings": READINGS_LIMIT,
            "tags": TAGS_LIMIT,
            "tag": TAG_LIMIT,
            "text": TEXT_LIMIT,
            "earliest_ms": EARLIEST_MS,
            "latest_ms": LATEST_MS,
            "ahead_ms": DAY_MS,
            "skew_ms": round(settings.skew_s * 1000),
            "remembered_ids": settings.remembered_ids,
            "remembered_devices": max(1, settings.remembered_series // (2 * width)),
        },
        "profiles": {
            name: {resource: _spec(spec) for resource, spec in profile.resources.items()}
            for name, profile in profiles.root.items()
        },
    }


def _spec(resource: Resource) -> dict[str, Any]:
    return {
        "type": resource.type.value,
        "unit": resource.unit,
        "range": resource.range,
        "max_rate_per_min": resource.max_rate_per_min,
        "stuck_after_s": resource.stuck_after_s,
        "conversions": _conversions(resource.unit) if resource.unit else {},
    }


def _conversions(wanted: str) -> dict[str, tuple[float, float] | None]:
    """Scale and shift by spelling; None where the number stays as it is."""
    found = {given: conversion(given, wanted) for given in UNITS}
    factors = {given: (how.scale, how.shift) for given, how in found.items() if how}
    return {given: None if how == IDENTITY else how for given, how in factors.items()}
