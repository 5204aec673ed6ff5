"""Topics read from mark to mark, all partitions at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from confluent_kafka import Consumer, Message, TopicPartition

from connectors.kafka import KafkaSettings
from schemas.topic import Topic

ANSWER_S = 20.0
LOOK_S = 0.1

Marks = Mapping[int, int]
"""The offset that each partition's next message gets."""


class Reader:
    """Reads topics without joining a group. Close it."""

    def __init__(self, kafka: KafkaSettings, *, group: str = "engawa-audit") -> None:
        own = {"group.id": group, "enable.auto.commit": False, "log_level": 0}
        self._consumer = Consumer({**kafka.librdkafka(), **own})

    def close(self) -> None:
        """Close the connections."""
        self._consumer.close()

    def marks(self, topic: Topic[Any]) -> Marks:
        """Where a topic ends now."""
        found = self._consumer.list_topics(topic.name, timeout=ANSWER_S).topics[topic.name]
        return {
            partition: self._consumer.get_watermark_offsets(
                TopicPartition(topic.name, partition), timeout=ANSWER_S
            )[1]
            for partition in found.partitions
        }

    def committed(self, topic: Topic[Any]) -> Marks:
        """How far this group has got; 0 where it has not."""
        asked = [TopicPartition(topic.name, partition) for partition in self.marks(topic)]
        found = self._consumer.committed(asked, timeout=ANSWER_S)
        return {each.partition: max(0, each.offset) for each in found}

    def read(self, topic: Topic[Any], since: Marks, until: Marks) -> Iterator[Message]:
        """Every message between marks; of each partition in order."""
        left = {partition for partition, end in until.items() if since[partition] < end}
        starts = [TopicPartition(topic.name, partition, since[partition]) for partition in left]
        self._consumer.assign(starts)
        while left:
            for message in self._consumer.consume(10_000, LOOK_S):
                partition, offset = message.partition() or 0, message.offset() or 0
                if message.error() is None and offset < until[partition]:
                    yield message
                if offset >= until[partition] - 1:
                    left.discard(partition)
