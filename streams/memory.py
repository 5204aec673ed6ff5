"""Snapshots of what an agent remembers of a partition, in a compacted topic of its own.

A snapshot is written in parts and counts only with its last word, which has the digest of them
all. Two slots take turns, so that one killed in the middle of a snapshot finds the one before.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import structlog
from tenacity import retry, retry_if_exception_type, wait_random_exponential

from connectors.message_log import Logged, MessageLog, Span
from connectors.outcome import UnavailableError
from connectors.outgoing import Outgoing
from connectors.producer import BatchProducer
from schemas.codec import decode, schema_of
from schemas.memory import MemoryPart
from schemas.topic import MEBIBYTE, Topic
from streams.outbox import Said, packed, unpacked
from streams.writer import message

PART_BYTES = MEBIBYTE // 2
LAST = "last"

_HEADER = schema_of(MemoryPart).header
"""Nobody else reads these, so they need no registry."""

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was remembered after a message of the step's input."""

    offset: int
    logged_at: int
    data: bytes
    said: tuple[Said, ...] = ()
    """What has to be sent again, for it may not have been."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole snapshot as it lies in its topic."""

    slot: int
    first: int
    """Offset of its first part in the topic."""

    snapshot: Snapshot


class Memory:
    """The snapshots of one step's partition, which has one owner at a time."""

    def __init__(
        self,
        topic: Topic[MemoryPart],
        partition: int,
        *,
        producer: BatchProducer,
        open_log: Callable[[], MessageLog],
    ) -> None:
        self._topic = topic
        self.partition = partition
        self._producer = producer
        self._open_log = open_log
        self._slot = 0

    @retry(
        retry=retry_if_exception_type(UnavailableError),
        wait=wait_random_exponential(multiplier=0.2, max=10.0),
        before_sleep=lambda state: log.warning(
            "memory away, waiting", reason=str(state.outcome and state.outcome.exception())
        ),
    )
    async def recall(self) -> Snapshot | None:
        """The newest whole snapshot; None if there is none."""
        newest = await asyncio.to_thread(lambda: deque(self._read(), maxlen=1))
        if not newest:
            return None
        self._slot = 1 - newest[0].slot
        return newest[0].snapshot

    async def each(self, look: Callable[[Kept], T]) -> list[T]:
        """What somebody sees in every whole snapshot that can still be read, the newest last.

        Raises:
            UnavailableError: no broker answers.

        """
        return await asyncio.to_thread(lambda: [look(kept) for kept in self._read()])

    async def keep(self, snapshot: Snapshot) -> None:
        """Write a snapshot; from its return on it is what ``recall`` gives."""
        *parts, last = self._messages(snapshot)
        for some in (parts, [last]):
            if refused := await self._producer.send({self._topic.name: some}):
                raise RuntimeError(f"{self._topic.name}: {refused[0].reason}")
        self._slot = 1 - self._slot

    def _messages(self, snapshot: Snapshot) -> Iterator[Outgoing]:
        data = packed(snapshot.data, snapshot.said)
        starts = range(0, len(data), PART_BYTES)
        pieces = [(str(number), data[at : at + PART_BYTES]) for number, at in enumerate(starts)]
        for number, piece in [*pieces, (LAST, b"")]:
            part = MemoryPart(
                place=f"{self._slot}/{number}",
                offset=snapshot.offset,
                logged_at=snapshot.logged_at,
                parts=len(pieces),
                digest=sha256(data).hexdigest(),
                data=piece,
            )
            yield message(self._topic, _HEADER, part) | {"partition": self.partition}

    def _read(self) -> Iterator[Kept]:
        slots: dict[str, dict[str, bytes]] = {}
        firsts: dict[str, int] = {}
        with self._open_log() as messages:
            bounds = messages.span(self._topic.name).bounds
            span = Span(self._topic.name, {self.partition: bounds.get(self.partition, (0, 0))})
            for logged in messages.read(span):
                part = _decoded(logged)
                slot, _, number = part.place.partition("/")
                if number == "0":
                    firsts[slot] = logged.offset
                pieces = slots.setdefault(slot, {})
                pieces[number] = part.data
                if number == LAST and (data := _joined(pieces, part)) is not None:
                    snapshot = Snapshot(part.offset, part.logged_at, *unpacked(data))
                    yield Kept(int(slot), firsts.pop(slot, logged.offset), snapshot)


def _decoded(logged: Logged) -> MemoryPart:
    return decode((logged.value or b"").removeprefix(_HEADER), MemoryPart)


def _joined(pieces: dict[str, bytes], last: MemoryPart) -> bytes | None:
    """The snapshot; None if parts of another were written over some of it."""
    data = b"".join(pieces.get(str(number), b"") for number in range(last.parts))
    return data if sha256(data).hexdigest() == last.digest else None
