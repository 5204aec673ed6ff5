"""Kept frames in a real S3 store."""

import pytest

from connectors.frame_store import FrameSettings
from connectors.kept_frames import KeptFramesSink
from connectors.object_store import ObjectStoreSettings, client
from schemas.batch import Records
from schemas.frames import FrameKept

SETTINGS = FrameSettings(kept_bucket="engawa-kept-test", kept_days=3)


@pytest.mark.integration
async def test_a_kept_frame_lies_by_its_camera_and_day_in_a_bucket_that_empties_itself(
    s3_settings: ObjectStoreSettings,
) -> None:
    sink = KeptFramesSink(SETTINGS, s3_settings)
    await sink.prepare()
    await sink.prepare()
    frame = FrameKept(
        frame_id="f-1", site="mall", camera="door", at=1_700_000_000_000, blurred=1, image=b"jpeg"
    )
    await sink.write(Records(record=FrameKept, rows=[frame, frame]))
    await sink.close()

    s3 = client(s3_settings)
    [stored] = s3.list_objects_v2(Bucket=SETTINGS.kept_bucket)["Contents"]
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=SETTINGS.kept_bucket)["Rules"]
    s3.close()
    assert ("frames/mall/door/2023-11-14/f-1.jpg", 4) == (stored["Key"], stored["Size"])
    assert ("Enabled", 3) == (rule["Status"], rule["Expiration"]["Days"])
