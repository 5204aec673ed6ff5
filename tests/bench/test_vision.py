"""Frames for workers: every one to be looked at, as many in each partition."""

from collections import Counter

from schemas.codec import decode
from schemas.frames import FrameCaptured
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from tests.bench.ground import PARTITIONS
from tests.bench.vision import CAMERAS, EVERY_MS, SITE, captured

START_MS = 1_780_300_800_000


def test_frames_are_spread_evenly_and_none_is_the_same() -> None:
    made = list(captured(8, 40, start_ms=START_MS))
    frames = [decode(each["value"][SINGLE_OBJECT_HEADER_BYTES:], FrameCaptured) for each in made]

    assert dict.fromkeys(range(PARTITIONS), 10) == Counter(each["partition"] for each in made)
    assert 40 == len({each.frame_id for each in frames})
    assert [each["key"] for each in made] == [f"{SITE}/{each.camera}" for each in frames]
    for camera in CAMERAS:
        times = [each.at for each in frames if each.camera == camera]
        assert [START_MS + (number + 2) * EVERY_MS for number in range(10)] == times


def test_one_camera_sends_its_frames_to_one_partition() -> None:
    assert {0} == {each["partition"] for each in captured(0, 5, start_ms=START_MS, cameras=1)}
