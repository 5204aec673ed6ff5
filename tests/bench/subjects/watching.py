"""Cleaning and watching in one process without Kafka: what each event costs, what watching holds.

Prints one JSON object. Only the agents' halves are timed: decode, clean and encode for cleaning;
the judgement of decoded columns for watching, by three rules that nothing breaks.
"""

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from agents.clean import Clean, CleanSettings
from agents.watch import Watch
from models.alarms.settings import AlarmSettings
from schemas.batch import Columns, Origin, Raw
from schemas.codec import schema_of
from schemas.columns import marker
from schemas.records import AcceptedTelemetry
from schemas.releases import released
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED
from streams.reader import reader
from streams.stage import Stage
from streams.writer import Writer
from streams.writers import Writers
from tests.bench.alarm_check import BATCH
from tests.bench.clock import rss_mb
from tests.bench.load import columns, messages

WARM = 5
RULES = """
rules:
  temperature:
    {resource: temperature, levels: {warning: {above: 31}, critical: {above: 36}}, deadband: 1,
     on_delay_s: 600, off_delay_s: 600}
  humidity: {resource: humidity, levels: {warning: {above: 85}}, deadband: 5, on_delay_s: 900}
  co2: {resource: co2, levels: {warning: {above: 1500}}, deadband: 20}
"""


def main(batches: int, devices: int) -> None:
    """Measure both, then fill a watch with so many devices."""
    gc.set_threshold(200_000, 5, 5)
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.yaml"
        rules.write_text(RULES)
        settings = AlarmSettings(rules_file=rules)
        start_ms = time.time_ns() // 1_000_000 - 3_600_000
        found = {
            "clean_us": _cleaning(batches, start_ms),
            "watch_us": _watching(Watch(settings), batches, start_ms),
        }
        before_mb = rss_mb(os.getpid())
        watch = Watch(settings)
        for batch in _crowd(devices, start_ms):
            list(watch(batch))
        gc.collect()
        found |= {"conditions": watch.entries, "watch_mb": rss_mb(os.getpid()) - before_mb}
        began = time.process_time()
        found |= {"saved_mb": len(watch.save()) / 1e6, "save_s": time.process_time() - began}
    sys.stdout.write(json.dumps(found) + "\n")


def _cleaning(batches: int, start_ms: int) -> float:
    topics = (READINGS_ACCEPTED, READINGS_REJECTED)
    headers = {topic.name: schema_of(topic.record).header for topic in topics}
    known = Writers(released(), None).known
    read = reader(READINGS_RECEIVED, Columns, marker=marker(os.urandom), known=known)
    stage, clean = Stage("clean", read, Writer(topics, headers)), Clean(CleanSettings())

    def work(number: int) -> Callable[[], object]:
        made = messages(READINGS_RECEIVED, number * BATCH, BATCH, start_ms=start_ms)
        values = [message["value"] for some in made for message in some]
        raw = Raw(origin=_origin(number, start_ms), keys=[None] * BATCH, values=values)
        return lambda: stage.process(raw, clean, now_ms=start_ms)

    return _cost_us(map(work, range(batches + WARM)))


def _watching(watch: Watch, batches: int, start_ms: int) -> float:
    def work(number: int) -> Callable[[], object]:
        rows = columns(AcceptedTelemetry, number * BATCH, BATCH, start_ms=start_ms)
        batch = Columns(record=AcceptedTelemetry, rows=rows, origin=_origin(number, start_ms))
        return lambda: list(watch(batch))

    return _cost_us(map(work, range(batches + WARM)))


def _cost_us(works: Iterable[Callable[[], object]]) -> float:
    """The median CPU time of an event; the first batches fill what is remembered."""
    costs = []
    for work in works:
        began = time.process_time()
        work()
        costs.append((time.process_time() - began) / BATCH * 1e6)
    return float(np.median(costs[WARM:]))


def _crowd(devices: int, start_ms: int) -> Iterable[Columns[AcceptedTelemetry]]:
    """Two events of each of so many devices."""
    names = pa.array([f"air-{device:06d}" for device in range(devices)])
    for number in range(2 * devices // BATCH):
        rows = columns(AcceptedTelemetry, number * BATCH, BATCH, start_ms=start_ms)
        chosen = pa.array(np.arange(number * BATCH, (number + 1) * BATCH) % devices)
        made: list[Any] = [*rows.columns]
        made[rows.schema.get_field_index("device")] = names.take(chosen)
        rows = pa.RecordBatch.from_arrays(made, schema=rows.schema)
        yield Columns(record=AcceptedTelemetry, rows=rows, origin=_origin(number, start_ms))


def _origin(number: int, start_ms: int) -> Origin:
    offsets = np.arange(number * BATCH, (number + 1) * BATCH, dtype=np.int64)
    logged_at = np.full(BATCH, start_ms + 7_200_000, np.int64)
    return Origin(topic="t", partition=0, offsets=offsets, logged_at=logged_at)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
