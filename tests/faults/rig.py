"""Real servers and real worker processes, to be killed and brought back."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from signal import SIGTERM
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from compose.local import down, up
from compose.ports import free_ports
from compose.roster import places
from compose.settings import ServerSettings
from compose.status import worker_environment
from connectors.kafka import KafkaSettings
from connectors.topic_admin import TopicAdmin
from schemas.topic import Topic
from schemas.topics import CATALOGUE
from streams.children import Child, until
from tests.faults.topics import Reader

SERVERS = ("kafka", "influxdb", "s3", "mongodb")
FINISHED_WITHIN_S = 180.0

RETURNING = frozenset(
    {
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    }
)
"""What a broker says of groups when it has just come back."""


class Rig:
    """The servers of one run, on ports and in a folder of their own. Close it."""

    def __init__(self, folder: Path, names: Sequence[str] = SERVERS) -> None:
        self.folder = folder
        self._names = names
        self._settings = ServerSettings().with_free_ports()
        up(names, settings=self._settings, state_dir=folder)
        self.environment = worker_environment(names, settings=self._settings, state_dir=folder)
        servers = self.environment["ENGAWA_KAFKA__BOOTSTRAP_SERVERS"]
        self.kafka = KafkaSettings.model_validate({"bootstrap_servers": servers})
        TopicAdmin(self.kafka).ensure(CATALOGUE)

    def close(self) -> None:
        """Stop the servers."""
        down(self._names, settings=self._settings, state_dir=self.folder)

    def start(self, server: str) -> None:
        """Start a server that is down; return when it serves."""
        up((server,), settings=self._settings, state_dir=self.folder)

    def stop(self, server: str) -> None:
        """Stop a server in order."""
        down((server,), settings=self._settings, state_dir=self.folder)

    def kill(self, server: str) -> None:
        """End a server without a word."""
        [place] = places((server,), self._settings, self.folder)
        record = place.record()
        assert record is not None
        os.kill(record.process.pid, signal.SIGKILL)
        while record.process.is_alive():
            time.sleep(0.02)

    def committed(self, flow: str, topic: Topic[Any]) -> bool:
        """Whether a flow is known to have finished everything that now lies in a topic."""
        with closing(Reader(self.kafka, group=f"engawa-{flow}")) as reader:
            try:
                return reader.committed(topic) == reader.marks(topic)
            except KafkaException as error:
                if error.args[0].code() in RETURNING:
                    return False
                raise


class Crew:
    """The workers of one run. Each that is told to stop must end in order."""

    def __init__(self, rig: Rig, folder: Path, environment: Mapping[str, str]) -> None:
        self._rig = rig
        self._folder = folder
        self._environment = environment
        self._workers: list[Child] = []
        self.disorderly = 0
        """Workers that did not end with 0 when told to stop."""

    def start(self, flow: str, *, name: str = "") -> Child:
        """Start a worker; with a ``name`` its membership of the group is static."""
        own = {"ENGAWA_KAFKA__INSTANCE": f"{flow}-{name}"} if name else {}
        environment = {**self._rig.environment, **self._environment, **own}
        [port] = free_ports(1)
        worker = Child(flow, environment, port=port, log_dir=self._folder)
        self._workers.append(worker)
        return worker

    def kill(self, flow: str) -> None:
        """End a flow's last worker without a word."""
        worker = self._last(flow)
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.wait()

    def relieve(self, flow: str, *, by: Child) -> None:
        """Stop a flow's other workers once the new one is at work."""
        by.wait_ready()
        for worker in [each for each in self._workers if each.flow == flow and each is not by]:
            self.stop(worker)

    def stop(self, worker: Child) -> None:
        """Ask a worker to end, and see how it does."""
        self._workers.remove(worker)
        code = worker.stop()
        # before it has said a word, Python is still importing it: there is nothing to put in order
        unborn = code == -SIGTERM and not worker.tail
        self.disorderly += code != 0 and not unborn

    def stop_all(self) -> None:
        """Stop everybody."""
        for worker in list(self._workers):
            self.stop(worker)

    def wait_ready(self) -> None:
        """Return when everybody is at work."""
        for worker in self._workers:
            worker.wait_ready()

    def wait_finished(self, flow: str, topic: Topic[Any]) -> None:
        """Return when a flow has finished everything that now lies in a topic.

        Raises:
            ChildError: a worker died, or they took too long.

        """

        def finished() -> bool:
            for worker in self._workers:
                worker.ready()  # raises if it ended
            return self._rig.committed(flow, topic)

        until(
            finished, within_s=FINISHED_WITHIN_S, what=lambda: f"{flow} has finished {topic.name}"
        )

    def _last(self, flow: str) -> Child:
        return [each for each in self._workers if each.flow == flow][-1]
