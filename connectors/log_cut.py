"""Cutting the beginning of a topic's partitions off, the one way in which Kafka can delete.

Nobody can read what was cut off from then on. On the broker's disk it stays until the whole file is
of no use any more, which the broker looks for every few minutes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from connectors.kafka import KafkaSettings
from connectors.outcome import UnavailableError

TIMEOUT_S = 15.0
LOOK_EVERY_S = 0.1
Offsets = Mapping[int, int]
"""By partition."""


class LogCut:
    """Cuts topics, and tells who has read them how far."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._admin = AdminClient({**settings.librdkafka(), "log_level": 0})

    def cut(self, topic: str, firsts: Offsets) -> None:
        """Delete everything before these offsets; a compacted topic may be cut for that moment.

        Raises:
            UnavailableError: no broker answers, or it does not let us.

        """
        if not firsts:
            return
        places = [TopicPartition(topic, partition, first) for partition, first in firsts.items()]
        with _answers(), self._cuttable(topic):
            self._delete(places)

    def kept_ms(self, topic: str) -> int | None:
        """How long a message may stay: its retention, and as long as its file is written to.

        None if nothing ends it.

        Raises:
            UnavailableError: no broker answers.

        """
        with _answers():
            found = self._config(topic)
        retention_ms = int(found["retention.ms"])
        forever = retention_ms < 0 or "delete" not in found["cleanup.policy"]
        return None if forever else retention_ms + int(found["segment.ms"])

    def members(self, group: str) -> int:
        """How many consumers a group has now.

        Raises:
            UnavailableError: no broker answers.

        """
        try:
            with _answers():
                [asked] = self._admin.describe_consumer_groups([group]).values()
                return len(asked.result(timeout=TIMEOUT_S).members)
        except LookupError:
            return 0

    def unread(self, group: str, topic: str, ends: Offsets) -> int:
        """Messages before ``ends`` that a group has yet to read; 0 if it never read the topic.

        Raises:
            UnavailableError: no broker answers.

        """
        places = [TopicPartition(topic, partition) for partition in ends]
        asked = ConsumerGroupTopicPartitions(group, places)
        try:
            with _answers():
                [done] = self._admin.list_consumer_group_offsets([asked]).values()
                found = done.result(timeout=TIMEOUT_S).topic_partitions
        except LookupError:
            return 0
        return sum(max(0, ends[each.partition] - each.offset) for each in found if each.offset >= 0)

    @contextmanager
    def _cuttable(self, topic: str) -> Iterator[None]:
        """Kafka cuts only topics that may lose what is old; never is old enough here."""
        found = self._config(topic)
        if "delete" in found["cleanup.policy"]:
            yield
            return
        self._alter(topic, {"cleanup.policy": "compact,delete", "retention.ms": "-1"})
        try:
            yield
        finally:
            before = {name: found[name] for name in ("cleanup.policy", "retention.ms")}
            self._alter(topic, before)

    @retry(
        # a broker confirms a change of settings a moment before it goes by it
        retry=retry_if_exception(lambda error: _code(error) == KafkaError.POLICY_VIOLATION),
        wait=wait_fixed(LOOK_EVERY_S),
        stop=stop_after_delay(TIMEOUT_S),
        reraise=True,
    )
    def _delete(self, places: list[TopicPartition]) -> None:
        for done in self._admin.delete_records(places).values():
            done.result(timeout=TIMEOUT_S)

    def _config(self, topic: str) -> dict[str, str]:
        resource = ConfigResource(ResourceType.TOPIC, topic)
        [asked] = self._admin.describe_configs([resource]).values()
        found: Any = asked.result(timeout=TIMEOUT_S)
        return {name: entry.value for name, entry in found.items()}

    def _alter(self, topic: str, values: Mapping[str, str]) -> None:
        changes = [
            ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
            for name, value in values.items()
        ]
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=changes)
        for done in self._admin.incremental_alter_configs([resource]).values():
            done.result(timeout=TIMEOUT_S)


def _code(error: BaseException) -> int | None:
    return int(error.args[0].code()) if isinstance(error, KafkaException) else None


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        if _code(error) == KafkaError.GROUP_ID_NOT_FOUND:
            raise LookupError(error.args[0].str()) from error
        raise UnavailableError(f"kafka: {error.args[0].str()}") from error
