"""What became of a load: every topic and store read to its end and held against the truth."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from confluent_kafka import Message
from pydantic import SecretStr

from connectors.archive_reader import ArchiveReader
from connectors.influxql import InfluxQL
from connectors.object_store import ObjectStoreSettings
from schemas.codec import decode, schema_of
from schemas.reasons import Reason
from schemas.records import AcceptedTelemetry, DeadLetter
from schemas.topic import Topic
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED
from tests.faults.load import Shipped
from tests.faults.rig import Rig
from tests.faults.topics import Reader

R = TypeVar("R")
Point = tuple[str, int]
"""Device and time, epoch ms: with the load's own site, what InfluxDB holds one point for."""

FAR_MS = 4_102_444_800_000
"""The year 2100."""


@dataclass(slots=True)
class Verdict:
    """What an audit found; ``notes`` says it by topic and store."""

    sent: int
    lost: int = 0
    duplicated: int = 0
    repeated: int = 0
    """Accepted events beyond the first of their id: delivery is at least once."""

    unexplained: int = 0
    stalled_s: float = 0.0
    """Longest time in which nothing was accepted, while there was something to accept."""

    notes: Counter[str] = field(default_factory=Counter)

    def miss(self, what: str, count: int) -> None:
        """Note that so many are lost."""
        self.lost += count
        self._note(f"lost {what}", count)

    def wonder(self, what: str, count: int) -> None:
        """Note so many that nobody can explain."""
        self.unexplained += count
        self._note(what, count)

    def double(self, what: str, count: int) -> None:
        """Note that there are so many too many."""
        self.duplicated += count
        self._note(f"duplicated {what}", count)

    def _note(self, what: str, count: int) -> None:
        if count:
            self.notes[what] += count


class Audit:
    """Reads what lies behind the marks that it takes when it is made."""

    def __init__(self, rig: Rig, *, site: str) -> None:
        self._rig = rig
        self._site = site
        with closing(Reader(rig.kafka)) as reader:
            self._before = {
                topic.name: reader.marks(topic) for topic in (READINGS_ACCEPTED, READINGS_REJECTED)
            }

    def verdict(self, shipped: list[Shipped]) -> Verdict:
        """Count."""
        verdict = Verdict(len(shipped))
        self._accepted(shipped, verdict)
        self._rejected(shipped, verdict)
        self._points(shipped, verdict)
        self._archived(shipped, verdict)
        return verdict

    def _accepted(self, shipped: list[Shipped], verdict: Verdict) -> None:
        meant = {each.sent.record.event_id for each in shipped if each.good}
        messages = self._since(READINGS_ACCEPTED)
        ids = [record.event_id for record in _decoded(messages, AcceptedTelemetry)]
        verdict.miss("accepted", len(meant - set(ids)))
        verdict.wonder("accepted that nobody sent", len(set(ids) - meant))
        verdict.repeated = len(ids) - len(set(ids))
        times = sorted(each.timestamp()[1] for each in messages)
        verdict.stalled_s = max((b - a for a, b in pairwise(times)), default=0) / 1000

    def _rejected(self, shipped: list[Shipped], verdict: Verdict) -> None:
        malformed = {(s.partition, s.offset): s.sent for s in shipped if not s.good}
        explained = set()
        for letter in _decoded(self._since(READINGS_REJECTED), DeadLetter):
            origin = letter.partition, letter.offset
            sent = malformed.get(origin)
            if (
                letter.topic == READINGS_RECEIVED.name
                and sent is not None
                and (sent.key, sent.value) == (letter.key, letter.value)
                and letter.reason in set(Reason)
            ):
                explained.add(origin)
            else:
                verdict.wonder(f"dead letter: {letter.reason} of {letter.topic}", 1)
        verdict.miss("malformed, without a dead letter", len(malformed.keys() - explained))

    def _points(self, shipped: list[Shipped], verdict: Verdict) -> None:
        meant = {(s.sent.record.device, s.sent.record.at) for s in shipped if s.good}
        found = Counter(asyncio.run(self._ask_points()))
        verdict.miss("points", len(meant - found.keys()))
        verdict.double("points", found.total() - len(found))
        verdict.wonder("points that nobody sent", len(found.keys() - meant))

    async def _ask_points(self) -> list[Point]:
        url = self._rig.environment["ENGAWA_INFLUX__URL"]
        influx = InfluxQL(url, SecretStr(""), timeout_s=60)
        try:
            rows = await influx.ask(
                f"SELECT temperature FROM engawa.raw.readings WHERE site = '{self._site}' "
                "GROUP BY *"
            )
        finally:
            await influx.close()
        return [(str(row["device"]), int(row["time"])) for row in rows]

    def _archived(self, shipped: list[Shipped], verdict: Verdict) -> None:
        sent = {(s.partition, s.offset): s.sent for s in shipped}
        reader = ArchiveReader(store_of(self._rig.environment))
        try:
            for each in reader.read(READINGS_RECEIVED.name, 0, FAR_MS):
                meant = sent.get((each.partition, each.offset))
                if meant and (meant.key, meant.value) == (each.key, each.value):
                    del sent[each.partition, each.offset]
        finally:
            reader.close()
        verdict.miss("archived", len(sent))

    def _since(self, topic: Topic[Any]) -> list[Message]:
        with closing(Reader(self._rig.kafka)) as reader:
            return list(reader.read(topic, self._before[topic.name], reader.marks(topic)))


def _decoded(messages: Iterable[Message], record: type[R]) -> Iterator[R]:
    header = len(schema_of(record).header)
    for each in messages:
        yield decode((each.value() or b"")[header:], record)


def store_of(environment: Mapping[str, str]) -> ObjectStoreSettings:
    """The settings by which a worker finds the object store."""
    return ObjectStoreSettings.model_validate(
        {
            "endpoint_url": environment["ENGAWA_S3__ENDPOINT_URL"],
            "access_key": environment["ENGAWA_S3__ACCESS_KEY"],
            "secret_key": environment["ENGAWA_S3__SECRET_KEY"],
        }
    )
