from itertools import pairwise

import pytest

from connectors.crowd_plan import FACES_PX, PLACES
from tests.connectors.crowd_scenes import made


def test_the_same_seed_gives_the_same_plan_and_another_another() -> None:
    assert made(1) == made(1)
    assert made(1) != made(2)


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_in_two_places_and_nobody_hides_another(seed: int) -> None:
    plan = made(seed, people=12)
    for person in range(12):
        mine = [each for each in plan.stays if each.person == person]
        assert all(before.last < after.first for before, after in pairwise(mine))
    for camera in plan.cameras:
        for frame in range(plan.frames):
            places = [each.place for each in plan.seen(camera, frame)]
            assert len(set(places)) == len(places) <= PLACES


def test_everybody_comes_and_faces_are_named_the_largest_first() -> None:
    plan = made()
    assert set(range(5)) == {each.person for each in plan.stays}
    for frame in range(plan.frames):
        sizes = [each.face_px for each in plan.seen("a", frame)]
        assert sorted(sizes, reverse=True) == sizes
        assert all(FACES_PX[0] <= size <= FACES_PX[1] for size in sizes)


def test_nobody_is_seen_beyond_the_last_frame() -> None:
    plan = made()
    assert plan.frames > max(each.last for each in plan.stays)
    assert [] == plan.seen("a", plan.frames)
