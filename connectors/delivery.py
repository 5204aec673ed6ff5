"""Messages to one topic in their own time, or as fast as the broker takes them."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from connectors.outcome import UnavailableError
from connectors.outgoing import Refusal
from connectors.producer import BatchProducer

TAKEN_MESSAGES = 2000
TAKEN_BYTES = 8 * 1024 * 1024
"""Bounds of what is in memory at once, beside what the producer still holds."""

TICK_S = 0.005
"""Messages due within this are sent together."""

GRACE_S = 5.0
"""How long a stop waits for the broker's last word."""


class Message(Protocol):
    """What can be sent, and when."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its value."""

    @property
    def due_ms(self) -> int:
        """When it is to leave, on a clock of its own, epoch milliseconds."""


M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message and when it left the first time."""

    key: bytes | None
    value: bytes | None
    due_ms: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How messages' time runs beside ours: ``speed`` seconds in one; 0 knows no time."""

    speed: float
    first_ms: int
    started_s: float

    def wait_s(self, due_ms: int, now_s: float) -> float:
        """Seconds until a message is due; negative if it is late."""
        if not self.speed:
            return 0.0
        return self.started_s + (due_ms - self.first_ms) / 1000 / self.speed - now_s


class Delivery(Generic[M]):
    """Sends messages in order; ``answered`` is told of each batch the broker took or refused."""

    def __init__(
        self, producer: BatchProducer, topic: str, answered: Callable[[Sequence[M]], None]
    ) -> None:
        self._producer = producer
        self._topic = topic
        self._answered = answered
        self._sending: asyncio.Task[None] | None = None
        self.refusals: list[Refusal] = []
        """Messages that the broker would not take; their bytes are not kept."""

    async def run(
        self, messages: Iterator[M], *, speed: float, first_ms: int, stop: asyncio.Event
    ) -> None:
        """Send everything, or until ``stop`` is set; return when all that was sent is confirmed.

        Raises:
            UnavailableError: stopped, and the broker did not confirm in time.

        """
        loop = asyncio.get_running_loop()
        pace = Pace(speed, first_ms, loop.time())
        while not stop.is_set() and (taken := await asyncio.to_thread(_take, messages)):
            due: list[M] = []
            for message in taken:
                wait_s = pace.wait_s(message.due_ms, loop.time())
                if wait_s > TICK_S:
                    await self._send(due, stop)
                    due = []
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), wait_s)
                if stop.is_set():
                    break
                due.append(message)
            await self._send(due, stop)
        await self._settle(stop)

    async def _send(self, due: list[M], stop: asyncio.Event) -> None:
        """Send a batch; it is confirmed while the next one is made."""
        await self._settle(stop)
        if due:
            self._sending = asyncio.create_task(self._confirm(due))
            await asyncio.sleep(0)  # lets the task hand its messages to the client

    async def _confirm(self, due: list[M]) -> None:
        outgoing = [{"key": message.key, "value": message.value} for message in due]
        refused = await self._producer.send({self._topic: outgoing})
        self.refusals += [Refusal(r.topic, None, None, reason=r.reason) for r in refused]
        self._answered(due)

    async def _settle(self, stop: asyncio.Event) -> None:
        if self._sending is None:
            return
        sending, self._sending = self._sending, None
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait_for(sending, GRACE_S)
        except TimeoutError as error:
            raise UnavailableError("kafka: stopped before the broker confirmed") from error
        finally:
            stopped.cancel()


def _take(messages: Iterator[M]) -> list[M]:
    taken: list[M] = []
    size_bytes = 0
    for message in messages:
        taken.append(message)
        size_bytes += len(message.value or b"")
        if len(taken) >= TAKEN_MESSAGES or size_bytes >= TAKEN_BYTES:
            break
    return taken
