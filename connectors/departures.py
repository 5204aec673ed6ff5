"""What devices mean to say -> the bytes that leave them, in turn, some of them damaged."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple

import numpy as np

from connectors.faults import Damage, Fault, damaged
from schemas.records import Telemetry

Encode = Callable[[Sequence[Telemetry]], Sequence[bytes]]
"""Events to messages, in the same order."""

ENCODED_AT_ONCE = 512
"""Events handed to ``encode`` together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message of a device, and the truth about it."""

    record: Telemetry
    """What the device meant to say."""

    key: bytes
    value: bytes
    due_ms: int
    """When it leaves the device, epoch milliseconds UTC: the event's time unless it is late."""

    fault: Fault | None = None
    damage: Damage | None = None
    """What was done to ``value``, if the fault is ``malformed``."""


class Meant(NamedTuple):
    """A message before it has bytes."""

    record: Telemetry
    key: bytes
    due_ms: int
    fault: Fault | None


def in_due_order(messages: Iterable[Meant]) -> Iterator[Meant]:
    """Hold late messages back until their time has come."""
    held: list[tuple[int, int, Meant]] = []
    for turn, meant in enumerate(messages):
        while held and held[0][0] <= meant.record.at:
            yield heappop(held)[-1]
        if meant.fault is Fault.LATE:
            heappush(held, (meant.due_ms, turn, meant))
        else:
            yield meant


def encoded(messages: Iterator[Meant], encode: Encode, rng: np.random.Generator) -> Iterator[Sent]:
    """Give each message its bytes, and the malformed ones others."""
    while some := list(islice(messages, ENCODED_AT_ONCE)):
        for meant, good in zip(some, encode([each.record for each in some]), strict=True):
            value, damage = good, None
            if meant.fault is Fault.MALFORMED:
                damage = list(Damage)[rng.integers(len(Damage))]
                value = damaged(meant.record, damage, _encoder(meant.record, good, encode), rng)
            yield Sent(
                record=meant.record,
                key=meant.key,
                value=value,
                due_ms=meant.due_ms,
                fault=meant.fault,
                damage=damage,
            )


def _encoder(known: Telemetry, value: bytes, encode: Encode) -> Callable[[Telemetry], bytes]:
    """An encoder of one event that does not do again what is done."""
    return lambda record: value if record is known else encode([record])[0]
