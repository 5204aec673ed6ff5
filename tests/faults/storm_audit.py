"""What became of an alarm storm, against the same readings judged one by one in plain Python."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from agents.alarm import Alarm
from connectors.webhook_receiver import WebhookReceiver
from models import profiles
from models.alarms.rules_file import load_rules
from models.alarms.settings import AlarmSettings
from schemas.alarms import AlarmChange, AlarmRequest, Change
from schemas.batch import Origin, Records
from schemas.codec import decode, schema_of
from schemas.notifications import Occasion
from schemas.records import AcceptedTelemetry
from schemas.topic import Topic
from schemas.topics import ALARMS_CHANGED, ALARMS_REQUESTED, READINGS_ACCEPTED
from tests.faults.audit import Verdict
from tests.faults.rig import Rig
from tests.faults.storm import Storm
from tests.faults.topics import Reader
from tests.models.plain_watch import PlainWatch

R = TypeVar("R")
Named = dict[tuple[str, int], Any]


class StormAudit:
    """Reads what lies behind the marks that it takes when it is made."""

    def __init__(self, rig: Rig, rules_file: Path) -> None:
        self._rig = rig
        self._settings = AlarmSettings(rules_file=rules_file)
        with closing(Reader(rig.kafka)) as reader:
            topics = (READINGS_ACCEPTED, ALARMS_REQUESTED, ALARMS_CHANGED)
            self._before = {topic.name: reader.marks(topic) for topic in topics}

    def verdict(self, storm: Storm, receiver: WebhookReceiver) -> Verdict:
        """Compare."""
        verdict = Verdict(len(storm.events))
        requests = list(self._judged())
        self._requests(requests, verdict)
        changes = list(self._changed(requests))
        if not changes:
            raise AssertionError("nothing was raised, so nothing is proven")
        self._changes(changes, verdict)
        self._deliveries(changes, receiver, verdict)
        return verdict

    def _judged(self) -> Iterator[AlarmRequest]:
        """What plain Python makes of the accepted readings, partition by partition."""
        known = profiles.load()
        rules = dict(load_rules(self._settings.rules_file, known).rules)
        watches: dict[int, PlainWatch] = {}
        for partition, logged_at, event in self._since(READINGS_ACCEPTED, AcceptedTelemetry):
            watch = watches.setdefault(partition, PlainWatch(rules, known))
            yield from watch(event, logged_at)

    def _requests(self, expected: list[AlarmRequest], verdict: Verdict) -> None:
        found: dict[str, AlarmRequest] = {}
        for *_, request in self._since(ALARMS_REQUESTED, AlarmRequest):
            if found.setdefault(request.request_id, request) != request:
                verdict.wonder("judgements that say two things", 1)
            else:
                verdict.repeated += 1
        verdict.repeated -= len(found)
        meant = {each.request_id: each for each in expected}
        verdict.miss("judgements", len(meant.keys() - found.keys()))
        verdict.wonder("judgements that are others", sum(found[k] != meant.get(k) for k in found))

    def _changed(self, requests: list[AlarmRequest]) -> Iterable[AlarmChange]:
        """What the alarm book makes of these requests at one go."""
        book = Alarm(self._settings)
        at = np.array([each.at for each in requests], np.int64)
        origin = Origin(topic="t", partition=0, offsets=np.arange(len(at)), logged_at=at)
        batch = Records(record=AlarmRequest, rows=requests, origin=origin)
        return [each for each in book(batch) if isinstance(each, AlarmChange)]

    def _changes(self, expected: list[AlarmChange], verdict: Verdict) -> None:
        found: Named = {}
        for *_, change in self._since(ALARMS_CHANGED, AlarmChange):
            if found.setdefault((change.alarm, change.sequence), change) != change:
                verdict.double("alarms, raised in two ways", 1)
        meant: Named = {(each.alarm, each.sequence): each for each in expected}
        verdict.miss("alarm changes", len(meant.keys() - found.keys()))
        verdict.wonder(
            "alarm changes that are others", sum(found[k] != meant.get(k) for k in found)
        )

    def _deliveries(
        self, changes: list[AlarmChange], receiver: WebhookReceiver, verdict: Verdict
    ) -> None:
        wanted = {each.alarm_id for each in changes if each.change is Change.CREATED}
        posts = [each.notification for each in receiver.received.values()]
        told = [each["alarm_id"] for each in posts if each["occasion"] == Occasion.CREATED.value]
        verdict.miss("deliveries", len(wanted - set(told)))
        verdict.double("deliveries", len(told) - len(set(told)))
        verdict.wonder("posts that were not ours", receiver.refused)

    def _since(self, topic: Topic[R], record: type[R]) -> Iterator[tuple[int, int, R]]:
        header = len(schema_of(record).header)
        with closing(Reader(self._rig.kafka)) as reader:
            for each in reader.read(topic, self._before[topic.name], reader.marks(topic)):
                partition, logged_at = each.partition() or 0, each.timestamp()[1]
                yield partition, logged_at, decode((each.value() or b"")[header:], record)
