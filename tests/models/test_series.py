import numpy as np

from models.series import SPIKE, STUCK, Series
from models.steadiness import Observed


def judged(
    series: Series, offset: int, *values: float, devices: list[str] | None = None
) -> list[int]:
    """Values a minute apart, of one device unless ``devices`` says of which; at most 3 a minute."""
    named = devices or ["a"] * len(values)
    keys = list(dict.fromkeys(named))
    size = len(values)
    series.begin(offset, offset + size - 1)
    observed = Observed(
        at=np.arange(offset, offset + size) * np.float64(60_000),
        value=np.array(values),
        innocent=np.ones(size, bool),
        rate_per_min=np.full(size, 3.0),
        stuck_after_ms=np.full(size, 120_000.0),
    )
    device = np.array([keys.index(name) for name in named], np.intp)
    found = series.judge(keys, device, np.zeros(size, np.intp), observed)
    return [int(verdict) for verdict in found]


def test_a_series_is_followed_from_batch_to_batch() -> None:
    series = Series(limit=10, width=1)
    assert [0, 0] == judged(series, 0, 20.0, 20.0)
    assert [STUCK, SPIKE, 0] == judged(series, 2, 20.0, 60.0, 21.0)


def test_the_last_batch_may_come_again() -> None:
    series = Series(limit=10, width=1)
    judged(series, 0, 20.0, 20.0)
    assert [STUCK, SPIKE] == judged(series, 2, 20.0, 60.0)
    assert [STUCK, SPIKE, 0] == judged(series, 2, 20.0, 60.0, 21.0)
    assert [STUCK, SPIKE, 0, 0] == judged(series, 2, 20.0, 60.0, 21.0, 22.0)


def test_going_back_further_begins_with_a_fresh_memory() -> None:
    series = Series(limit=10, width=1)
    judged(series, 0, 20.0, 20.0)
    judged(series, 2, 20.0, 20.0)
    assert [0, 0] == judged(series, 1, 60.0, 60.0)
    assert len(series) == 1


def test_a_device_that_comes_back_in_time_is_remembered() -> None:
    series = Series(limit=4, width=1)
    devices = ["a", "b", "c", "a", "d", "a"]
    values = [20.0, 0.0, 0.0, 60.0, 0.0, 60.0]
    assert [0, 0, 0, SPIKE, 0, SPIKE] == judged(series, 0, *values, devices=devices)


def test_the_devices_longest_silent_are_forgotten() -> None:
    series = Series(limit=4, width=1)
    devices = ["a", "b", "c", "d", "e", "a"]
    assert [0] * 6 == judged(series, 0, 20.0, 0.0, 0.0, 0.0, 0.0, 60.0, devices=devices)


def test_memory_is_bounded() -> None:
    series = Series(limit=30, width=3)
    for first in range(0, 1000, 7):
        names = [str(n) for n in range(first, first + 7)]
        judged(series, first, *[20.0] * 7, devices=names)
        assert len(series) <= 10
