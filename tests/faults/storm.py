"""An alarm storm: thousands of devices that cross a limit and come back, within a minute."""

import threading
import time
from collections.abc import Iterator, Sequence

from confluent_kafka import Producer

from connectors.kafka import KafkaSettings
from schemas.codec import encode_framed
from schemas.records import AcceptedReading, AcceptedTelemetry
from schemas.topics import READINGS_ACCEPTED

LIMIT_C = 31.0
CALM_C, HOT_C = 20.0, 40.0
BACK_AFTER = 50
"""So many other devices alarm before one is well again."""

TICK_S = 0.02
DELIVERY_S = 60.0

RULES = f"""
channels:
  receiver:
    kind: webhook
    url_secret: STORM_URL
    key_secret: STORM_KEY
    allow_private: true
notify: {{channels: [receiver]}}
rules:
  hot:
    resource: temperature
    levels: {{critical: {{above: {LIMIT_C}}}}}
    deadband: 2
"""


class Storm(threading.Thread):
    """Sends the accepted readings of ``alarms`` devices of one site at a steady rate."""

    def __init__(self, kafka: KafkaSettings, *, alarms: int, lasts_s: float, site: str) -> None:
        super().__init__(daemon=True, name="storm")
        self._events = list(_events(alarms, site))
        self._per_s = len(self._events) / lasts_s
        self._producer = Producer(
            {**kafka.librdkafka(), "enable.idempotence": True, "linger.ms": 5, "log_level": 0}
        )
        self._handed_over = 0
        self.left = -1

    @property
    def events(self) -> Sequence[AcceptedTelemetry]:
        """What is sent."""
        return self._events

    def run(self) -> None:
        """Send, each event at its time, then wait for the broker's last word."""
        began = time.monotonic()
        while self._handed_over < len(self._events):
            due = int((time.monotonic() - began) * self._per_s)
            for event in self._events[self._handed_over : due]:
                key = f"{event.site}/{event.device}"
                self._producer.produce(READINGS_ACCEPTED.name, encode_framed(event), key)
            self._handed_over = max(self._handed_over, min(due, len(self._events)))
            self._producer.poll(0)
            time.sleep(TICK_S)
        self.left = self._producer.flush(DELIVERY_S)

    def wait_for(self, share: float) -> None:
        """Return when this share of the events is on its way."""
        while self._handed_over < share * len(self._events):
            time.sleep(TICK_S)

    def shipped(self) -> None:
        """Return when the broker has everything.

        Raises:
            RuntimeError: it has not confirmed all of it.

        """
        self.join()
        if self.left:
            raise RuntimeError(f"{self.left} events not confirmed")


def _events(alarms: int, site: str) -> Iterator[AcceptedTelemetry]:
    """Everybody is calm; then one after the other gets hot; every second one is calm again."""
    begin_ms = time.time_ns() // 1_000_000 - 10 * alarms

    def reading(device: int, value: float, number: int) -> AcceptedTelemetry:
        at = begin_ms + number
        return AcceptedTelemetry(
            event_id=f"{site}-{number}",
            site=site,
            device=f"d-{device}",
            profile="farm.climate",
            at=at,
            received_at=at,
            readings=(AcceptedReading(resource="temperature", value=value, unit="Cel"),),
            tags={},
        )

    number = 0
    for device in range(alarms):
        yield reading(device, CALM_C, number)
        number += 1
    for device in range(alarms + BACK_AFTER):
        if device < alarms:
            yield reading(device, HOT_C, number)
            number += 1
        if (back := device - BACK_AFTER) >= 0 and back % 2 == 0:
            yield reading(back, CALM_C, number)
            number += 1
