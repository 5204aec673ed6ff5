"""Creates topics and raises what is too low; lowers nothing, deletes nothing."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from confluent_kafka.cimpl import NewPartitions, NewTopic

from connectors.kafka import KafkaSettings
from connectors.outcome import UnavailableError
from schemas.topic import Topic

TIMEOUT_S = 15.0
LOOK_EVERY_S = 0.05
DAY_H = 24
CLOCK = "message.timestamp.type"
_COMPACTED = {
    "cleanup.policy": "compact",
    # a worker reads all of it at its start, so what is overwritten should go soon
    "segment.ms": "600000",
    "min.cleanable.dirty.ratio": "0.1",
}
FOREVER = -1
"""Kafka's way to write an unlimited retention."""


@dataclass(frozen=True, slots=True)
class Provision:
    """What was done about one topic, or would be."""

    topic: str
    partitions: int
    action: str
    """``created``, ``raised``, ``kept``; with ``missing`` and ``low`` when only looking."""

    detail: str = ""


class TopicAdmin:
    """The cluster's topics."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._admin = AdminClient({**settings.librdkafka(), "log_level": 0})
        self._replication = settings.replication_factor

    def partitions(self) -> Mapping[str, int]:
        """The number of partitions of every topic.

        Raises:
            UnavailableError: no broker answers.

        """
        try:
            topics = self._admin.list_topics(timeout=TIMEOUT_S).topics
        except KafkaException as error:
            raise UnavailableError(f"kafka: {error.args[0].str()}") from error
        return {name: len(found.partitions) for name, found in topics.items()}

    def ensure(
        self, topics: Iterable[Topic[Any]], *, partitions: int | None = None, dry_run: bool = False
    ) -> list[Provision]:
        """Create topics that are missing; raise retention, size limit and partitions if asked.

        ``partitions`` overrides the catalogue's number. An existing topic gets more partitions
        only through it, because that moves keys to other partitions.

        Raises:
            UnavailableError: no broker answers, or it refuses.

        """
        existing = self.partitions()
        done = [
            self._ensure(topic, existing.get(topic.name), partitions, dry_run=dry_run)
            for topic in topics
        ]
        self._await_topics({each.topic for each in done if each.action == "created"})
        return done

    def _ensure(
        self, topic: Topic[Any], existing: int | None, asked: int | None, *, dry_run: bool
    ) -> Provision:
        if existing is None:
            count = asked or topic.partitions
            if not dry_run:
                self._create(topic, count)
            return Provision(topic.name, count, "missing" if dry_run else "created")
        raised = self._too_low(topic)
        more = asked if asked and asked > existing else None
        if not dry_run:
            self._raise(topic.name, raised, more)
        detail = ", ".join([*raised, *(["partitions"] if more else [])])
        action = ("low" if dry_run else "raised") if detail else "kept"
        return Provision(topic.name, more or existing, action, detail)

    def _create(self, topic: Topic[Any], partitions: int) -> None:
        new = NewTopic(topic.name, partitions, self._replication, config=dict(config(topic)))
        _wait(self._admin.create_topics([new], operation_timeout=TIMEOUT_S))

    def _await_topics(self, created: set[str]) -> None:
        """A broker confirms a topic before it shows it to those who look for it."""
        deadline = time.monotonic() + TIMEOUT_S
        while missing := created - set(self.partitions()):
            if time.monotonic() > deadline:
                raise UnavailableError(f"kafka: created, but not there: {', '.join(missing)}")
            time.sleep(LOOK_EVERY_S)

    def _too_low(self, topic: Topic[Any]) -> dict[str, str]:
        """The settings of an existing topic that are below the catalogue's."""
        resource = ConfigResource(ResourceType.TOPIC, topic.name)
        [found] = _wait(self._admin.describe_configs([resource]))
        wanted = config(topic)
        low = {
            name: wanted[name]
            for name in ("retention.ms", "max.message.bytes")
            if FOREVER != int(found[name].value) < int(wanted[name])
        }
        if found[CLOCK].value != wanted[CLOCK]:
            low[CLOCK] = wanted[CLOCK]
        return low

    def _raise(self, name: str, configs: Mapping[str, str], partitions: int | None) -> None:
        if configs:
            changes = [
                ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                for key, value in configs.items()
            ]
            resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=changes)
            _wait(self._admin.incremental_alter_configs([resource]))
        if partitions:
            _wait(self._admin.create_partitions([NewPartitions(name, partitions)]))


def config(topic: Topic[Any]) -> Mapping[str, str]:
    """A topic's settings on the broker."""
    keeping = _COMPACTED if topic.compacted else {"cleanup.policy": "delete"}
    if topic.compaction_lag_h:
        keeping = keeping | {
            "min.compaction.lag.ms": str(round(topic.compaction_lag_h * 3_600_000))
        }
    elif topic.retention_h <= DAY_H:
        # Kafka keeps a segment until its last message is too old, by default for a week
        keeping = keeping | {"segment.ms": "3600000"}
    return {
        **keeping,
        "retention.ms": str(round(topic.retention_h * 3_600_000)),
        "max.message.bytes": str(topic.max_message_bytes),
        # the broker's clock, not a device's: agents judge event times against it
        CLOCK: "LogAppendTime",
    }


def _wait(futures: Mapping[Any, Any]) -> list[Any]:
    try:
        return [future.result(timeout=TIMEOUT_S) for future in futures.values()]
    except KafkaException as error:
        raise UnavailableError(f"kafka: {error.args[0].str()}") from error
