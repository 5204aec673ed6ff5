import pytest

from models.alarms.book import AlarmBook
from models.alarms.key import parts
from models.frame_settings import SceneSettings
from models.lens import Lens
from models.scene import Sight
from schemas.alarms import AlarmRequest, Change, Level
from tests.models.camera_frames import AT, frame

SETTINGS = SceneSettings(blocked_frames=3, blocked_s=10)
CLEAR = Sight(brightness=0.5, contrast=0.2, sharpness=500.0)
DARK = Sight(brightness=0.01, contrast=0.01, sharpness=1.0)
COVERED = Sight(brightness=0.5, contrast=0.01, sharpness=1.0)


def told(lens: Lens, *sights: Sight, first: int = 0, every_ms: int = 1000) -> list[AlarmRequest]:
    requests = []
    for number, seen in enumerate(sights, first):
        at = AT + number * every_ms
        if lens.see(seen, at, SETTINGS):
            requests.append(lens.judgement(frame(at=at), seen, SETTINGS, seen_at=at + 5))
    return requests


def levels(requests: list[AlarmRequest]) -> list[tuple[int, Level]]:
    return [((each.at - AT) // 1000, each.judgement.level) for each in requests if each.judgement]


def test_enough_frames_in_a_row_raise_and_clear_the_alarm() -> None:
    sights = [CLEAR] * 3 + [DARK] * 4 + [CLEAR] * 4

    expected = [(2, Level.OK), (5, Level.WARNING), (9, Level.OK)]
    assert expected == levels(told(Lens(), *sights))


def test_somebody_who_passes_by_closely_is_no_alarm() -> None:
    sights = [CLEAR] * 3 + [COVERED, COVERED, CLEAR] * 5

    assert [(2, Level.OK)] == levels(told(Lens(), *sights))


def test_two_frames_far_apart_tell_as_well() -> None:
    assert [(10, Level.WARNING)] == levels(told(Lens(), DARK, DARK, every_ms=10_000))


def test_late_frames_say_nothing_of_now() -> None:
    lens = Lens()
    told(lens, CLEAR, CLEAR, CLEAR, first=10)

    assert [] == told(lens, *[DARK] * 10)


@pytest.mark.parametrize(
    ("seen", "value", "threshold", "text"),
    [
        (DARK, 0.01, SETTINGS.dark_brightness, "it is dark"),
        (COVERED, 0.01, SETTINGS.flat_contrast, "something covers the lens"),
        (CLEAR, 0.5, SETTINGS.dark_brightness, "the camera sees again"),
    ],
)
def test_the_alarm_says_what_decided(
    seen: Sight, value: float, threshold: float, text: str
) -> None:
    [request] = told(Lens(), seen, seen, seen)

    assert request.judgement is not None
    found = request.judgement
    assert (value, threshold, text) == (found.value, found.threshold, request.text)
    assert (AT, AT + 2005) == (found.since, found.seen_at)
    assert ("mall", "door", "lens", "blocked") == parts(request.alarm)


def changes(book: AlarmBook, requests: list[AlarmRequest]) -> list[Change]:
    found = []
    for request in requests:
        taken = book.take(request, logged_at=request.at)
        assert isinstance(taken, list)
        found += [change.change for change in taken]
    return found


def test_whoever_forgot_tells_again_and_the_alarm_does_not_change() -> None:
    book = AlarmBook(latched=lambda _: False, remembered_alarms=9, remembered_requests=9)
    sights = [CLEAR] * 3 + [DARK] * 3

    first = changes(book, told(Lens(), *sights))
    replayed = changes(book, told(Lens(), *sights))
    restarted = changes(book, told(Lens(), *[DARK] * 5, first=6))

    assert ([Change.CREATED], [], []) == (first[:1], replayed, restarted)


def test_whoever_forgot_clears_what_is_over() -> None:
    book = AlarmBook(latched=lambda _: False, remembered_alarms=9, remembered_requests=9)
    changes(book, told(Lens(), *[DARK] * 5))

    assert [Change.CLEARED] == changes(book, told(Lens(), *[CLEAR] * 5, first=10))
