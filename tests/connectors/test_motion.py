import numpy as np

from connectors.motion import STILL_MS, Motion
from tests.connectors.camera_clips import walk
from tests.models.camera_frames import AT, noise, plain


def test_the_first_picture_counts() -> None:
    assert Motion().moved(plain(9), AT)


def test_nothing_moves_in_a_still_picture_with_noise_and_flicker() -> None:
    motion, rng = Motion(), np.random.default_rng(1)
    still = noise()
    motion.moved(still, AT)

    for number in range(20):
        noisy = np.clip(still + rng.normal(number % 5, 8, still.shape), 0, 255).astype(np.uint8)
        assert not motion.moved(noisy, AT + number)


def test_who_walks_by_is_seen_in_every_picture() -> None:
    motion = Motion()

    assert all(motion.moved(picture, AT + n) for n, picture in enumerate(walk(10)))


def test_what_moves_slowly_is_not_missed() -> None:
    motion, moved = Motion(), []
    for number in range(100):
        picture = plain(40)
        picture[100:160, number : number + 20] = 100
        moved.append(motion.moved(picture, AT + number))

    assert 5 <= sum(moved) <= 50


def test_a_still_camera_is_heard_of_from_time_to_time() -> None:
    motion = Motion()
    times = [AT + each for each in (0, STILL_MS - 1, STILL_MS, STILL_MS + 1)]

    assert [True, False, True, False] == [motion.moved(plain(9), at) for at in times]


def test_a_clock_that_is_set_back_does_not_silence_a_camera() -> None:
    motion = Motion()
    motion.moved(plain(9), AT)

    assert motion.moved(plain(9), AT - 3_600_000)
