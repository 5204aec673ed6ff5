"""Enriched readings to recommendations in one process without Kafka, by the shipped models.

Prints one JSON object: figures by subject.
"""

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from agents.recommend import Recommend
from models.energy.model import EnergyModel
from models.energy.settings import EnergySettings
from models.sites import SiteSettings
from schemas.batch import Columns, Origin, Raw
from schemas.codec import schema_of
from schemas.columns import arrow_schema, encode_columns, marker
from schemas.energy import EnrichedReading
from schemas.releases import released
from schemas.topics import ENERGY_ENRICHED, ENERGY_RECOMMENDED, ENERGY_REJECTED
from streams.reader import reader
from streams.stage import Stage
from streams.writer import Writer
from streams.writers import Writers

ROOMS = 1_000
SETS = 10
BATCH = ROOMS * SETS
WARM = 3
SINGLE_WINDOWS = 300
START_MS = 1_700_000_000_000
INTERVAL_MS = 10_000


def main(batches: int) -> None:
    """Measure everything, so many batches each."""
    gc.set_threshold(200_000, 5, 5)
    with tempfile.TemporaryDirectory() as folder:
        sites = _sites(Path(folder))
        fresh = partial(Recommend, sites, EnergySettings())
        agent = fresh()
        [model, *_] = agent.models()
        found = {
            "recommend": {"cpu_us": _cost_us(_batches(agent, batches)), "rooms": ROOMS},
            "decode to encode": {"cpu_us": _cost_us(_stages(fresh(), batches)), "rooms": ROOMS},
            "one by one": _latencies(fresh()),
            **_runs(model),
        }
    sys.stdout.write(json.dumps(found) + "\n")


def _batches(agent: Recommend, batches: int) -> Iterator[Callable[[], object]]:
    for number in range(batches + WARM):
        batch = Columns(record=EnrichedReading, rows=_rows(number * SETS, SETS, ROOMS))
        yield partial(_all_of, agent, batch)


def _all_of(agent: Recommend, batch: Columns[EnrichedReading]) -> object:
    return list(agent(batch))


def _stages(agent: Recommend, batches: int) -> Iterator[Callable[[], object]]:
    topics = (ENERGY_RECOMMENDED, ENERGY_REJECTED)
    headers = {topic.name: schema_of(topic.record).header for topic in topics}
    read = reader(
        ENERGY_ENRICHED, Columns, marker=marker(os.urandom), known=Writers(released(), None).known
    )
    stage = Stage("recommend", read, Writer(topics, headers))
    header = schema_of(EnrichedReading).header
    for number in range(batches + WARM):
        bodies = encode_columns(_rows(number * SETS, SETS, ROOMS), EnrichedReading)
        raw = Raw(
            origin=_origin(number * BATCH, BATCH),
            keys=[None] * BATCH,
            values=[header + body for body in bodies],
        )
        yield partial(stage.process, raw, agent, now_ms=START_MS)


def _latencies(agent: Recommend) -> dict[str, Any]:
    """Wall-clock time from a reading, alone in its batch, to the recommendation."""
    taken_ms = []
    for number in range(SINGLE_WINDOWS * 6):
        batch = Columns(record=EnrichedReading, rows=_rows(number, 1, 1))
        began = time.perf_counter()
        if list(agent(batch)):
            taken_ms.append((time.perf_counter() - began) * 1000)
    p50, p99 = np.percentile(taken_ms, [50, 99])
    return {"p50_ms": float(p50), "p99_ms": float(p99), "recommendations": len(taken_ms)}


def _runs(model: EnergyModel) -> dict[str, Any]:
    """One run for a batch of windows, against a run for each of them."""
    count = BATCH // 6
    middle = [(each.low + each.high) / 2 for each in model.card.columns]
    windows = np.tile(np.array(middle, np.float32), (count, model.card.sets, 1))

    def each() -> None:
        for number in range(count):
            model(windows[number : number + 1])

    costs = {"run by batch": lambda: model(windows), "run by record": each}
    return {
        name: {
            "run_us": _cost_us([run] * (2 * WARM + 1)) * BATCH / count,
            "model": f"{model.card.name} {model.card.version}",
        }
        for name, run in costs.items()
    }


def _cost_us(works: Iterable[Callable[[], object]]) -> float:
    """The median CPU time by reading; the first ones only warm up."""
    costs = []
    for work in works:
        began = time.process_time()
        work()
        costs.append((time.process_time() - began) / BATCH * 1e6)
    return float(np.median(costs[WARM:]))


def _rows(first: int, sets: int, rooms: int) -> pa.RecordBatch:
    """Some sets of each room, one set of all rooms after another."""
    count = sets * rooms
    number = np.arange(count)
    names = pa.array([f"room-{room:04d}" for room in range(rooms)])
    device = names.take(pa.array(number % rooms))
    swing = np.sin(number / 7.0)
    said: dict[str, Any] = {
        "event_id": device,
        "site": pa.array(["site"] * count),
        "device": device,
        "room": device,
        "at": pa.array(START_MS + (first + number // rooms) * INTERVAL_MS),
        "indoor_temperature_c": pa.array(23 + swing),
        "indoor_humidity_percent": pa.array(50 + swing),
        "it_power_kw": pa.array(30 + swing),
        "quality": pa.array(["good"] * count),
        "dew_point_c": pa.array(12 + swing),
        "outdoor_temperature_c": pa.array(10 + swing),
        "outdoor_humidity_percent": pa.array(60 + swing),
        "weather_state": pa.array(np.full(count, 6)),
        "weather_age_s": pa.array(np.full(count, 300.0)),
        "weather_stale": pa.array(np.zeros(count, bool)),
        "setpoint_c": pa.array(np.full(count, 22.0)),
        "setpoint_age_s": pa.array(np.full(count, 60.0)),
    }
    layout = arrow_schema(EnrichedReading)
    columns = [said[name].cast(layout.field(name).type, safe=True) for name in layout.names]
    return pa.RecordBatch.from_arrays(columns, schema=layout)


def _sites(folder: Path) -> SiteSettings:
    file = folder / "sites.yaml"
    rooms = {f"hall-{n}": {"sensor": f"room-{n:04d}", "rated_it_kw": 60} for n in range(ROOMS)}
    site = {"latitude": 35, "longitude": 126, "time_zone": "Asia/Seoul", "rooms": rooms}
    file.write_text(json.dumps({"site": site}))  # JSON is YAML
    return SiteSettings(sites_file=file)


def _origin(first: int, count: int) -> Origin:
    offsets = np.arange(first, first + count, dtype=np.int64)
    return Origin(topic="t", partition=0, offsets=offsets, logged_at=np.full(count, START_MS))


if __name__ == "__main__":
    main(int(sys.argv[1]))
