"""Telemetry cleaned message by message, as one writes it in plain Python with fastavro.

It gives what ``agents.clean`` gives, byte for byte (a test compares them), and knows nothing of
our packages: peers use it in an environment of their own.
"""

import json
import time
from pathlib import Path
from typing import Any

from tests.bench.subjects.contract import RefusedError, check, converted, spec
from tests.bench.subjects.judge import Judge
from tests.bench.subjects.wire import Wire


class Cleaner:
    """Cleans one partition."""

    def __init__(self, rules: dict[str, Any], topic: str, partition: int) -> None:
        self.topic, self.partition = topic, partition
        self.accepted, self.rejected = rules["topics"]["accepted"], rules["topics"]["rejected"]
        self.limits = rules["limits"]
        self.profiles = {
            name: {resource: spec(resource, told) for resource, told in profile.items()}
            for name, profile in rules["profiles"].items()
        }
        self.wire = Wire(rules)
        self.judge = Judge(self.limits)
        self.ids: dict[str, int] = {}
        self.older_ids: dict[str, int] = {}

    def clean(
        self, offset: int, logged_at: int, key: bytes | None, value: bytes | None
    ) -> tuple[str, bytes]:
        """The topic and the message that come of a message."""
        try:
            event = self.wire.telemetry(value)
            known_at = min(logged_at, self.limits["latest_ms"])
            check(event, self.profiles, self.limits, known_at)
            values = converted(event["readings"], self.profiles[event["profile"]], self.limits)
            self.check_new(event["event_id"], offset)
            accepted = self.judge.judged(event, values, known_at)
            return self.accepted, self.wire.encoded("AcceptedTelemetry", accepted)
        except RefusedError as refused:
            letter = {
                "topic": self.topic,
                "partition": self.partition,
                "offset": offset,
                "step": "clean",
                "reason": refused.args[0],
                "detail": refused.args[1],
                "at": time.time_ns() // 1_000_000,
                "logged_at": logged_at,
                "key": key,
                "value": value,
            }
            return self.rejected, self.wire.encoded("DeadLetter", letter)

    def check_new(self, event_id: str, offset: int) -> None:
        """Ids are in two generations, to bound the memory."""
        first = self.ids.get(event_id)
        if first is None:
            first = self.ids[event_id] = self.older_ids.get(event_id, offset)
            if len(self.ids) >= self.limits["remembered_ids"]:
                self.older_ids, self.ids = self.ids, {}
        if first < offset:
            raise RefusedError("duplicate", f"{event_id} came at offset {first}")


class Cleaners:
    """A cleaner for each partition."""

    def __init__(self, rules_file: str) -> None:
        self.rules = json.loads(Path(rules_file).read_text())
        self.received: str = self.rules["topics"]["received"]
        self.of: dict[int, Cleaner] = {}

    def clean(
        self, partition: int, offset: int, logged_at: int, key: bytes | None, value: bytes | None
    ) -> tuple[str, bytes]:
        """The topic and the message that come of a message."""
        cleaner = self.of.get(partition)
        if cleaner is None:
            cleaner = self.of[partition] = Cleaner(self.rules, self.received, partition)
        return cleaner.clean(offset, logged_at, key, value)
