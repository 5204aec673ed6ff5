from itertools import pairwise

import pytest

from models.faces.header import header
from tests.bench.frames import KINDS, PORTRAIT_FACE, frames


@pytest.mark.parametrize("name", KINDS)
def test_frames_are_the_same_each_time_and_differ_from_each_other(name: str) -> None:
    kind = KINDS[name]
    first, again = (list(frames(kind, 3)) for _ in range(2))
    assert first == again
    assert all(one != other for one, other in pairwise(first))
    for data in first:
        about = header(data)
        assert (kind.width, kind.height) == (about.width_px, about.height_px)


def test_every_kind_has_room_for_its_faces() -> None:
    for kind in KINDS.values():
        side = round(kind.face_px / PORTRAIT_FACE)
        assert kind.faces <= (kind.width // side) * (kind.height // side)
