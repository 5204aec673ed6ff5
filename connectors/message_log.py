"""A topic read as a file is: from here to there and no further, leaving no trace on the broker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connectors.kafka import KafkaSettings
from connectors.outcome import UnavailableError

TIMEOUT_S = 15.0
"""Longest silence of the broker."""

QUEUE_KIB = 16 * 1024
"""What librdkafka may hold in memory for us."""


class MissingTopicError(LookupError):
    """The broker has no such topic."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One message as it lies in its topic."""

    topic: str
    partition: int
    offset: int
    logged_at: int
    """The broker's timestamp, epoch milliseconds UTC."""

    key: bytes | None
    value: bytes | None

    @property
    def size_bytes(self) -> int:
        """Key and value together."""
        return len(self.key or b"") + len(self.value or b"")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a topic: by partition, the first offset and the one after the last."""

    topic: str
    bounds: Mapping[int, tuple[int, int]]

    @property
    def size(self) -> int:
        """Messages in it; fewer if the broker has thrown some away."""
        return sum(max(0, end - first) for first, end in self.bounds.values())

    def only(self, partition: int, offset: int) -> "Span":
        """The part of it that is one message; empty if that lies outside."""
        first, end = self.bounds.get(partition, (0, 0))
        inside = first <= offset < end
        return Span(self.topic, {partition: (offset, offset + 1)} if inside else {})


class MessageLog:
    """Reads spans of topics. Close it, or use it in a ``with``."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._consumer = Consumer(
            {
                **settings.librdkafka(),
                "group.id": "engawa-message-log",  # the client wants one; nothing is committed
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "queued.max.messages.kbytes": QUEUE_KIB,
                # a fetch that waits at the end of one partition holds up the next one
                "fetch.wait.max.ms": 10,
                "log_level": 0,  # what goes wrong is raised
            }
        )

    def __enter__(self) -> Self:
        """Nothing to do: the client connects when it is asked something."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._consumer.close()

    def span(self, topic: str, *, since_ms: int | None = None, until_ms: int | None = None) -> Span:
        """What lies in a topic now, logged from ``since_ms`` on and before ``until_ms``.

        Raises:
            MissingTopicError: there is no such topic.
            UnavailableError: no broker answers.

        """
        try:
            partitions = self._partitions(topic)
            marks = {number: self._marks(topic, number) for number in partitions}
            since = self._offsets(topic, marks, since_ms, 0)
            until = self._offsets(topic, marks, until_ms, 1)
        except KafkaException as error:
            raise UnavailableError(f"kafka: {error.args[0].str()}") from error
        return Span(topic, {number: (since[number], until[number]) for number in partitions})

    def read(self, span: Span) -> Iterator[Logged]:
        """Every message of the span, one partition after the other.

        Raises:
            UnavailableError: no broker answers, or it stops answering.

        """
        for partition, (first, end) in sorted(span.bounds.items()):
            if first < end:
                yield from self._read(span.topic, partition, first, end)

    def _partitions(self, topic: str) -> list[int]:
        found = self._consumer.list_topics(topic, timeout=TIMEOUT_S).topics[topic]
        if found.error is None:
            return sorted(found.partitions)
        if found.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise MissingTopicError(f"no topic {topic}")
        raise KafkaException(found.error)

    def _marks(self, topic: str, partition: int) -> tuple[int, int]:
        low, high = self._consumer.get_watermark_offsets(
            TopicPartition(topic, partition), timeout=TIMEOUT_S
        )
        return low, high

    def _offsets(
        self, topic: str, marks: Mapping[int, tuple[int, int]], at_ms: int | None, side: int
    ) -> Mapping[int, int]:
        """The first offset logged at ``at_ms`` or later; without a time, the low or high mark."""
        if at_ms is None or not marks:
            return {number: both[side] for number, both in marks.items()}
        asked = [TopicPartition(topic, number, at_ms) for number in marks]
        found = self._consumer.offsets_for_times(asked, timeout=TIMEOUT_S)
        # a negative offset says that nothing is that late
        return {f.partition: f.offset if f.offset >= 0 else marks[f.partition][1] for f in found}

    def _read(self, topic: str, partition: int, first: int, end: int) -> Iterator[Logged]:
        self._consumer.assign([TopicPartition(topic, partition, first)])
        while True:
            # not consume(): it waits for as many as it may bring, or until its time is over
            message = self._consumer.poll(TIMEOUT_S)
            if message is None:
                raise UnavailableError(f"kafka: nothing of {topic} for {TIMEOUT_S:.0f} s")
            if (error := message.error()) is not None:
                if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  # its public name
                    return
                raise UnavailableError(f"kafka: {error.str()}")
            logged = _logged(message)
            if logged.offset < end:
                yield logged
            if logged.offset >= end - 1:
                return


def _logged(message: Message) -> Logged:
    return Logged(
        message.topic() or "",
        message.partition() or 0,
        message.offset() or 0,
        message.timestamp()[1],
        message.key(),
        message.value(),
    )
