from itertools import islice

import numpy as np
import pytest

from connectors.sensors import SENSORS, panel, sensed
from connectors.traces import Resource, Trace

MIDNIGHT_MS = 1_700_006_400_000
HOUR_MS = 3_600_000


def rising(days: int = 1) -> Trace:
    """A trace whose temperature is the hour since its start, the same in both its places."""
    hours = np.arange(24.0 * days)
    return Trace(
        name="rising",
        places=("hall", "yard"),
        resources=(Resource("temperature", "Cel"),),
        interval_s=3600,
        values=np.stack([hours, hours], axis=1)[..., None],
    )


@pytest.mark.parametrize("resource", SENSORS)
def test_a_sensor_is_off_by_its_accuracy_and_two_repeatabilities_at_most_but_rarely(
    resource: str,
) -> None:
    sensor, rng = SENSORS[resource], np.random.default_rng(1)
    air = np.full((500, 40, 1), 60.0 if resource == "humidity" else 30.0 + 10 * sensor.accuracy)
    off = np.abs(panel([resource], 40, rng).read(air, rng) - air)

    assert np.mean(off <= sensor.accuracy + sensor.repeatability) > 0.97
    assert off.max() < sensor.accuracy + 3 * sensor.repeatability


def test_each_sensor_has_a_lasting_error_of_its_own() -> None:
    rng = np.random.default_rng(1)
    means = panel(["temperature"], 50, rng).read(np.full((2000, 50, 1), 20.0), rng).mean(axis=0)

    assert np.std(means) > 0.2


def test_readings_stay_in_range_without_piling_up_at_its_end() -> None:
    rng = np.random.default_rng(1)
    said = panel(["humidity"], 20, rng).read(np.full((500, 20, 1), 99.9), rng)

    assert said.max() <= 100.0
    assert np.count_nonzero(said == 100.0) == 0


def test_times_rise_from_device_to_device_and_from_block_to_block() -> None:
    blocks = sensed(
        rising(),
        ("hall",),
        devices=7,
        start_at_ms=MIDNIGHT_MS + 123,
        interval_ms=1000,
        rng=np.random.default_rng(1),
    )
    at = np.concatenate([times.ravel() for times, _ in islice(blocks, 3)])

    assert at[0] >= MIDNIGHT_MS + 123
    assert np.all(np.diff(at) >= 0)
    assert np.all(np.diff(at.reshape(-1, 7), axis=0) == 1000)


def test_the_air_is_that_of_the_time_of_day_whatever_the_day() -> None:
    blocks = sensed(
        rising(days=3),
        ("hall", "yard"),
        devices=40,
        start_at_ms=MIDNIGHT_MS + 5 * HOUR_MS,
        interval_ms=HOUR_MS,
        rng=np.random.default_rng(1),
    )
    times, values = next(blocks)
    hour = (times[:4] - MIDNIGHT_MS) / HOUR_MS
    off = (values[:4, :, 0] - hour + 12) % 24 - 12

    assert np.abs(off).max() < 1.5


def test_places_of_one_set_replay_the_same_day() -> None:
    blocks = sensed(
        rising(days=30),
        ("hall", "yard"),
        devices=20,
        start_at_ms=MIDNIGHT_MS,
        interval_ms=60_000,
        rng=np.random.default_rng(1),
    )
    _, values = next(blocks)
    day = (values[0, :, 0] + 1.0) // 24

    assert day[0::2].tolist() == day[1::2].tolist()
    assert len(set(day.tolist())) > 3
