"""What is remembered of rooms, and how it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from models.energy.inputs import WIDTH
from models.energy.shown import KeptExperience
from schemas.codec import UndecodableError, decode, encode_framed, schema_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSet:
    """A set that is in no window yet."""

    at: Annotated[int, "When it was measured, epoch milliseconds UTC."]
    values: Annotated[tuple[float, ...], "As in the table of inputs; NaN is missing."]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSetpoint:
    """A setpoint that was recommended."""

    at: Annotated[int, "Since when, epoch milliseconds UTC."]
    setpoint_c: Annotated[float, "Degrees Celsius."]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRoom:
    """One room."""

    site: Annotated[str, "Site of the room."]
    device: Annotated[str, "Device that measures it."]
    newest: Annotated[int, "Time of its newest set."]
    done: Annotated[int, "Time of the last set of its last window."]
    logged_at: Annotated[int | None, "When its newest set was logged; null once given up."]
    sets: Annotated[tuple[KeptSet, ...], "Sets that are in no window yet, by their time."]
    past: Annotated[tuple[KeptSetpoint, ...], "Its latest setpoints, the oldest first."]
    air_conditioner: Annotated[str | None, "What cooled it."]
    rated_it_kw: Annotated[float, "Power of its servers at full load."]
    metered: Annotated[KeptExperience, "What it has shown of itself at known loads."]
    unmetered: Annotated[KeptExperience, "The same at unknown ones."]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRooms:
    """Everything that is remembered of a partition's rooms."""

    width: Annotated[int, "How many values a set has."]
    rooms: Annotated[tuple[KeptRoom, ...], "All rooms that were heard, the longest unheard first."]


def packed(rooms: Sequence[KeptRoom]) -> bytes:
    """Rooms as bytes."""
    return encode_framed(KeptRooms(width=WIDTH, rooms=tuple(rooms)))


def unpacked(data: bytes) -> Sequence[KeptRoom]:
    """The rooms in these bytes.

    Raises:
        UndecodableError: they hold none, or sets of another version.

    """
    header = schema_of(KeptRooms).header
    if not data.startswith(header):
        raise UndecodableError("rooms were remembered by another version")
    kept = decode(data.removeprefix(header), KeptRooms)
    if kept.width != WIDTH:
        raise UndecodableError(f"sets have {kept.width} values, not {WIDTH}")
    return kept.rooms
