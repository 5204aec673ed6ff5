"""The alarm of a device that does not follow its commands."""

from models.shadows.alarm import cleared, raised
from models.shadows.shadow import Shadow
from schemas.alarms import Level
from tests.models.shadow_updates import AT, alarms

SHADOW = Shadow(site="a/b", device="ac%1", lower=(), waiting_since=AT - 5)


def test_it_is_raised_once_and_cleared_once() -> None:
    shadow, first = raised(SHADOW, at=AT, text="refused")
    shadow, again = raised(shadow, at=AT + 1, text="refused")
    shadow, over = cleared(shadow, at=AT + 2, text="")
    shadow, nothing = cleared(shadow, at=AT + 3, text="")

    assert [Level.WARNING, Level.OK] == alarms([*first, *again, *over, *nothing])
    assert 2 == shadow.judged


def test_it_tells_of_the_device_and_since_when() -> None:
    _, [request] = raised(SHADOW, at=AT, text="refused")

    assert ("a%2Fb/ac%251/setpoint/command", "refused") == (request.alarm, request.text)
    assert request.judgement
    assert (1, AT - 5, None) == (
        *(request.judgement.number, request.judgement.since),
        request.judgement.threshold,
    )
