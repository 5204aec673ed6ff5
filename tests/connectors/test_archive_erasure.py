"""Messages that have to go from a real archive, and those beside them that have to stay."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import fastavro
import numpy as np
import pytest

from connectors.archive import HOUR_MS, ArchiveSink
from connectors.archive_erasure import ArchivedErasure
from connectors.archive_reader import ArchivedMessage, ArchiveReader, DamagedError
from connectors.object_store import ObjectStoreSettings, client
from schemas.batch import Origin, Raw

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.integration

START = 1_700_000_000_000 // HOUR_MS * HOUR_MS
EVER = (0, START + 1000 * HOUR_MS)
ADA, EVE = b"ada was here", b"eve was here"
LOG = (EVE, ADA, None, EVE, ADA, ADA)
"""Two messages an hour: of both, of one and a tombstone's, of one alone."""


class Store:
    """The store, and who writes and reads archives in it."""

    def __init__(self, settings: ObjectStoreSettings) -> None:
        self.bucket = settings.bucket
        self.s3: S3Client = client(settings)
        self.sink, self.reader = ArchiveSink(settings), ArchiveReader(settings)


class Archive:
    """A topic of the test's own, from whose archive Ada has to go."""

    def __init__(self, store: Store) -> None:
        self.topic = f"visits.{uuid4().hex}.v1"
        self._store, self._s3, self._bucket = store, store.s3, store.bucket
        self.ada = self.erasure(store.bucket)

    def erasure(self, bucket: str) -> ArchivedErasure:
        return ArchivedErasure(self._s3, bucket, self.topic, lambda value: value == ADA)

    async def log(self, values: Sequence[bytes | None], *, first: int = 0) -> None:
        """Archive these as one batch of partition 3."""
        offsets = np.arange(first, first + len(values), dtype=np.int64)
        times = START + offsets * HOUR_MS // 2
        origin = Origin(topic=self.topic, partition=3, offsets=offsets, logged_at=times)
        keys = [b"%d" % each for each in offsets]
        await self._store.sink.write(Raw(origin=origin, keys=keys, values=list(values)))

    def read(self) -> list[ArchivedMessage]:
        return list(self._store.reader.read(self.topic, *EVER))

    def objects(self) -> dict[str, bytes]:
        """Every object by its key, as the store has it."""
        bucket = self._bucket
        found = self._s3.list_objects_v2(Bucket=bucket, Prefix=f"topic={self.topic}/")
        keys = [each["Key"] for each in found.get("Contents", ())]
        return {key: self._s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    def place(self, name: str, body: bytes) -> str:
        """Put an object of this name beside the others; give its key."""
        key = f"topic={self.topic}/date=2023-11-14/hour=22/{name}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)
        return key


@pytest.fixture(scope="module")
def store(s3_settings: ObjectStoreSettings) -> Store:
    return Store(s3_settings)


@pytest.fixture
async def archive(store: Store) -> Archive:
    await store.sink.prepare()
    return Archive(store)


def rows(container: bytes) -> list[Any]:
    return list(fastavro.reader(BytesIO(container)))


async def test_what_others_said_is_read_as_it_was(archive: Archive) -> None:
    await archive.log(LOG)
    before = archive.read()

    assert 3 == await archive.ada.count()
    await archive.ada.remove()

    assert 0 == await archive.ada.count()
    assert [EVE, None, EVE] == [each.value for each in archive.read()]
    assert [each for each in before if each.value != ADA] == archive.read()


async def test_objects_are_written_anew_where_they_must_and_deleted_where_nothing_stays(
    archive: Archive,
) -> None:
    await archive.log(LOG)
    mixed, untouched, emptied = sorted(before := archive.objects())
    assert [ADA, ADA] == [row["value"] for row in rows(before[emptied])]

    await archive.ada.remove()

    after = archive.objects()
    assert {mixed, untouched} == set(after)
    assert before[untouched] == after[untouched]
    assert [(0, b"0", EVE)] == [
        (row["offset"], row["key"], row["value"]) for row in rows(after[mixed])
    ]
    said = fastavro.reader(BytesIO(after[mixed])).metadata
    assert (archive.topic, "3") == (said["topic"], said["partition"])


async def test_a_message_goes_from_every_object_that_has_it(archive: Archive) -> None:
    for first, end in ((0, 2), (0, 3), (1, 5), (3, 6)):
        await archive.log(LOG[first:end], first=first)

    await archive.ada.remove()

    assert ADA not in [row["value"] for each in archive.objects().values() for row in rows(each)]
    assert [(0, EVE), (2, None), (3, EVE)] == [(each.offset, each.value) for each in archive.read()]


async def test_an_object_that_is_none_of_the_archives_is_left_alone(archive: Archive) -> None:
    await archive.log(LOG)
    key = archive.place("notes.txt", ADA)

    await archive.ada.remove()

    assert 3 == len(archive.read())
    assert ADA == archive.objects()[key]


async def test_a_damaged_object_is_named_for_nobody_knows_who_is_in_it(archive: Archive) -> None:
    name = f"0-{0:020}-{9:020}.avro"
    archive.place(name, b"Obj\x01 and no more")

    with pytest.raises(DamagedError, match=name):
        await archive.ada.count()


async def test_where_there_is_no_archive_nothing_is_found(archive: Archive) -> None:
    assert 0 == await archive.erasure(f"t-{uuid4().hex}").count()
