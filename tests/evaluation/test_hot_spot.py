"""The inlet is warmer than the room, the more the harder the servers work, and not at once."""

import math
from random import Random

import pytest

from tests.evaluation.rack import HotSpot, Sensor, offsets, target_c


def test_the_target_rises_with_the_load() -> None:
    assert [0.8, 1.175, 3.8] == [target_c(load) for load in (0.0, 0.25, 1.0)]


def test_after_a_step_the_offset_has_gone_63_percent_of_the_way_in_eight_minutes() -> None:
    spot = HotSpot.settled(0.0)

    for _ in range(8):
        spot.step(1.0)

    assert pytest.approx(0.8 + 3.0 * (1 - math.exp(-1))) == spot.offset_c


def test_without_gain_the_load_does_not_matter() -> None:
    assert [0.8, 0.8] == pytest.approx(offsets((0.4, 1.0), gain_c=0.0))


def test_a_sensor_says_tenths_around_the_truth_and_the_same_ones_again() -> None:
    said, again = (
        [sensor.temperature_c(25.04) for _ in range(500)]
        for sensor in (Sensor(Random(7)), Sensor(Random(7)))
    )

    assert said == again
    assert said == [round(value, 1) for value in said]
    assert pytest.approx(25.04, abs=0.03) == sum(said) / len(said)


def test_a_humidity_sensor_never_leaves_its_scale() -> None:
    sensor = Sensor(Random(7))

    assert all(sensor.humidity_percent(100.0) <= 100 for _ in range(50))
