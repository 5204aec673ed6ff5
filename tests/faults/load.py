"""A seeded load at a steady rate, and the truth about it: what was sent, where it lies."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from confluent_kafka import KafkaError, Message, Producer

from connectors.departures import Sent
from connectors.faults import Faults
from connectors.kafka import KafkaSettings
from connectors.site import SITES, events
from connectors.traces import load as load_trace
from schemas.codec import encode_framed
from schemas.records import Telemetry
from schemas.topics import READINGS_RECEIVED

MALFORMED = 0.05
DEVICES = 50
INTERVAL_S = 1.0
TICK_S = 0.02
DELIVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Shipped:
    """One message, and where the broker put it."""

    sent: Sent
    partition: int
    offset: int

    @property
    def good(self) -> bool:
        """Whether it has to be accepted."""
        return self.sent.damage is None


class Load(threading.Thread):
    """Sends ``count`` events of one site; each has an id of its own."""

    def __init__(
        self, kafka: KafkaSettings, *, count: int, per_s: float, site: str, seed: int
    ) -> None:
        super().__init__(daemon=True, name="load")
        self._events = _events(count, site, seed)
        self._per_s = per_s
        self._producer = Producer(
            {**kafka.librdkafka(), "enable.idempotence": True, "linger.ms": 5, "log_level": 0}
        )
        self._places: list[tuple[int, int] | None] = [None] * count
        self._handed_over = 0

    def run(self) -> None:
        """Send, each event at its time, then wait for the broker's last word."""
        began = time.monotonic()
        while self._handed_over < len(self._events):
            due = int((time.monotonic() - began) * self._per_s)
            for number in range(self._handed_over, min(due, len(self._events))):
                self._produce(number)
                self._handed_over += 1
            self._producer.poll(0)
            time.sleep(TICK_S)
        self._producer.flush(DELIVERY_S)

    def wait_for(self, share: float) -> None:
        """Return when this share of the events is on its way."""
        while self._handed_over < share * len(self._events):
            time.sleep(TICK_S)

    def shipped(self) -> list[Shipped]:
        """Everything sent, once the load has ended.

        Raises:
            RuntimeError: the broker has not confirmed all of it.

        """
        self.join()
        placed = [
            Shipped(sent, *place)
            for sent, place in zip(self._events, self._places, strict=True)
            if place is not None
        ]
        if len(placed) < len(self._events):
            raise RuntimeError(f"{len(self._events) - len(placed)} events not confirmed")
        return placed

    def _produce(self, number: int) -> None:
        def placed(error: KafkaError | None, message: Message) -> None:
            if error is None:
                self._places[number] = (message.partition() or 0, message.offset() or 0)

        sent = self._events[number]
        self._producer.produce(READINGS_RECEIVED.name, sent.value, sent.key, on_delivery=placed)


def _events(count: int, site: str, seed: int) -> list[Sent]:
    """Events whose times end about now, so that no store finds them too old."""
    farm = SITES["farm"]
    span_ms = round(count / DEVICES * INTERVAL_S * 1000)
    endless = events(
        replace(farm, name=site),
        load_trace(farm.trace),
        devices=DEVICES,
        start_at_ms=time.time_ns() // 1_000_000 - span_ms,
        interval_s=INTERVAL_S,
        seed=seed,
        faults=Faults(malformed=MALFORMED),
        encode=_encode,
    )
    return list(islice(endless, count))


def _encode(records: Sequence[Telemetry]) -> list[bytes]:
    return [encode_framed(record) for record in records]
