from itertools import permutations, product

from models.frame_ids import frame_id
from tests.models.camera_frames import AT


def test_the_same_frame_has_the_same_id() -> None:
    assert "b1fe8956-2536-59d9-893e-d0af339f0a56" == frame_id("mall", "door", AT, b"picture")


def test_two_frames_of_one_second_or_even_of_one_moment_are_two() -> None:
    times, pictures = (AT, AT + 1), (b"one", b"two")
    places = [*permutations(("a", "b"), 2), ("a", "b/c"), ("a/b", "c")]

    ids = {
        frame_id(site, camera, at, picture)
        for (site, camera), at, picture in product(places, times, pictures)
    }

    assert len(places) * len(times) * len(pictures) == len(ids)
