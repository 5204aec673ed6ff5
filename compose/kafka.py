"""Apache Kafka on one node, its own controller (KRaft), from the jars of Maven Central."""

import base64
import hashlib
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from compose.errors import NotReadyError, StartError
from compose.lock import locked
from compose.place import Place
from compose.prerequisites import find_java
from compose.process import end, spawn
from compose.progress import Progress, Report
from compose.readiness import await_ready

# Each line differs from Kafka's default for one reason: one small broker on one machine.
# Topics that carry large messages raise max.message.bytes for themselves.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=2
"""


def command(place: Place, report: Report) -> list[str]:
    """Format the store if it is new, share the classes if nobody has, and name the broker."""
    archive = _shared_classes(place, report)
    _configure(place)
    return _broker(place, f"-XX:SharedArchiveFile={archive}")


def prove(place: Place) -> None:
    """Ask the broker for its cluster: it must answer and count one broker."""
    where = f"127.0.0.1:{place.settings.kafka_port}"
    asking = AdminClient({"bootstrap.servers": where, "log_level": 0})
    try:
        brokers = asking.list_topics(timeout=2).brokers
    except KafkaException as refusal:
        raise NotReadyError(str(refusal)) from refusal
    if len(brokers) != 1:
        raise NotReadyError(f"{len(brokers)} brokers instead of one")


def _broker(place: Place, sharing: str) -> list[str]:
    heap = f"-Xmx{place.settings.kafka_heap_mb}m"
    options = [heap, "-XX:+UseSerialGC", "-Xshare:auto", sharing, "-Djava.awt.headless=true"]
    return [*_java(place, *options), "kafka.Kafka", str(_properties(place))]


def _java(place: Place, *options: str) -> list[str]:
    jars = sorted(map(str, (place.installed / "jars").glob("*.jar")))
    java = find_java(java_home=place.settings.java_home)
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    return [str(java), *options, quiet, "-cp", ":".join(jars)]


def _properties(place: Place) -> Path:
    return place.home / "server.properties"


def _configure(place: Place) -> None:
    _properties(place).write_text(PROPERTIES.format(data=place.data, **place.ports()))
    if (place.data / "meta.properties").exists():
        return
    # the first byte is 0, since the tool would take an id that begins with "-" for an option
    cluster_id = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:])[:22].decode()
    storage = ["kafka.tools.StorageTool", "format", "-t", cluster_id, "-c"]
    formatted = subprocess.run(  # noqa: S603  # our own words, without a shell
        [*_java(place, "-Xmx128m"), *storage, str(_properties(place))],
        capture_output=True,
        text=True,
        check=False,
    )
    if formatted.returncode:
        raise StartError(f"Kafka could not format its store:\n{formatted.stdout}{formatted.stderr}")


def _shared_classes(place: Place, report: Report) -> Path:
    """Return the class-data archive of this Kafka on this JDK, made by a trial run if missing.

    It halves every later start (https://openjdk.org/jeps/350). A JDK that cannot make one, and
    one whose build differs, start without.
    """
    said = subprocess.run(  # noqa: S603  # a program found on the search path, fixed words
        [find_java(java_home=place.settings.java_home), "-version"], capture_output=True, check=True
    )
    jdk = hashlib.sha256(said.stderr).hexdigest()[:8]
    archive = place.installed / f"classes-{jdk}.jsa"
    with locked(place.installed / "classes.lock"):
        if not archive.exists():
            report(Progress(name=place.name, stage="preparing", detail="sharing Java classes"))
            _trial_run(place, archive)
    return archive


def _trial_run(place: Place, archive: Path) -> None:
    draft = archive.with_suffix(".draft")
    with TemporaryDirectory() as scratch:
        trial = replace(place, home=Path(scratch), settings=place.settings.with_free_ports())
        _configure(trial)
        process = spawn(_broker(trial, f"-XX:ArchiveClassesAtExit={draft}"), trial.log)
        try:
            await_ready(trial, process, prove)
        finally:
            end(process, patience_s=60)
    if draft.exists():
        draft.rename(archive)
