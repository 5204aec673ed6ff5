"""Telemetry into InfluxDB: our worker against the same points as ready-made line protocol."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from connectors.line_protocol import lines, payload
from schemas.records import AcceptedTelemetry
from schemas.topics import READINGS_ACCEPTED
from tests.bench.clock import confined
from tests.bench.ground import Ground
from tests.bench.in_out import Loads
from tests.bench.load import columns, send, size
from tests.bench.stretch import Stretch, clocked, stretch
from tests.bench.subject import SubjectError

WORK = "telemetry to influx"
APART = "telemetry to influx, apart"
STRETCHED = 5
"""Times as many events as the other works: writing begins and ends slowly, e.g. with a commit."""

CONNECTIONS = 4
LINES = 5_000
WRITTEN = 204
COMMIT_S = 0.1
"""Our worker's commits tell how far it is, so they are to be fresh."""


def through_worker(ground: Ground, loads: Loads) -> Stretch:
    """Measure ``worker store`` from readings.accepted to the last confirmed point."""
    ground.clear()
    database = f"bench_{uuid4().hex[:6]}"
    measured = stretch(
        ground,
        [
            lambda: ground.start(
                "store",
                *("streams", "worker", "store"),
                ENGAWA_INFLUX__DATABASE=database,
                ENGAWA_WORKER__COMMIT_INTERVAL_S=str(COMMIT_S),
            )
        ],
        warm_up=lambda: send(ground.bootstrap, READINGS_ACCEPTED, loads.warm),
        warm=size(loads.warm),
        send=lambda: send(ground.bootstrap, READINGS_ACCEPTED, loads.main),
        events=size(loads.main),
        progress=lambda: ground.committed("engawa-store", READINGS_ACCEPTED.name),
    )
    _check_points(ground, database, size(loads.warm) + size(loads.main))
    return measured


def prebuilt(ground: Ground, *, warm: int, events: int, start_ms: int) -> Stretch:
    """Write the same points, made ready beforehand, as fast as the server takes them."""
    database = f"bench_{uuid4().hex[:6]}"
    _ask(ground, f'CREATE DATABASE "{database}" WITH DURATION 168h NAME "raw"')
    _write(ground, database, _bodies(0, warm, start_ms))
    bodies = _bodies(warm, events, start_ms)
    measured = clocked(ground, time.process_time, events, lambda: _write(ground, database, bodies))
    _check_points(ground, database, warm + events)
    return measured


def apart(ground: Ground, measure: Callable[[], Stretch]) -> Stretch:
    """Measure with InfluxDB on a core of its own, as on another machine; all else shares one."""
    with (
        confined(ground.influx_pid, {1}),
        confined(ground.broker_pid, {0}),
        confined(os.getpid(), {0}),
    ):
        return measure()


def _bodies(first: int, events: int, start_ms: int) -> list[bytes]:
    """Line protocol of these events, a body for each request."""
    end = first + events
    return [
        payload(
            lines(columns(AcceptedTelemetry, at, min(LINES, end - at), start_ms=start_ms))
        ).to_pybytes()
        for at in range(first, end, LINES)
    ]


def _write(ground: Ground, database: str, bodies: Sequence[bytes]) -> None:
    shares = [bodies[number::CONNECTIONS] for number in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(partial(_post, _url(ground), database), shares))


def _post(url: str, database: str, bodies: Sequence[bytes]) -> None:
    """Write one body after the other over one connection."""
    connection = HTTPConnection(urlsplit(url).netloc)
    for body in bodies:
        connection.request("POST", f"/write?db={database}&rp=raw&precision=ms", body)
        answer = connection.getresponse()
        answer.read()
        if answer.status != WRITTEN:
            raise SubjectError(f"InfluxDB answered {answer.status}")
    connection.close()


def _check_points(ground: Ground, database: str, events: int) -> None:
    [result] = _ask(ground, f'SELECT count("co2") FROM "{database}"."raw"."readings"')
    points = result["series"][0]["values"][0][1] if "series" in result else 0
    if points != events:
        raise SubjectError(f"of {events} events {points} became points")


def _ask(ground: Ground, statement: str) -> list[dict[str, Any]]:
    answer = httpx.post(f"{_url(ground)}/query", data={"q": statement}, timeout=60, trust_env=False)
    answer.raise_for_status()
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def _url(ground: Ground) -> str:
    return ground.environment["ENGAWA_INFLUX__URL"]
