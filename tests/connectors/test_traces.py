import gzip
from functools import cache

import numpy as np
import pytest

from connectors.site import SITES
from connectors.traces import UNPACKED_LIMIT_BYTES, Resource, Trace, load, parse

HALF_DAYS = (
    b"at,hall.temperature_c,hall.co2_ppm,yard.temperature_c,yard.co2_ppm\n"
    b"2024-05-01T00:00,20.0,500.0,10.0,410.0\n"
    b"2024-05-01T12:00,22.0,700.0,18.0,400.0\n"
)

load_once = cache(load)


def half_days(find: bytes = b"", replacement: bytes = b"") -> Trace:
    return parse("half_days", gzip.compress(HALF_DAYS.replace(find, replacement)))


def at(trace: Trace, elapsed_s: float) -> object:
    return trace.at(np.array([elapsed_s]), np.array([0])).tolist()


def test_columns_become_places_and_resources_with_ucum_units() -> None:
    trace = half_days()

    assert ("hall", "yard") == trace.places
    assert (Resource("temperature", "Cel"), Resource("co2", "ppm")) == trace.resources
    assert trace.interval_s == 43_200
    assert trace.days == 1
    assert [[20.0, 500.0], [10.0, 410.0]] == trace.values[0].tolist()


def test_the_air_between_two_rows_is_taken_as_linear() -> None:
    assert [[21.5, 650.0]] == at(half_days(), 32_400.0)


def test_after_its_last_row_the_trace_begins_again() -> None:
    trace = half_days()

    assert [[21.0, 600.0]] == at(trace, 64_800.0)
    assert [[20.5, 550.0]] == at(trace, 86_400.0 + 10_800.0)


@pytest.mark.parametrize(
    ("find", "replacement", "complaint"),
    [
        (b"T12:00", b"T11:00", "half_days: rows must make whole days"),
        (b"T00:00", b"T06:00", "half_days: rows must make whole days"),
        (b"05-01T12:00", b"04-01T12:00", "half_days: rows must come at one steady interval"),
        (b"T12:00", b"Tnoon", "half_days: "),
        (b"22.0", b"nan", "half_days: every value must be a finite number"),
        (b"22.0", b"warm", "half_days: "),
        (b",22.0", b"", "half_days: "),
        (b"yard.temperature_c", b"yard.temperature_k", "half_days: columns must be"),
        (b"temperature_c", b"temperature_k", "half_days: column 'temperature_k' must end in"),
        (b"yard.co2_ppm", b"yard", "half_days: columns must be"),
    ],
)
def test_a_trace_that_is_not_regular_is_refused(
    find: bytes, replacement: bytes, complaint: str
) -> None:
    with pytest.raises(ValueError, match="half_days: ") as caught:
        half_days(find, replacement)

    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize(
    "packed", [b"", b"at,\n", gzip.compress(HALF_DAYS)[:-9]], ids=["empty", "plain", "cut"]
)
def test_what_is_no_whole_gzip_file_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"half_days: (no gzip file|cut short)"):
        parse("half_days", packed)


def test_a_file_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match=r"bomb: .* more than 16777216 bytes"):
        parse("bomb", gzip.compress(bytes(UNPACKED_LIMIT_BYTES + 1)))


def test_bleiswijk_is_ninety_days_of_outdoor_air_every_five_minutes() -> None:
    trace = load_once("bleiswijk_2014")

    assert ("outdoor",) == trace.places
    assert ["temperature", "humidity", "co2"] == [each.name for each in trace.resources]
    assert (trace.interval_s, trace.days) == (300, 90)
    assert (25_920, 1, 3) == trace.values.shape
    assert [9.5, 27.1, 339.9] == trace.values.min(axis=(0, 1)).tolist()
    assert [33.6, 99.4, 563.4] == trace.values.max(axis=(0, 1)).tolist()


def test_bleiswijk_has_hot_days_and_damp_nights_for_alarms() -> None:
    temperature_c, humidity_pct, _ = load_once("bleiswijk_2014").values[:, 0].T

    assert np.count_nonzero(temperature_c > 31.0) == 56
    assert np.count_nonzero(humidity_pct > 85.0) > 5_000


def test_the_house_is_136_days_of_nine_sensors_and_a_weather_station() -> None:
    trace = load_once("appliances_house_2016")

    assert (*SITES["rooms"].places, "weather-station") == trace.places
    assert (trace.interval_s, trace.days) == (600, 136)
    assert (19_584, 10, 2) == trace.values.shape
    assert [-6.1, 1.0] == trace.values.min(axis=(0, 1)).tolist()
    assert [29.9, 100.0] == trace.values.max(axis=(0, 1)).tolist()


def test_a_trace_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        load("nowhere")
