"""What a model and a person may have of what they wish."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.shadows.limits import MOST_LOWER, allowed, lower_after, within
from models.shadows.shadow import Lower, Shadow, Wish
from models.sites import SetpointLimits
from schemas.shadows import CommandState, DeviceCommand, Origin
from tests.models.shadow_updates import AT, MINUTE

LIMITS = SetpointLimits()


def wish(setpoint_c: float, origin: Origin = Origin.MODEL) -> Wish:
    return Wish(origin=origin, by="ana", setpoint_c=setpoint_c, at=AT, text="")


def shadow(desired_c: float | None = None, **fields: Any) -> Shadow:
    """A shadow whose command, if it has one, was sent and acknowledged at ``AT``."""
    command = None
    if desired_c is not None:
        command = DeviceCommand(
            site="house",
            device="ac-1",
            version=1,
            client_token="t",
            state=fields.pop("state", CommandState.ACKNOWLEDGED),
            at=AT,
            origin=Origin.MODEL,
            by="energy 1",
            desired_c=desired_c,
            reported_c=None,
            delta_c=None,
            wished_at=AT,
            expires_at=AT,
            manual_until=None,
            update_id="",
        )
    usual: dict[str, Any] = {"changed_at": AT, "lower": ()}
    return Shadow(site="house", device="ac-1", command=command, **usual | fields)


@pytest.mark.parametrize(
    ("wish_c", "step_c", "expected"),
    [
        (22.0, 0.5, 22.0),
        (22.2, 0.5, 22.0),
        (22.3, 0.5, 22.5),
        (22.34, 0.1, 22.3),
        (10.0, 0.5, 18.0),
        (39.0, 0.5, 27.0),
        (26.9, 2.0, 26.0),
        (17.9, 2.0, 18.0),
    ],
)
def test_a_wish_becomes_whole_steps_within_the_room(
    wish_c: float, step_c: float, expected: float
) -> None:
    assert expected == within(SetpointLimits(step_c=step_c), wish_c)


@pytest.mark.parametrize(
    ("known", "after_min", "expected"),
    [
        (shadow(), 0, 22.0),
        (shadow(reported_c=20.0), 0, 21.0),
        (shadow(22.0), 9, 22.0),
        (shadow(22.0), 10, 23.0),
        (shadow(22.0, state=CommandState.PROPOSED, reported_c=19.0), 99, 20.0),
        (shadow(22.0, reported_c=19.0), 99, 20.0),
        (shadow(22.0, reported_c=12.0), 99, 18.0),
        (shadow(22.0, reported_c=40.0), 99, 23.0),
        (shadow(22.0, lower=(Lower(setpoint_c=21.5, until=AT),)), 10, 22.5),
        (shadow(22.0, lower=(Lower(setpoint_c=21.5, until=AT),)), 15, 23.0),
    ],
)
def test_a_model_rises_slowly(known: Shadow, after_min: int, expected: float) -> None:
    at = AT + after_min * MINUTE

    assert expected == allowed(known, wish(26.0), LIMITS, act=True, at=at)
    assert 18.0 == allowed(known, wish(18.0), LIMITS, act=True, at=at)
    assert 26.0 == allowed(known, wish(26.0, Origin.PERSON), LIMITS, act=True, at=at)


def test_a_proposal_is_not_held_back_by_a_device_that_is_not_told() -> None:
    known = shadow(22.0, state=CommandState.PROPOSED, reported_c=18.0)

    assert 23.0 == allowed(known, wish(26.0), LIMITS, act=False, at=AT + 15 * MINUTE)


def test_a_limit_that_is_no_whole_step_is_reached_and_kept() -> None:
    limits = SetpointLimits(max_c=26.7)

    assert 26.7 == allowed(shadow(26.0), wish(30.0), limits, act=True, at=AT + 15 * MINUTE)
    assert 26.7 == allowed(shadow(26.7), wish(30.0), limits, act=True, at=AT + MINUTE)


def test_so_many_lower_setpoints_are_remembered() -> None:
    lower = tuple(Lower(setpoint_c=18 + n / 100, until=AT + n) for n in range(MOST_LOWER))
    kept = lower_after(shadow(25.0, lower=lower), LIMITS, 25.5, act=True, at=AT + 1000)

    assert MOST_LOWER == len(kept)
    assert Lower(setpoint_c=18.0, until=AT + 1) == kept[0]
    assert Lower(setpoint_c=25.0, until=AT + 1000) == kept[-1]


@given(st.floats(5, 40), st.floats(5, 40), st.floats(0.01, 2))
def test_whatever_is_wished_it_stays_within(
    wish_c: float, reported_c: float, step_c: float
) -> None:
    limits = SetpointLimits(step_c=step_c)
    known = shadow(reported_c=reported_c)

    for origin in (Origin.MODEL, Origin.PERSON):
        found = allowed(known, wish(wish_c, origin), limits, act=True, at=AT)
        assert limits.min_c <= found <= limits.max_c
