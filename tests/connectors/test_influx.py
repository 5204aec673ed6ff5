"""The InfluxDB sink on a real server, on one that is away, and on one that misbehaves."""

import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr, ValidationError

from connectors.influx import InfluxSettings, InfluxSink
from connectors.influxql import InfluxQL, Row
from connectors.outcome import RefusedError, UnavailableError
from schemas.batch import Columns
from schemas.records import AcceptedReading, AcceptedTelemetry

Events = Callable[..., AcceptedTelemetry]
Batches = Callable[..., Columns[AcceptedTelemetry]]
Ask = Callable[[str], Awaitable[list[Row]]]

NOW = time.time_ns() // 60_000_000_000 * 60_000
"""A full minute not long ago: the server drops by its own clock what is too old."""

HOUR_MS = 3_600_000


@pytest.fixture
def store(influx_url: str) -> InfluxSettings:
    """A database of the test's own."""
    return InfluxSettings(url=influx_url, database=f"test_{uuid4().hex}")


@pytest.fixture
def ask(store: InfluxSettings) -> Ask:
    async def ask(query: str) -> list[Row]:
        ql = InfluxQL(store.url, store.token, timeout_s=10)
        try:
            return await ql.ask(query.replace("DB", store.database))
        finally:
            await ql.close()

    return ask


def reading(value: Any, resource: str = "temperature") -> tuple[AcceptedReading, ...]:
    return (AcceptedReading(resource=resource, value=value),)


@contextmanager
def server(status: int, body: str, headers: dict[str, str] | None = None) -> Iterator[str]:
    """A server that gives every request the same answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()


async def failure_of(url: str, batch: Columns[AcceptedTelemetry], **settings: Any) -> Exception:
    sink = InfluxSink(InfluxSettings(url=url, **settings), now_ms=lambda: batch_time(batch))
    with pytest.raises((RefusedError, UnavailableError)) as caught:
        await sink.write(batch)
    await sink.close()
    return caught.value


def batch_time(batch: Columns[AcceptedTelemetry]) -> int:
    latest: int = batch.rows.column("at").to_numpy().max()
    return latest


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, "unable to parse", RefusedError),
        (413, "Request Entity Too Large", RefusedError),
        (400, "engine: write: no space left on device", UnavailableError),
        (401, "unauthorized", UnavailableError),
        (404, "database not found", UnavailableError),
        (429, "slow down", UnavailableError),
        (500, "timeout", UnavailableError),
        (503, "", UnavailableError),
        (507, "insufficient storage", UnavailableError),
    ],
)
async def test_each_answer_is_waited_for_or_refused(
    event: Events, columns: Batches, status: int, body: str, error: type[Exception]
) -> None:
    with server(status, body) as url:
        assert isinstance(await failure_of(url, columns(event())), error)


async def test_the_pause_a_server_asks_for_comes_with_the_error(
    event: Events, columns: Batches
) -> None:
    with server(429, "", {"Retry-After": "3"}) as url:
        error = await failure_of(url, columns(event()))

    assert isinstance(error, UnavailableError)
    assert error.retry_after_s == 3.0


async def test_nobody_listening_is_waited_for(event: Events, columns: Batches) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        error = await failure_of(url, columns(event()))

    assert isinstance(error, UnavailableError)


async def test_a_server_that_never_answers_is_waited_for(event: Events, columns: Batches) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        error = await failure_of(url, columns(event()), timeout_s=0.2)

    assert isinstance(error, UnavailableError)


async def test_the_token_stays_out_of_errors_and_settings(event: Events, columns: Batches) -> None:
    token = SecretStr("user:hunter2")

    with server(401, "unauthorized") as url:
        error = await failure_of(url, columns(event()), token=token)

    assert "hunter2" not in str(error)
    assert "hunter2" not in repr(InfluxSettings(token=token))


@pytest.mark.parametrize("database", ["", "a b", 'a"', "a/b", "x" * 65])
def test_a_database_is_called_by_a_plain_name(database: str) -> None:
    with pytest.raises(ValidationError, match="database"):
        InfluxSettings(database=database)


async def test_points_a_server_finds_too_old_are_counted_if_that_is_all_it_says(
    event: Events, columns: Batches
) -> None:
    counted: list[int] = []
    batch = columns(event(), event(device="air-2"))
    settings = InfluxSettings()

    # two points and the mark of their minute
    with server(400, "partial write: points beyond retention policy dropped=3") as url:
        sink = InfluxSink(
            settings.model_copy(update={"url": url}),
            now_ms=lambda: batch_time(batch),
            on_expired=counted.append,
        )
        await sink.write(batch)
    with server(400, "partial write: points beyond retention policy dropped=1") as url:
        error = await failure_of(url, batch)

    assert counted == [2]
    assert isinstance(error, RefusedError)


@pytest.mark.integration
async def test_what_is_written_twice_is_there_once(
    store: InfluxSettings, ask: Ask, event: Events, columns: Batches
) -> None:
    events = [event(at=NOW + i, readings=reading(float(i))) for i in range(10)]
    sink = InfluxSink(store.model_copy(update={"lines_per_write": 3}))
    await sink.prepare()

    await sink.write(columns(*events))
    await sink.write(columns(*events[4:], offset=4))

    rows = await ask('SELECT temperature, device FROM "DB".raw.readings')
    assert rows == [
        {"time": NOW + i, "temperature": float(i), "device": "air-1"} for i in range(10)
    ]


@pytest.mark.integration
async def test_a_record_of_another_type_is_refused_and_the_others_are_kept(
    store: InfluxSettings, ask: Ask, event: Events, columns: Batches
) -> None:
    good, bad = event(at=NOW), event(at=NOW + 1, readings=reading("warm"))
    sink = InfluxSink(store)
    await sink.prepare()
    await sink.write(columns(good))

    with pytest.raises(RefusedError, match="field type conflict"):
        await sink.write(columns(bad, event(at=NOW + 2)))

    assert len(await ask('SELECT temperature FROM "DB".raw.readings')) == 2


@pytest.mark.integration
async def test_a_number_that_is_none_is_refused(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    sink = InfluxSink(store)
    await sink.prepare()

    with pytest.raises(RefusedError, match="unable to parse"):
        await sink.write(columns(event(at=NOW, readings=reading(float("inf")))))


@pytest.mark.integration
@pytest.mark.parametrize(
    "name",
    [
        "a b,c=d",
        'x="y"',
        "back\\slash",
        "ends\\",
        r"a\ \=\,b",
        r'\ \="',
        "#!~#",
        "温室 🌱",
        "'; DROP",
    ],
)
async def test_hostile_names_come_back_and_touch_nobody_else(
    store: InfluxSettings, ask: Ask, event: Events, columns: Batches, name: str
) -> None:
    hostile = event(at=NOW, site=name, device=name, profile=name, readings=reading(1.0, name))
    sink = InfluxSink(store)
    await sink.prepare()

    await sink.write(columns(hostile, event(at=NOW, readings=reading(2.0))))

    rows = await ask('SELECT * FROM "DB".raw.readings')
    stored = name.replace("#!~#", "#!\uff5e#")
    for before, after in ((" ", "\uff3c "), ("=", "\uff3c="), (",", "\uff3c,")):
        stored = stored.replace("\\" + before, after)
    stored = stored[:-1] + "\uff3c" if stored.endswith("\\") else stored
    theirs = [row for row in rows if row["device"] != "air-1"]
    others = [row["temperature"] for row in rows if row["device"] == "air-1"]
    assert [2.0] == others
    assert [(stored, stored, stored, 1.0)] == [
        (row["site"], row["device"], row["profile"], row[stored]) for row in theirs
    ]


@pytest.mark.integration
async def test_events_older_than_raw_points_are_kept_are_counted_not_written(
    store: InfluxSettings, ask: Ask, event: Events, columns: Batches
) -> None:
    counted: list[int] = []
    retention_ms = store.raw_retention_h * HOUR_MS
    ages_ms = (0, retention_ms - 5 * 60_000, retention_ms - 60_000, retention_ms + 60_000)
    sink = InfluxSink(store, on_expired=counted.append)
    await sink.prepare()

    await sink.write(columns(*(event(at=NOW - age_ms) for age_ms in ages_ms)))

    assert counted == [2]
    assert len(await ask('SELECT temperature FROM "DB".raw.readings')) == 2


@pytest.mark.integration
async def test_a_database_that_is_gone_is_waited_for(
    store: InfluxSettings, event: Events, columns: Batches
) -> None:
    with pytest.raises(UnavailableError, match="missing"):
        await InfluxSink(store).write(columns(event(at=NOW)))


@pytest.mark.integration
async def test_preparing_twice_lengthens_a_retention_and_never_shortens_one(
    store: InfluxSettings, ask: Ask
) -> None:
    async def prepare(**hours: int) -> None:
        await InfluxSink(store.model_copy(update=hours)).prepare()

    await prepare(raw_retention_h=48, minute_retention_h=96)
    await prepare(raw_retention_h=24, minute_retention_h=192)

    rows = await ask('SHOW RETENTION POLICIES ON "DB"')
    kept = {row["name"]: row["duration"] for row in rows}
    assert kept.pop("autogen") == "0s"
    assert kept == {"raw": "48h0m0s", "minute": "192h0m0s", "hour": "17520h0m0s"}
