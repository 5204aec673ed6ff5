"""Pictures in a real S3 store, and references that lead nowhere."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from connectors.frame_store import FrameSettings, FrameStore, object_key
from connectors.object_store import ObjectStoreSettings, client
from connectors.outcome import RefusedError, UnavailableError
from schemas.frames import FrameCaptured, FrameReference
from schemas.reasons import Reason
from tests.models.camera_frames import frame

PICTURE = b"\xff\xd8" + bytes(range(256)) * 4
SETTINGS = FrameSettings(inline_bytes=1000, most_bytes=5000)
NOWHERE = ObjectStoreSettings(endpoint_url="http://127.0.0.1:9")


@pytest.fixture
async def store(s3_settings: ObjectStoreSettings) -> AsyncIterator[FrameStore]:
    store = FrameStore(SETTINGS, s3_settings)
    await store.prepare()
    yield store
    await store.close()


def large(**changes: Any) -> FrameCaptured:
    return frame(frame_id=str(uuid4()), image=PICTURE, **changes)


def refer(given: FrameCaptured, **changes: Any) -> FrameCaptured:
    assert given.reference is not None
    return replace(given, reference=replace(given.reference, **changes))


async def refused(store: FrameStore, given: FrameCaptured) -> Reason:
    with pytest.raises(RefusedError) as caught:
        await store.fetch(given)
    return caught.value.reason


@pytest.mark.integration
async def test_what_is_too_large_for_a_message_travels_by_reference(store: FrameStore) -> None:
    given = large()

    light = await store.lighten(given)

    assert light.image is None
    assert light.reference is not None
    assert (SETTINGS.bucket, len(PICTURE)) == (light.reference.bucket, light.reference.size_bytes)
    assert f"frames/mall/door/2023-11-14/{given.frame_id}.jpg" == light.reference.key
    assert light == await store.lighten(given)
    assert PICTURE == (await store.fetch(light)).image


@pytest.mark.integration
async def test_the_bucket_empties_itself(
    store: FrameStore, s3_settings: ObjectStoreSettings
) -> None:
    await store.prepare()

    s3 = client(s3_settings)
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=SETTINGS.bucket)["Rules"]
    s3.close()
    assert ("Enabled", 1) == (rule["Status"], rule["Expiration"]["Days"])


async def test_what_is_small_stays_in_its_message() -> None:
    store, small = FrameStore(SETTINGS, NOWHERE), frame(image=b"x" * 1000)

    assert small is await store.lighten(small)
    assert small is await store.fetch(small)


async def test_a_frame_without_a_picture_is_for_others_to_judge() -> None:
    empty = frame(image=None)

    assert empty is await FrameStore(SETTINGS, NOWHERE).fetch(empty)


@pytest.mark.integration
async def test_what_was_deleted_is_missing(
    store: FrameStore, s3_settings: ObjectStoreSettings
) -> None:
    light = await store.lighten(large())
    assert light.reference is not None
    s3 = client(s3_settings)
    s3.delete_object(Bucket=light.reference.bucket, Key=light.reference.key)
    s3.close()

    assert Reason.REFERENCE_MISSING == await refused(store, light)


@pytest.mark.integration
async def test_what_was_written_over_has_changed(store: FrameStore) -> None:
    given = large()
    light = await store.lighten(given)
    await store.lighten(replace(given, image=PICTURE[::-1]))

    assert Reason.REFERENCE_CHANGED == await refused(store, light)


@pytest.mark.integration
async def test_what_is_larger_than_it_said_is_not_read(
    store: FrameStore, s3_settings: ObjectStoreSettings
) -> None:
    generous = FrameStore(FrameSettings(inline_bytes=1000), s3_settings)
    light = await generous.lighten(replace(large(), image=b"x" * 5001))
    await generous.close()

    assert Reason.IMAGE_TOO_LARGE == await refused(store, light)
    assert Reason.IMAGE_TOO_LARGE == await refused(store, refer(light, size_bytes=1))


def referring(**changes: Any) -> FrameCaptured:
    """A frame that says its picture lies where it should."""
    given = frame(image=None)
    fields: dict[str, Any] = {"bucket": SETTINGS.bucket, "key": object_key(given), "size_bytes": 9}
    return replace(given, reference=FrameReference(**{"sha256": "0"} | fields | changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bucket": "engawa-archive"}, Reason.REFERENCE_FOREIGN),
        ({"key": "frames/mall/vault/2023-11-14/f-0.jpg"}, Reason.REFERENCE_FOREIGN),
        ({"key": "x" * 100_000}, Reason.REFERENCE_FOREIGN),
        ({"size_bytes": 5001}, Reason.IMAGE_TOO_LARGE),
    ],
)
async def test_a_reference_leads_nowhere_but_to_the_frame_s_own_place(
    changes: dict[str, Any], reason: Reason
) -> None:
    assert reason == await refused(FrameStore(SETTINGS, NOWHERE), referring(**changes))


@pytest.mark.parametrize("changes", [{"frame_id": "x" * 2000}, {"site": ""}, {"camera": "é" * 200}])
async def test_a_name_that_no_place_can_have_leads_nowhere(changes: dict[str, Any]) -> None:
    given = replace(referring(), **changes)

    assert Reason.REFERENCE_FOREIGN == await refused(FrameStore(SETTINGS, NOWHERE), given)


@pytest.mark.parametrize("at", [-(2**63), 2**63 - 1])
async def test_an_absurd_time_is_no_reason_to_fall(at: int) -> None:
    given = replace(referring(), at=at)

    assert Reason.REFERENCE_FOREIGN == await refused(FrameStore(SETTINGS, NOWHERE), given)


def test_no_name_leads_out_of_its_place() -> None:
    key = object_key(frame(site="..", camera="a/../b", frame_id="é x"))

    assert "frames/%2E%2E/a%2F%2E%2E%2Fb/2023-11-14/%C3%A9%20x.jpg" == key


async def test_a_store_that_is_away_is_waited_for() -> None:
    store = FrameStore(SETTINGS, NOWHERE)

    with pytest.raises(UnavailableError):
        await store.fetch(referring())
    with pytest.raises(UnavailableError):
        await store.lighten(large())
    with pytest.raises(UnavailableError):
        await store.prepare()
