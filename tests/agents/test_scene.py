import pytest

from agents.scene import Scene
from models.faces.settings import FaceSettings
from models.frame_settings import SceneSettings
from schemas.alarms import AlarmRequest, Level
from schemas.batch import Records
from schemas.frames import FrameCaptured, SceneAnalysed
from schemas.reasons import Reason, SetAside
from streams.shapes import gives, takes
from tests.models.camera_frames import AT, COVERED, DARK, SHARP, frame, jpeg, logged, noise


def scene(**settings: int) -> Scene:
    return Scene(SceneSettings(**{"blocked_frames": 2} | settings), FaceSettings())


def levels(done: object) -> list[Level]:
    assert isinstance(done, list)
    requests = [each for each in done if isinstance(each, AlarmRequest)]
    return [each.judgement.level for each in requests if each.judgement]


def test_it_takes_frames_and_gives_scenes_and_alarms() -> None:
    assert (Records, FrameCaptured) == takes(Scene)
    assert {SceneAnalysed, AlarmRequest} == gives(Scene)


def test_each_frame_is_measured() -> None:
    [sharp, dark, covered] = [
        each
        for each in scene(blocked_frames=99)(
            logged([frame(n, image=image) for n, image in enumerate((SHARP, DARK, COVERED))])
        )
        if isinstance(each, SceneAnalysed)
    ]

    assert [False, True, True] == [each.blocked for each in (sharp, dark, covered)]
    assert ("f-0", "mall", "door", AT) == (sharp.frame_id, sharp.site, sharp.camera, sharp.at)
    assert pytest.approx([3 / 255, 120 / 255], abs=0.01) == [dark.brightness, covered.brightness]
    assert 10 * covered.contrast < sharp.contrast


def test_a_large_picture_is_measured_like_a_small_one() -> None:
    small, large = (jpeg(noise(width=320 * n, height=240 * n)) for n in (1, 8))
    done = list(scene()(logged([frame(0, image=small), frame(1, image=large)])))
    brightness = [each.brightness for each in done if isinstance(each, SceneAnalysed)]

    assert pytest.approx(brightness[0], abs=0.03) == brightness[1]


def test_a_covered_camera_is_an_alarm_until_it_is_free() -> None:
    pictures = [SHARP, SHARP, COVERED, COVERED, COVERED, SHARP, SHARP]

    done = scene()(logged([frame(n, image=image) for n, image in enumerate(pictures)]))

    assert [Level.OK, Level.WARNING, Level.OK] == levels(done)


def test_every_camera_has_an_alarm_of_its_own() -> None:
    frames = [frame(n, camera=f"c-{n % 2}", image=(SHARP, DARK)[n % 2]) for n in range(4)]
    agent = scene()

    assert [Level.OK, Level.WARNING] == levels(agent(logged(frames)))
    assert 2 == agent.entries


def test_a_log_that_is_read_again_says_the_same_again() -> None:
    agent = scene()
    batch = logged([frame(n, image=DARK) for n in range(4)])

    assert agent(batch) == agent(batch)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"", Reason.NOT_AN_IMAGE),
        (b"GIF89a", Reason.NOT_AN_IMAGE),
        (SHARP[:300], Reason.NOT_AN_IMAGE),
        (jpeg(noise(width=8, height=8)), Reason.IMAGE_TOO_SMALL),
    ],
)
def test_what_is_no_picture_is_set_aside(image: bytes, reason: Reason) -> None:
    done = list(scene()(logged([frame(0), frame(1, image=image)])))

    [aside] = [each for each in done if isinstance(each, SetAside)]
    assert (1, reason) == (aside.row, aside.reason)


def test_a_batch_needs_an_origin() -> None:
    with pytest.raises(ValueError, match="came in"):
        scene()(Records(record=FrameCaptured, rows=[frame()]))


def test_nothing_gives_nothing() -> None:
    assert [] == scene()(logged([]))
