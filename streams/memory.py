"""Snapshots of what an agent remembers of a partition, in a compacted topic of its own.

A snapshot is written in parts and counts only with its last word, which has the digest of them
all. Two slots take turns, so that one killed in the middle of a snapshot finds the one before.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import structlog
from tenacity import retry, retry_if_exception_type, wait_random_exponential

from connectors.message_log import Logged, MessageLog, Span
from connectors.outcome import UnavailableError
from connectors.producer import BatchProducer, Outgoing
from schemas.codec import decode, schema_of
from schemas.memory import MemoryPart
from schemas.topics import MEBIBYTE, Topic
from streams.writer import message

PART_BYTES = MEBIBYTE // 2
LAST = "last"

_HEADER = schema_of(MemoryPart).header
"""Nobody else reads these, so they need no registry."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was remembered after a message of the step's input."""

    offset: int
    logged_at: int
    data: bytes


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
        found = await asyncio.to_thread(self._read)
        if found is None:
            return None
        slot, snapshot = found
        self._slot = 1 - slot
        return snapshot

    async def keep(self, snapshot: Snapshot) -> None:
        """Write a snapshot; from its return on it is what ``recall`` gives."""
        *parts, last = self._messages(snapshot)
        for some in (parts, [last]):
            if refused := await self._producer.send({self._topic.name: some}):
                raise RuntimeError(f"{self._topic.name}: {refused[0].reason}")
        self._slot = 1 - self._slot

    def _messages(self, snapshot: Snapshot) -> Iterator[Outgoing]:
        data = snapshot.data
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

    def _read(self) -> tuple[int, Snapshot] | None:
        found = None
        slots: dict[str, dict[str, bytes]] = {}
        with self._open_log() as messages:
            bounds = messages.span(self._topic.name).bounds
            span = Span(self._topic.name, {self.partition: bounds.get(self.partition, (0, 0))})
            for part in map(_decoded, messages.read(span)):
                slot, _, number = part.place.partition("/")
                pieces = slots.setdefault(slot, {})
                pieces[number] = part.data
                if number == LAST and (data := _joined(pieces, part)) is not None:
                    found = int(slot), Snapshot(part.offset, part.logged_at, data)
        return found


def _decoded(logged: Logged) -> MemoryPart:
    return decode((logged.value or b"").removeprefix(_HEADER), MemoryPart)


def _joined(pieces: dict[str, bytes], last: MemoryPart) -> bytes | None:
    """The snapshot; None if parts of another were written over some of it."""
    data = b"".join(pieces.get(str(number), b"") for number in range(last.parts))
    return data if sha256(data).hexdigest() == last.digest else None
