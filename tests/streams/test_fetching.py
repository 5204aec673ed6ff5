from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from connectors.outcome import RefusedError, UnavailableError
from schemas.batch import Origin, Raw, Records
from schemas.codec import Schema, encode, encode_framed, schema_of
from schemas.frames import FrameCaptured
from schemas.reasons import Reason, SetAside
from schemas.topic import Topic
from streams.fetching import Fetching
from streams.reader import Read, reader
from streams.settle import part
from streams.writers import UnresolvedError
from tests.models.camera_frames import frame

TOPIC: Topic[FrameCaptured] = Topic(
    name="frames.captured.v1", record=FrameCaptured, key=("site", "camera")
)


def known(header: bytes) -> Schema | None:
    ours = schema_of(FrameCaptured)
    return ours if header == ours.header else None


@dataclass
class Shelf:
    """A store of texts that frames refer to by their camera; told to be away for a while."""

    texts: dict[str, bytes]
    away: int = 0
    resolved: list[set[bytes]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    finds: int = 0

    async def fetch(self, given: FrameCaptured) -> FrameCaptured:
        if self.away:
            self.away -= 1
            raise UnavailableError("away", retry_after_s=0)
        if given.image is not None:
            return given
        if given.camera not in self.texts:
            raise RefusedError("x" * 9999, reason=Reason.REFERENCE_MISSING)
        return frame(int(given.frame_id[2:]), camera=given.camera, image=self.texts[given.camera])

    async def resolve(self, headers: set[bytes]) -> None:
        self.resolved.append(headers)

    def wait(self, error: UnavailableError) -> None:
        self.waits.append(str(error))

    def found(self) -> None:
        self.finds += 1

    def fetching(self, known: Callable[[bytes], Schema | None] = known) -> Fetching:
        read = reader(TOPIC, Records, marker=b"", known=known)
        return Fetching(read, self.fetch, self.resolve, self.wait, self.found)


def raw(*values: bytes | FrameCaptured) -> Raw:
    offsets = np.arange(100, 100 + len(values), dtype=np.int64)
    origin = Origin(topic=TOPIC.name, partition=0, offsets=offsets, logged_at=offsets * 10)
    framed = [each if isinstance(each, bytes) else encode_framed(each) for each in values]
    return Raw(origin=origin, keys=[None] * len(values), values=framed)


async def read(fetching: Fetching, batch: Raw) -> Read:
    await fetching.prepare(batch)
    return fetching(batch)


def images(read: Read) -> list[bytes | None]:
    assert isinstance(read.batch, Records)
    return [each.image for each in read.batch.rows]


async def test_an_agent_sees_what_records_refer_to() -> None:
    batch = raw(frame(0, image=b"here"), frame(1, image=None), frame(2, image=None, camera="c"))

    found = await read(Shelf({"door": b"there", "c": b"too"}).fetching(), batch)

    assert [b"here", b"there", b"too"] == images(found)
    assert [] == found.aside


async def test_what_cannot_be_had_is_set_aside_and_the_rest_keeps_its_place() -> None:
    batch = raw(b"\0bad", frame(1, image=None, camera="none"), frame(2, image=None))

    found = await read(Shelf({"door": b"there"}).fetching(), batch)

    assert [b"there"] == images(found)
    assert [Reason.REFERENCE_MISSING] == [e.reason for e in found.aside if e.row == 1]
    assert {0, 1} == {each.row for each in found.aside}
    assert max(len(each.detail) for each in found.aside) <= 500
    assert SetAside(2, Reason.DAMAGED_IMAGE) == found.in_messages(SetAside(0, Reason.DAMAGED_IMAGE))
    assert found.batch.origin is not None
    assert [102] == found.batch.origin.offsets.tolist()


async def test_a_store_that_is_away_is_waited_for_and_that_is_told() -> None:
    shelf = Shelf({"door": b"there"}, away=1)

    found = await read(shelf.fetching(), raw(frame(0, image=None)))

    assert [b"there"] == images(found)
    assert (["away"], 1) == (shelf.waits, shelf.finds)


async def test_a_part_of_a_prepared_batch_can_be_read() -> None:
    batch = raw(*(frame(number, image=None) for number in range(4)))
    fetching = Shelf({"door": b"there"}).fetching()
    await fetching.prepare(batch)
    rest = part(batch, 3, 4)
    assert isinstance(rest, Raw)

    found = fetching(rest)

    assert [b"there"] == images(found)
    assert found.batch.origin is not None
    assert [103] == found.batch.origin.offsets.tolist()


async def test_unknown_schemas_are_looked_up() -> None:
    shelf = Shelf({})
    header = b"\0\0\0\0\x09"

    def slowly_known(asked: bytes) -> Schema | None:
        if not shelf.resolved:
            raise UnresolvedError(asked)
        return schema_of(FrameCaptured)

    found = await read(shelf.fetching(slowly_known), raw(header + encode(frame(0))))

    assert 1 == len(images(found))
    assert [{header}] == shelf.resolved


async def test_a_bug_is_not_caught() -> None:
    async def broken(_: FrameCaptured) -> FrameCaptured:
        raise ZeroDivisionError

    fetching = Shelf({}).fetching()
    fetching.fetch = broken
    with pytest.raises(ZeroDivisionError):
        await fetching.prepare(raw(frame(0)))
