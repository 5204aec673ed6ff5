"""What goes into the archive, where, and that it is the same each time."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any
from uuid import uuid4

import fastavro
import numpy as np
import pytest

from connectors.archive import ArchiveSink, container, object_key
from connectors.object_store import ObjectStoreSettings, client
from connectors.outcome import RefusedError, UnavailableError
from schemas.batch import Origin, Raw

HOUR_MS = 3_600_000
AT = 1_700_000_000_000
HOUR = AT // HOUR_MS


def raw(*values: bytes | None, first: int = 0, at: int = AT, step_ms: int = 1, **of: Any) -> Raw:
    size = len(values)
    origin = Origin(
        topic=of.get("topic", "readings.received.v1"),
        partition=of.get("partition", 0),
        offsets=np.arange(first, first + size, dtype=np.int64),
        logged_at=at + step_ms * np.arange(size, dtype=np.int64),
    )
    return Raw(origin=origin, keys=[b"k", None, *[b"k"] * size][:size], values=list(values))


def test_an_object_is_called_by_topic_hour_partition_and_offsets() -> None:
    batch = raw(b"a", b"b", first=41, partition=3)

    key = object_key(batch, HOUR, np.arange(2))

    assert key == (
        "topic=readings.received.v1/date=2023-11-14/hour=22/"
        "3-00000000000000000041-00000000000000000042.avro"
    )


@pytest.mark.parametrize("topic", ["", "../x", "a/b", "a b", "x" * 250, "a\n"])
def test_a_topic_cannot_lead_out_of_its_place(topic: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        object_key(raw(b"a", topic=topic), HOUR, np.arange(1))


def test_a_container_holds_the_bytes_as_they_came_and_is_the_same_each_time() -> None:
    batch = raw(b"\x00\xff", None, b"", first=7)

    body = container(batch, np.arange(3), sync=b"x" * 16)

    reader = fastavro.reader(BytesIO(body))
    assert reader.metadata["topic"] == "readings.received.v1"
    assert list(reader) == [
        {"offset": 7, "logged_at": AT, "key": b"k", "value": b"\x00\xff"},
        {"offset": 8, "logged_at": AT + 1, "key": None, "value": None},
        {"offset": 9, "logged_at": AT + 2, "key": b"k", "value": b""},
    ]
    assert body == container(batch, np.arange(3), sync=b"x" * 16)


def objects(settings: ObjectStoreSettings, topic: str) -> dict[str, str]:
    """The objects of a topic: what is called how, and the sum of its content."""
    found = client(settings).list_objects_v2(Bucket=settings.bucket, Prefix=f"topic={topic}/")
    return {each["Key"].removeprefix(f"topic={topic}/"): each["ETag"] for each in found["Contents"]}


@pytest.mark.integration
async def test_a_second_write_is_the_same_object(s3_settings: ObjectStoreSettings) -> None:
    topic = f"same.{uuid4().hex}.v1"
    sink = ArchiveSink(s3_settings)
    await sink.prepare()

    await sink.write(raw(b"a", b"b", topic=topic))
    before = objects(s3_settings, topic)
    await sink.write(raw(b"a", b"b", topic=topic))

    assert len(before) == 1
    assert objects(s3_settings, topic) == before


@pytest.mark.integration
async def test_a_batch_is_parted_by_hour_and_times_no_calendar_has_are_kept_too(
    s3_settings: ObjectStoreSettings,
) -> None:
    topic = f"hours.{uuid4().hex}.v1"
    sink = ArchiveSink(s3_settings)
    await sink.prepare()

    await sink.write(raw(b"a", b"b", b"c", at=AT, step_ms=HOUR_MS, topic=topic))
    await sink.write(raw(b"none", first=3, at=-1, topic=topic))
    await sink.write(raw(b"never", first=4, at=2**62, topic=topic))

    assert [key.rpartition("/")[0] for key in objects(s3_settings, topic)] == [
        "date=1970-01-01/hour=00",
        "date=2023-11-14/hour=22",
        "date=2023-11-14/hour=23",
        "date=2023-11-15/hour=00",
        "date=9999-12-31/hour=23",
    ]


async def test_a_store_that_is_away_is_waited_for() -> None:
    sink = ArchiveSink(ObjectStoreSettings(endpoint_url="http://127.0.0.1:9"))

    with pytest.raises(UnavailableError):
        await sink.prepare()
    with pytest.raises(UnavailableError):
        await sink.write(raw(b"a"))


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (503, "SlowDown", UnavailableError),
        (500, "InternalError", UnavailableError),
        (507, "", UnavailableError),
        (404, "NoSuchBucket", UnavailableError),
        (400, "EntityTooLarge", RefusedError),
        (200, "", None),
    ],
)
async def test_each_answer_is_waited_for_or_refused(
    status: int, code: str, error: type[Exception] | None
) -> None:
    body = f"<Error><Code>{code}</Code><Message>said</Message></Error>".encode() if code else b""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # or clients wait a second to be told to go on

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        sink = ArchiveSink(
            ObjectStoreSettings.model_validate(
                {
                    "endpoint_url": f"http://127.0.0.1:{server.server_port}",
                    "access_key": "a",
                    "secret_key": "b",
                }
            )
        )
        if error:
            with pytest.raises(error):
                await sink.write(raw(b"a"))
        else:
            await sink.write(raw(b"a"))
        server.shutdown()
