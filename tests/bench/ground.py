"""The ground everyone is measured on: real servers, empty topics, and how far the work is."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from agents.clean import CleanSettings
from compose.local import down, up
from compose.progress import Report
from compose.settings import ServerSettings
from compose.status import status, worker_environment
from connectors.kafka import KafkaSettings
from connectors.outcome import UnavailableError
from connectors.topic_admin import TopicAdmin
from schemas.topics import CATALOGUE
from tests.bench.patience import wait_for
from tests.bench.rules import rules
from tests.bench.subject import OURS, Subject

PARTITIONS = 4
LATEST: Any = OffsetSpec.latest()  # type: ignore[no-untyped-call]  # it says nothing of its types
GONE_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Running servers."""

    environment: dict[str, str]
    """How workers find them."""

    broker_pid: int
    influx_pid: int
    folder: Path
    """For logs and files of this run."""

    rules: Path
    """What subjects need to know, see ``tests.bench.rules``."""

    admin: AdminClient

    @property
    def bootstrap(self) -> str:
        """The broker's address."""
        return self.environment["ENGAWA_KAFKA__BOOTSTRAP_SERVERS"]

    def start(self, name: str, *arguments: str, python: Path = OURS, **environment: str) -> Subject:
        """Start a subject that is a module with arguments."""
        return Subject(
            arguments,
            python=python,
            log=self.folder / f"{name}-{uuid4().hex[:6]}.log",
            environment={**self.environment, **environment},
        )

    def clear(self) -> None:
        """Begin anew: every topic is empty, and so is what groups know of it."""
        known = set(self.admin.list_topics(timeout=10).topics)
        old = [topic.name for topic in CATALOGUE if topic.name in known]
        for deleted in (self.admin.delete_topics(old) if old else {}).values():
            deleted.result()
        wait_for(self._created, GONE_WITHIN_S, "the old topics to go")

    def written(self, topic: str) -> int:
        """Messages that the broker holds of a topic."""
        places = {TopicPartition(topic, part): LATEST for part in range(PARTITIONS)}
        asked = self.admin.list_offsets(places)
        return sum(found.result().offset for found in asked.values())

    def committed(self, group: str, topic: str) -> int:
        """Messages of a topic that a group has done with."""
        places = [TopicPartition(topic, part) for part in range(PARTITIONS)]
        [asked] = self.admin.list_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(group, places)]
        ).values()
        try:
            found = asked.result().topic_partitions
        except KafkaException:  # the broker is still making room for groups
            return 0
        return sum(max(0, place.offset) for place in found)

    def members(self, group: str) -> int:
        """Members of a group that have partitions."""
        [asked] = self.admin.describe_consumer_groups([group]).values()
        try:
            found = asked.result().members
        except KafkaException:  # nobody has joined it yet
            return 0
        return sum(bool(member.assignment.topic_partitions) for member in found)

    def _created(self) -> bool:
        try:
            TopicAdmin(KafkaSettings(bootstrap_servers=self.bootstrap)).ensure(
                CATALOGUE, partitions=PARTITIONS
            )
        except UnavailableError:  # the broker is still deleting
            return False
        return True


@contextmanager
def ground(names: Sequence[str], folder: Path, report: Report) -> Iterator[Ground]:
    """Start these servers on ports of their own; stop them in the end."""
    settings, state_dir = ServerSettings().with_free_ports(), folder / "servers"
    up(names, settings=settings, state_dir=state_dir, report=report)
    try:
        environment = worker_environment(names, settings=settings, state_dir=state_dir)
        # a subject that stands still while its load is sent stays in its group
        environment["ENGAWA_KAFKA__SESSION_TIMEOUT_S"] = "45"
        broker_pid, influx_pid = (
            each.pid or 0
            for each in status(["kafka", "influxdb"], settings=settings, state_dir=state_dir)
        )
        bootstrap = environment["ENGAWA_KAFKA__BOOTSTRAP_SERVERS"]
        admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
        told = folder / "rules.json"
        told.write_text(json.dumps(rules(CleanSettings())))
        yield Ground(
            environment=environment,
            broker_pid=broker_pid,
            influx_pid=influx_pid,
            folder=folder,
            rules=told,
            admin=admin,
        )
    finally:
        down(names, settings=settings, state_dir=state_dir)
