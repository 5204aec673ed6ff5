"""The archive read back from a real store: every message once, in order."""

from random import Random
from uuid import uuid4

import numpy as np
import pytest

from connectors.archive import ArchiveSink
from connectors.archive_reader import ArchivedMessage, ArchiveReader, DamagedError
from connectors.object_store import ObjectStoreSettings, client
from connectors.outcome import UnavailableError
from schemas.batch import Origin, Raw

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
START = 1_700_000_000_000 // HOUR_MS * HOUR_MS
EVER = (0, START + 1000 * HOUR_MS)


@pytest.fixture
async def store(s3_settings: ObjectStoreSettings) -> ObjectStoreSettings:
    """A store made ready."""
    await ArchiveSink(s3_settings).prepare()
    return s3_settings


@pytest.fixture
def topic() -> str:
    """A topic of the test's own: it shares the bucket with others."""
    return f"readings.{uuid4().hex}.v1"


def log(topic: str, first: int, last: int, *, partition: int = 0) -> Raw:
    """Part of a log that has a message every minute."""
    offsets = np.arange(first, last + 1, dtype=np.int64)
    return Raw(
        origin=Origin(
            topic=topic,
            partition=partition,
            offsets=offsets,
            logged_at=START + offsets * MINUTE_MS,
        ),
        keys=[None if each % 7 == 0 else f"k{each}".encode() for each in offsets.tolist()],
        values=[None if each % 5 == 0 else f"v{each}".encode() for each in offsets.tolist()],
    )


def stored(store: ObjectStoreSettings, topic: str) -> list[str]:
    """The keys of a topic's objects."""
    found = client(store).list_objects_v2(Bucket=store.bucket, Prefix=f"topic={topic}/")
    return [each["Key"] for each in found["Contents"]]


def messages(batch: Raw) -> list[ArchivedMessage]:
    origin = batch.origin
    columns = (origin.offsets.tolist(), origin.logged_at.tolist(), batch.keys, batch.values)
    return [
        ArchivedMessage(
            topic=origin.topic,
            partition=origin.partition,
            offset=offset,
            logged_at=logged_at,
            key=key,
            value=value,
        )
        for offset, logged_at, key, value in zip(*columns, strict=True)
    ]


@pytest.mark.integration
async def test_what_was_written_is_read_once_and_in_order_however_it_was_cut(
    store: ObjectStoreSettings, topic: str
) -> None:
    random = Random(5)
    sink = ArchiveSink(store)
    for _ in range(4):
        # a worker that is killed now and then reads again from somewhere before
        place = 0
        while place < 299:
            last = min(299, place + random.randrange(1, 120))
            await sink.write(log(topic, place, last))
            place = last + 1 - random.choice([0, 0, 30])

    assert list(ArchiveReader(store).read(topic, *EVER)) == messages(log(topic, 0, 299))


@pytest.mark.integration
async def test_partitions_are_merged_by_time_and_topics_kept_apart(
    store: ObjectStoreSettings, topic: str
) -> None:
    sink = ArchiveSink(store)
    for partition in (10, 2):
        await sink.write(log(topic, 0, 4, partition=partition))
    await sink.write(log(f"{topic}0", 0, 4))

    found = list(ArchiveReader(store).read(topic, *EVER))

    of_both = [each for p in (2, 10) for each in messages(log(topic, 0, 4, partition=p))]
    assert found == sorted(of_both, key=lambda each: each.logged_at)


@pytest.mark.integration
async def test_only_the_time_asked_for_is_read(store: ObjectStoreSettings, topic: str) -> None:
    await ArchiveSink(store).write(log(topic, 0, 299))
    since_ms, until_ms = START + 90 * MINUTE_MS, START + 181 * MINUTE_MS

    found = list(ArchiveReader(store).read(topic, since_ms, until_ms))

    assert found == messages(log(topic, 90, 180))
    assert list(ArchiveReader(store).read(topic, until_ms, since_ms)) == []


@pytest.mark.integration
async def test_many_objects_are_read_page_by_page(store: ObjectStoreSettings, topic: str) -> None:
    sink = ArchiveSink(store)
    for place in range(0, 50, 10):
        await sink.write(log(topic, place, place + 9))
    [folder, _] = stored(store, topic)[0].rsplit("/", 1)
    client(store).put_object(Bucket=store.bucket, Key=f"{folder}/not-ours.txt", Body=b"")

    found = list(ArchiveReader(store, page_size=2).read(topic, *EVER))

    assert found == messages(log(topic, 0, 49))


@pytest.mark.integration
async def test_a_damaged_object_is_named(store: ObjectStoreSettings, topic: str) -> None:
    s3 = client(store)
    await ArchiveSink(store).write(log(topic, 0, 50))
    [key] = stored(store, topic)
    body = s3.get_object(Bucket=store.bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=store.bucket, Key=key, Body=body[:-9])

    with pytest.raises(DamagedError, match=key):
        list(ArchiveReader(store).read(topic, *EVER))


def test_a_store_that_is_away_is_waited_for(topic: str) -> None:
    away = ArchiveReader(ObjectStoreSettings(endpoint_url="http://127.0.0.1:9"))

    with pytest.raises(UnavailableError):
        list(away.read(topic, *EVER))


def test_a_topic_cannot_lead_out_of_its_place() -> None:
    reader = ArchiveReader(ObjectStoreSettings())

    with pytest.raises(ValueError, match="topic"):
        list(reader.read("../secrets", *EVER))
