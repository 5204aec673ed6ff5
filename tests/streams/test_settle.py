"""Waiting, setting aside and stopping: the three ways in which a write can fail."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from connectors.outcome import RefusedError, UnavailableError
from schemas.batch import Batch, Origin, Raw
from schemas.reasons import Reason
from streams.settle import settle


def raw(*values: bytes) -> Raw:
    places = np.arange(len(values), dtype=np.int64)
    origin = Origin(topic="t", partition=0, offsets=places, logged_at=places)
    return Raw(origin=origin, keys=list(values), values=list(values))


@dataclass
class Store:
    """Is away for the first writes, refuses what begins with x, and keeps the rest."""

    away: int = 0
    retry_after_s: float | None = None
    kept: list[bytes | None] = field(default_factory=list)

    async def write(self, batch: Raw) -> None:
        if self.away:
            self.away -= 1
            raise UnavailableError("away", retry_after_s=self.retry_after_s)
        if any(value and value.startswith(b"x") for value in batch.values):
            raise RefusedError("begins with x")
        self.kept.extend(batch.values)


async def settled(store: Store, batch: Batch, slept: list[float]) -> list[tuple[int, Reason]]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    refused = await settle(store, batch, on_wait=lambda _: None, sleep=sleep)
    return [(each.row, each.reason) for each in refused]


async def test_it_waits_while_the_store_is_away_and_then_writes_once() -> None:
    store, slept = Store(away=4), list[float]()

    assert [] == await settled(store, raw(b"a", b"b"), slept)
    assert [b"a", b"b"] == store.kept
    assert 4 == len(slept)


async def test_it_waits_as_long_as_the_store_asks() -> None:
    slept = list[float]()

    await settled(Store(away=1, retry_after_s=7.0), raw(b"a"), slept)

    assert [7.0] == slept


@pytest.mark.parametrize("bad", [{0}, {6}, {2, 3}, set(range(7))])
async def test_only_refused_records_are_set_aside_each_by_its_own_row(bad: set[int]) -> None:
    values = [b"x" if row in bad else b"%d" % row for row in range(7)]
    store = Store()

    refused = await settled(store, raw(*values), [])

    assert [(row, Reason.REFUSED_BY_STORE) for row in sorted(bad)] == refused
    assert [value for value in values if value != b"x"] == store.kept


async def test_what_has_no_name_is_a_bug_and_comes_through() -> None:
    class Broken:
        async def write(self, _: Raw) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await settle(Broken(), raw(b"a"), on_wait=lambda _: None)
