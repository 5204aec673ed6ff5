"""A quiet site: one event at a time, from produce to where a reader of the output sees it."""

import time
from collections.abc import Iterable
from statistics import quantiles
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.topic import Topic
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED
from tests.bench.ground import PARTITIONS, Ground
from tests.bench.load import CONFIRMED, messages
from tests.bench.subject import OURS, SubjectError

WORK = "one by one"
PAUSE_S = 0.02
WARM = 50
SEEN_WITHIN_S = 30.0


def one_by_one(ground: Ground, events: int, *, start_ms: int) -> dict[str, Any]:
    """Latency percentiles in milliseconds."""
    load = [
        each
        for batch in messages(READINGS_RECEIVED, 0, WARM + events, start_ms=start_ms)
        for each in batch
    ]
    return latencies(
        ground, "telemetry", READINGS_RECEIVED, READINGS_ACCEPTED, load, pause_s=PAUSE_S
    )


def latencies(
    ground: Ground,
    flow: str,
    source: Topic[Any],
    sink: Topic[Any],
    load: Iterable[dict[str, Any]],
    *,
    pause_s: float,
    **environment: str,
) -> dict[str, Any]:
    """What each message took from one topic of a flow to another; the first ones only warm up."""
    ground.clear()
    consumer = Consumer(
        {"bootstrap.servers": ground.bootstrap, "group.id": "bench-latency", "fetch.min.bytes": 1}
    )
    consumer.assign([TopicPartition(sink.name, p, 0) for p in range(PARTITIONS)])
    producer = Producer({"bootstrap.servers": ground.bootstrap, **CONFIRMED, "linger.ms": 0})
    with ground.start("engawa", "streams", "worker", flow, python=OURS, **environment) as subject:
        try:
            taken = [_round_trip(producer, consumer, source, each, pause_s) for each in load]
        except TimeoutError as error:
            raise SubjectError(f"{error}:\n{subject.last_words()}") from error
    consumer.close()
    counted = taken[WARM:]
    steps = quantiles(counted, n=100, method="inclusive")
    return {
        "events": len(counted),
        "p50_ms": round(steps[49] * 1000, 2),
        "p95_ms": round(steps[94] * 1000, 2),
        "p99_ms": round(steps[98] * 1000, 2),
        "max_ms": round(max(counted) * 1000, 2),
    }


def _round_trip(
    producer: Producer,
    consumer: Consumer,
    source: Topic[Any],
    message: dict[str, Any],
    pause_s: float,
) -> float:
    """Seconds from produce to sight; then rests until the next event is due."""
    start = time.perf_counter()
    producer.produce(source.name, **message)
    producer.poll(0)
    seen = consumer.poll(SEEN_WITHIN_S)
    if seen is None or seen.error():
        raise TimeoutError(f"not seen within {SEEN_WITHIN_S:g} s: {seen and seen.error()}")
    taken = time.perf_counter() - start
    time.sleep(max(0.0, pause_s - taken))
    return taken
