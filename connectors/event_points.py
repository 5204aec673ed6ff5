"""Records as points of InfluxDB, one record one point; writing it twice gives the same point."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import pyarrow as pa

from connectors.line_protocol import tagged

NS_PER_MS = 1_000_000
_SPECIAL = re.compile(r'(["\\])')

Fields = Mapping[str, float | str | None]


class Timed(Protocol):
    """A record of a time."""

    @property
    def at(self) -> int:
        """Epoch milliseconds UTC."""


R = TypeVar("R", bound=Timed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[R]):
    """How a record becomes a point."""

    measurement: str
    tags: Mapping[str, Callable[[R], str]]
    fields: Callable[[R], Fields]
    """Numbers and texts; what is None is left out."""

    number: Callable[[R], int] = lambda _: 0
    """Tells records of one moment apart: its last six digits become nanoseconds."""


def points(shape: Shape[R], records: Sequence[R]) -> bytes:
    """A line for each record.

    Raises:
        RefusedError: a tag is empty or holds control characters.

    """
    columns = [
        tagged(pa.array([value(each) for each in records], pa.string()), tag).to_pylist()
        for tag, value in shape.tags.items()
    ]
    return "".join(
        f"{shape.measurement}{''.join(tags)} {_after_tags(shape, each)}\n"
        for each, *tags in zip(records, *columns, strict=True)
    ).encode()


def _after_tags(shape: Shape[R], record: R) -> str:
    time_ns = record.at * NS_PER_MS + shape.number(record) % NS_PER_MS
    return f"{_written(shape.fields(record))} {time_ns}"


def _written(fields: Fields) -> str:
    told = {name: value for name, value in fields.items() if value is not None}
    return ",".join(f"{name}={_value(value)}" for name, value in told.items())


def _value(value: float | str) -> str:
    if isinstance(value, str):
        return '"' + _SPECIAL.sub(r"\\\1", value) + '"'
    return f"{int(value)}i" if isinstance(value, int) else repr(value)
