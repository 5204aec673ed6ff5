"""The load: events of three readings from a hundred devices, every one fit to be accepted."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from confluent_kafka import Producer

from connectors.outgoing import ANY_PARTITION
from schemas.batch import Int64s
from schemas.codec import schema_of
from schemas.columns import arrow_schema, encode_columns
from schemas.topic import Topic

SITE, PROFILE = "bleiswijk", "farm.climate"
DEVICES = 100
INTERVAL_MS = 1000
UNITS = {"temperature": "Cel", "humidity": "%", "co2": "ppm"}
AT_ONCE = 5_000
QUEUED = 100_000

CONFIRMED = {
    "enable.idempotence": True,
    "compression.type": "lz4",
    "queue.buffering.max.messages": 1_000_000,
    "delivery.report.only.error": True,
    "log_level": 3,
}
"""Settings of a producer that confirms, as all subjects have them."""

Numbers = Int64s
Messages = Sequence[list[dict[str, Any]]]


def columns(record: type, first: int, count: int, *, start_ms: int) -> pa.RecordBatch:
    """Events from number ``first`` on, as Arrow columns of ``Telemetry`` or ``AcceptedTelemetry``.

    Each device sends once per ``INTERVAL_MS``, all from ``start_ms`` on; values move as air does.
    """
    layout = arrow_schema(record)
    number = np.arange(first, first + count)
    at = start_ms + number // DEVICES * INTERVAL_MS
    made = {
        "event_id": pc.utf8_lpad(pa.array(number).cast(pa.string()), 32, "0"),
        "site": pa.array([SITE] * count),
        "device": devices(number),
        "profile": pa.array([PROFILE] * count),
        "at": pa.array(at),
        # the contract has no null there once the event is accepted
        "received_at": pa.array(at) if _accepted(layout) else pa.nulls(count, pa.int64()),
        "readings": _readings(number, layout.field("readings").type, accepted=_accepted(layout)),
        "position": pa.nulls(count, layout.field("position").type),
        "tags": pa.array([[]] * count, layout.field("tags").type),
    }
    return pa.RecordBatch.from_arrays([made[name] for name in layout.names], schema=layout)


def devices(number: Numbers) -> pa.StringArray:
    """The name of each event's device."""
    names = pa.array([f"air-{device:04d}" for device in range(DEVICES)])
    return names.take(pa.array(number % DEVICES))


def messages(topic: Topic[Any], first: int, count: int, *, start_ms: int) -> Messages:
    """The messages of these events, in batches ready to be produced."""
    header = schema_of(topic.record).header
    keys = [f"{SITE}/air-{device:04d}" for device in range(DEVICES)]
    made = []
    for begin in range(first, first + count, AT_ONCE):
        size = min(AT_ONCE, first + count - begin)
        bodies = encode_columns(columns(topic.record, begin, size, start_ms=start_ms), topic.record)
        made.append(
            [
                {"key": keys[number % DEVICES], "value": header + body}
                for number, body in enumerate(bodies, begin)
            ]
        )
    return made


def send(bootstrap: str, topic: Topic[Any], load: Messages, partition: int = ANY_PARTITION) -> None:
    """Send these messages, by their keys or to one partition, and see every one confirmed."""
    producer = Producer({"bootstrap.servers": bootstrap, **CONFIRMED})
    failed: list[Any] = []
    for batch in load:
        producer.produce_batch(
            topic.name, batch, partition, on_delivery=lambda error, _: failed.append(error)
        )
        while len(producer) > QUEUED:
            producer.poll(0.01)
    if producer.flush(60.0) or failed:
        raise RuntimeError(f"the load could not be sent: {failed[:1]}")


def size(load: Messages) -> int:
    """Count the messages."""
    return sum(map(len, load))


def start_of(events: int) -> int:
    """When the first of so many events was, for the last to be just past: epoch ms."""
    return time.time_ns() // 1_000_000 - (events // DEVICES + 1) * INTERVAL_MS


def _accepted(layout: pa.Schema) -> bool:
    return not layout.field("received_at").nullable


def _readings(number: Numbers, layout: pa.DataType, *, accepted: bool) -> pa.ListArray:
    turn, device = number // DEVICES, number % DEVICES
    noise = np.random.default_rng(int(number[0])).uniform(-0.1, 0.1, (3, len(number)))
    values = np.round(
        np.column_stack(
            (
                20.0 + 3.0 * np.sin(turn / 300 + device) + noise[0],
                60.0 + 10.0 * np.sin(turn / 600 + device) + noise[1],
                450.0 + 40.0 * np.sin(turn / 300 + device) + noise[2],
            )
        ).ravel(),
        2,
    )
    count, item = len(values), layout.value_type
    union = item.field("value").type
    arms = [pa.nulls(count, arm.type) for arm in union]
    arms[1] = pa.array(values)
    kind = pa.py_buffer(np.ones(count, np.int8))
    children = {
        "resource": pa.array([*UNITS] * len(number)),
        "value": pa.Array.from_buffers(union, count, [None, kind], children=arms),
        "unit": pa.array([*UNITS.values()] * len(number)),
        "quality": pa.array(["good"] * count) if accepted else pa.nulls(count, pa.string()),
    }
    structs = pa.Array.from_buffers(
        item, count, [None], children=[children[field.name] for field in item]
    )
    bounds = pa.py_buffer(np.arange(0, count + 1, len(UNITS), dtype=np.int32))
    return pa.Array.from_buffers(layout, len(number), [None, bounds], children=[structs])
