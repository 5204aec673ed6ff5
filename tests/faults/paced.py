"""Messages that are ready to go, sent at a steady rate."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from confluent_kafka import Producer

from connectors.kafka import KafkaSettings
from schemas.topic import Topic

TICK_S = 0.02
DELIVERY_S = 60.0

Ready = tuple[int, bytes]
"""Partition and value."""


class Paced(threading.Thread):
    """Sends messages to one topic within ``lasts_s``, in their order."""

    def __init__(
        self, kafka: KafkaSettings, topic: Topic[Any], messages: Sequence[Ready], *, lasts_s: float
    ) -> None:
        super().__init__(daemon=True, name="paced")
        self._topic, self._messages = topic.name, messages
        self._per_s = len(messages) / lasts_s
        self._producer = Producer(
            {**kafka.librdkafka(), "enable.idempotence": True, "linger.ms": 5, "log_level": 0}
        )
        self._handed_over = 0
        self._left = -1

    def run(self) -> None:
        """Send, each message at its time, then wait for the broker's last word."""
        began = time.monotonic()
        while self._handed_over < len(self._messages):
            due = int((time.monotonic() - began) * self._per_s)
            for partition, value in self._messages[self._handed_over : due]:
                self._producer.produce(self._topic, value, partition=partition)
            self._handed_over = max(self._handed_over, min(due, len(self._messages)))
            self._producer.poll(0)
            time.sleep(TICK_S)
        self._left = self._producer.flush(DELIVERY_S)

    def wait_for(self, share: float) -> None:
        """Return when this share of the messages is on its way."""
        while self._handed_over < share * len(self._messages):
            time.sleep(TICK_S)

    def shipped(self) -> None:
        """Return when the broker has everything.

        Raises:
            RuntimeError: it has not confirmed all of it.

        """
        self.join()
        if self._left:
            raise RuntimeError(f"{self._left} messages not confirmed")
