"""Pictures that have to go from a real store and from a buffer, and those that have to stay."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from connectors.frame_buffer import CameraSettings, FrameBuffer, place_of
from connectors.frame_erasure import BufferedFrames, FrameObjects
from connectors.frame_store import object_key
from connectors.object_store import ObjectStoreSettings, client, create_bucket
from schemas.erasures import Erasure
from schemas.frames import FrameCaptured
from tests.models.camera_frames import AT, frame

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DAY_MS = 86_400_000
MIDNIGHT = AT // DAY_MS * DAY_MS
NAMES = [("mall", "door"), ("mall", "a/b"), ("mall", "door2"), ("mall2", "door"), ("../mall", "a")]


def wish(**what: Any) -> Erasure:
    return Erasure(erasure_id="e", site="mall", at=AT, by="me", **what)


def shot(site: str = "mall", camera: str = "door", at: int = AT) -> FrameCaptured:
    return frame(frame_id=str(uuid4()), site=site, camera=camera, at=at)


class Bucket:
    """A bucket of the test's own."""

    def __init__(self, s3: "S3Client") -> None:
        self._s3, self._name = s3, f"t-{uuid4().hex}"

    def keep(self, *frames: FrameCaptured) -> list[str]:
        """Store their pictures; give their keys."""
        create_bucket(self._s3, self._name)
        keys = [object_key(each) for each in frames]
        for key in keys:
            self._s3.put_object(Bucket=self._name, Key=key, Body=b"jpeg")
        return keys

    def keys(self) -> set[str]:
        found = self._s3.list_objects_v2(Bucket=self._name).get("Contents", ())
        return {each["Key"] for each in found}

    async def erase(self, asked: Erasure, *keys: str) -> int:
        """Erase; give how many were found."""
        place = FrameObjects(self._s3, self._name, asked, keys)
        found = await place.count()
        await place.remove()
        assert 0 == await place.count()
        return found


@pytest.fixture(scope="module")
def s3(s3_settings: ObjectStoreSettings) -> "S3Client":
    return client(s3_settings)


@pytest.fixture
def bucket(s3: "S3Client") -> Bucket:
    return Bucket(s3)


@pytest.mark.integration
async def test_a_camera_s_pictures_go_and_those_of_like_names_stay(bucket: Bucket) -> None:
    _, *others = bucket.keep(*(shot(*names) for names in NAMES))

    assert 1 == await bucket.erase(wish(camera="door"))
    assert {*others} == bucket.keys()

    _, *others = others
    assert 1 == await bucket.erase(wish(camera="a/b"))
    assert {*others} == bucket.keys()


@pytest.mark.integration
async def test_of_a_person_go_the_pictures_whose_keys_are_known(bucket: Bucket) -> None:
    theirs, other = bucket.keep(shot(), shot())
    [elsewhere] = bucket.keep(shot(site="mall2"))

    assert 1 == await bucket.erase(wish(person="ada"), theirs, elsewhere)

    assert {other, elsewhere} == bucket.keys()


@pytest.mark.integration
async def test_days_that_are_over_go_whole(bucket: Bucket) -> None:
    """Not so the last one: these were stored long after the days they are of."""
    days = [shot(at=MIDNIGHT + day * DAY_MS - 1) for day in range(3)]
    _, last, after, elsewhere = bucket.keep(*days, shot(site="mall2", at=0))

    assert 1 == await bucket.erase(wish(before=MIDNIGHT))
    assert 0 == await bucket.erase(wish(before=MIDNIGHT + DAY_MS - 1))
    assert {last, after, elsewhere} == bucket.keys()

    assert 1 == await bucket.erase(wish(before=MIDNIGHT + DAY_MS))
    assert {after, elsewhere} == bucket.keys()


@pytest.mark.integration
async def test_of_the_last_day_goes_what_was_stored_before_or_is_known_to_be_older(
    bucket: Bucket,
) -> None:
    late, known = bucket.keep(shot(at=MIDNIGHT), shot(at=MIDNIGHT))
    # taken and stored on one day, on which before is: in an hour, whatever the clock says
    soon = round(datetime.now(UTC).timestamp() * 1000) + 3_600_000
    [stored] = bucket.keep(shot(at=soon))

    assert 1 == await bucket.erase(wish(before=MIDNIGHT + 1), known)
    assert {late, stored} == bucket.keys()

    assert 2 == await bucket.erase(wish(before=soon))


@pytest.mark.integration
async def test_where_there_is_no_bucket_nothing_is_found(bucket: Bucket) -> None:
    assert 0 == await bucket.erase(wish(camera="door"))


@pytest.mark.parametrize(
    ("what", "stay"),
    [({"camera": "a/b"}, {"door", "door2", "mall2"}), ({"before": AT + 1}, {"door2", "mall2"})],
)
async def test_what_waits_for_kafka_goes_likewise(
    tmp_path: Path, what: dict[str, Any], stay: set[str]
) -> None:
    settings = CameraSettings(buffer_folder=tmp_path)
    waiting = {
        "door": shot(),
        "a/b": shot(camera="a/b"),
        "door2": shot(camera="door2", at=AT + 1),
        "mall2": shot(site="mall2"),
    }
    folders = {each: place_of(it.site, it.camera, settings) for each, it in waiting.items()}
    for each, folder in folders.items():
        FrameBuffer(folder, settings, lambda: AT).put(waiting[each])
    asked = wish(**what)

    def older(each: FrameCaptured) -> bool:
        return asked.before is not None and each.at < asked.before

    place = BufferedFrames(settings, asked, older)
    assert len(waiting) - len(stay) == await place.count()
    await place.remove()

    assert 0 == await place.count()
    assert stay == {each for each, folder in folders.items() if any(folder.iterdir())}


async def test_what_a_power_cut_left_of_a_camera_s_frame_goes_too(tmp_path: Path) -> None:
    settings = CameraSettings(buffer_folder=tmp_path)
    folder = place_of("mall", "door", settings)
    folder.mkdir(parents=True)
    (folder / "7-half.frame.part").write_bytes(b"half a frame")
    (folder / "8-torn.frame").write_bytes(b"torn")

    place = BufferedFrames(settings, wish(camera="door"), lambda _: False)
    assert 2 == await place.count()
    await place.remove()

    assert [] == list(folder.iterdir())
