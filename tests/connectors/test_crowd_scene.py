import numpy as np

from connectors.crowd_scene import HEIGHT, WIDTH, Scene
from connectors.portraits import SIDE_PX, Person
from models.arrays import Bools, where
from tests.connectors.crowd_scenes import TEN, made, plan, stay

RED = np.full((SIDE_PX, SIDE_PX, 3), (0, 0, 255), np.uint8)
PEOPLE = [Person(str(number), (RED,)) for number in range(5)]


def red(scene: Scene, camera: str, frame: int) -> Bools:
    """Where a picture is."""
    picture = scene.picture(camera, frame).astype(np.int64)
    found: Bools = picture[..., 2] - picture[..., 0] > 100
    return found


def test_a_frame_follows_from_the_seed_and_its_number_whatever_was_drawn_before() -> None:
    one, other = Scene(made(), PEOPLE, 1), Scene(made(), PEOPLE, 1)
    other.frame("demo", "b", 3)
    assert one.frame("demo", "a", 7) == other.frame("demo", "a", 7)
    assert one.frame("demo", "a", 7).image != Scene(made(), PEOPLE, 2).frame("demo", "a", 7).image


def test_somebody_is_drawn_in_their_place_and_size_and_nobody_else_is() -> None:
    scene = Scene(plan(stay(3, "a", 5, 9)), PEOPLE, 1)
    here = red(scene, "a", 5)
    across = where(np.atleast_1d(here.any(axis=0)))
    assert 3 * WIDTH // 5 <= across[0] < across[-1] < 4 * WIDTH // 5
    assert not red(scene, "a", 4).any()
    assert not red(scene, "b", 5).any()


def test_a_frame_is_a_jpeg_of_its_camera_and_time() -> None:
    frame = Scene(made(), PEOPLE, 1).frame("demo", "b", 4)
    assert ("demo", "b", TEN + 60_000, ("faces",)) == (
        frame.site,
        frame.camera,
        frame.at,
        frame.analyses,
    )
    assert (frame.image or b"").startswith(b"\xff\xd8")
    assert len(frame.image or b"") < 900_000
    assert (HEIGHT, WIDTH, 3) == Scene(made(), PEOPLE, 1).picture("b", 4).shape


def test_two_cameras_see_two_walls() -> None:
    scene = Scene(plan(), PEOPLE, 1)
    a, b = (scene.picture(camera, 0).astype(int).mean(axis=(0, 1)) for camera in ("a", "b"))
    assert np.abs(a - b).max() > 3
