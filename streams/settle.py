"""Write a batch to a sink until every record of it is written or refused: the only such loop."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, runtime_checkable

import numpy as np
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from connectors.outcome import RefusedError, UnavailableError
from schemas.batch import Batch, Columns, Origin, Raw, Records
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside

PAUSE = wait_random_exponential(multiplier=0.2, max=10.0)
"""Back-off while a store is away, in seconds, with jitter so that workers don't come as one."""


class Sink(Protocol):
    """Anything that takes batches; writing one twice does no harm."""

    async def write(self, batch: Any, /) -> None:
        """Write all of it, or raise UnavailableError or RefusedError."""
        ...


@runtime_checkable
class EncodingSink(Sink, Protocol):
    """A sink whose computing can run ahead of its writing."""

    def encode(self, batch: Any, /) -> Any:
        """Compute what ``write`` will send; touches no server."""
        ...


async def settle(
    sink: Sink,
    batch: Batch,
    *encoded: Any,
    on_wait: Callable[[UnavailableError], None],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> list[SetAside]:
    """Write ``batch``, waiting while the store is away; return the records that it refused.

    ``encoded`` is what the sink's ``encode`` gave for the batch, if that ran ahead.
    """
    try:
        await _write(partial(sink.write, batch, *encoded), on_wait, sleep)
    except RefusedError as refusal:
        size = size_of(batch)
        if size == 1:
            return [SetAside(0, Reason.REFUSED_BY_STORE, str(refusal)[:DETAIL_LIMIT])]
        half = size // 2
        first = await settle(sink, part(batch, 0, half), on_wait=on_wait, sleep=sleep)
        second = await settle(sink, part(batch, half, size), on_wait=on_wait, sleep=sleep)
        return first + [SetAside(half + each.row, each.reason, each.detail) for each in second]
    return []


async def _write(
    write: Callable[[], Awaitable[None]],
    on_wait: Callable[[UnavailableError], None],
    sleep: Callable[[float], Awaitable[None]],
) -> None:
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(UnavailableError),
        wait=_pause_s,
        before_sleep=lambda state: on_wait(error_of(state)),
        sleep=sleep,
    )
    await retrying(write)


def _pause_s(state: RetryCallState) -> float:
    return error_of(state).retry_after_s or PAUSE(state)


def error_of(state: RetryCallState) -> UnavailableError:
    """What is tried again after: the store was away."""
    error = state.outcome and state.outcome.exception()
    assert isinstance(error, UnavailableError)
    return error


def size_of(batch: Batch) -> int:
    """Records in a batch."""
    if isinstance(batch, Columns):
        rows: int = batch.rows.num_rows
        return rows
    return len(batch.values if isinstance(batch, Raw) else batch.rows)


def part(batch: Batch, start: int, stop: int) -> Batch:
    """Records ``start`` to ``stop`` of a batch."""
    picked = slice(start, stop)
    origin = _part_of(batch.origin, picked) if batch.origin else None
    if isinstance(batch, Columns):
        # taken, not sliced: no consumer of these columns has to mind an offset in them
        rows = batch.rows.take(np.arange(start, stop))
        return Columns(record=batch.record, rows=rows, origin=origin)
    if isinstance(batch, Records):
        return Records(record=batch.record, rows=batch.rows[picked], origin=origin)
    assert origin is not None
    return Raw(origin=origin, keys=batch.keys[picked], values=batch.values[picked])


def _part_of(origin: Origin, picked: slice) -> Origin:
    return Origin(
        topic=origin.topic,
        partition=origin.partition,
        offsets=origin.offsets[picked],
        logged_at=origin.logged_at[picked],
    )
