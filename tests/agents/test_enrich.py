"""Readings of server rooms, joined with what was known at their time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.enrich import Enrich, EnrichSettings
from models.sites import SiteSettings
from schemas.batch import Columns, Records
from schemas.codec import decode
from schemas.columns import arrow_schema, encode_columns
from schemas.energy import EnrichedReading
from schemas.records import AcceptedTelemetry, Quality
from tests.models.plain_join import Measured, PlainEnrich, Told
from tests.models.room_logs import (
    BOOK,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    batch,
    event,
    logs,
    news,
    read,
    report,
    tellings,
    weather,
)

Cuts = Sequence[int]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> SiteSettings:
    path = tmp_path_factory.mktemp("sites") / "sites.yaml"
    path.write_text(yaml.safe_dump(BOOK.model_dump(mode="json")), encoding="utf-8")
    return SiteSettings(sites_file=path)


@pytest.fixture
def enrich(sites: SiteSettings) -> Enrich:
    return Enrich(sites, EnrichSettings())


def bodies(enrich: Enrich, log: Sequence[Measured]) -> list[bytes]:
    """What comes of a batch, as it will be sent."""
    made = enrich(batch(log))
    for each in made:
        assert each.rows.schema.equals(arrow_schema(EnrichedReading), check_metadata=True)
        each.rows.validate(full=True)
    return [body for each in made for body in encode_columns(each.rows, EnrichedReading)]


def joined(enrich: Enrich, *log: Measured) -> list[EnrichedReading]:
    return [decode(body, EnrichedReading) for body in bodies(enrich, log)]


def learn(enrich: Enrich, *told: Told) -> None:
    for each in news(told):
        enrich.learn(each)


def measured(at: int = NOW, *readings: Any, logged_at: int | None = None, **more: Any) -> Measured:
    return Measured(
        event(at, *readings, **more), 0, at + SECOND if logged_at is None else logged_at
    )


def told(said: Any, logged_at: int | None = None, offset: int = 0) -> Told:
    return Told(said, offset, said.at if logged_at is None else logged_at)


def parts(log: Sequence[Measured], cuts: Cuts) -> Iterator[Sequence[Measured]]:
    bounds = sorted({0, len(log), *(cut % (len(log) + 1) for cut in cuts)})
    for begin, end in pairwise(bounds):
        yield log[begin:end]


def live(enrich: Enrich, log: Sequence[Measured], side: Sequence[Told], cuts: Cuts) -> list[bytes]:
    """As it runs: before each batch just so much is learnt that nothing it needs is missing."""
    sent, heard = list[bytes](), 0
    for part in parts(log, cuts):
        until = part[-1].logged_at - SECOND
        ready = [each for each in side[heard:] if each.logged_at <= until]
        heard += len(ready)
        learn(enrich, *ready)
        sent += bodies(enrich, part)
    return sent


def rounded(made: EnrichedReading) -> EnrichedReading:
    """NumPy's logarithm may differ from Python's in the last bit."""
    dew = made.dew_point_c
    return replace(made, dew_point_c=None if dew is None else round(dew, 9))


@settings(deadline=None, max_examples=150)
@given(log=logs(), side=tellings(), cuts=st.lists(st.integers(0, 25), max_size=4), early=st.data())
def test_agrees_with_the_plain_join_wherever_batches_are_cut_and_however_early_it_learns(
    sites: SiteSettings, log: list[Measured], side: list[Told], cuts: Cuts, early: st.DataObject
) -> None:
    enrich, plain = Enrich(sites, EnrichSettings()), PlainEnrich(BOOK, side)
    expected = [made for made in map(plain, log) if made]
    learn(enrich, *side[: early.draw(st.integers(0, len(side)))])
    sent = live(enrich, log, side, cuts)
    made = [decode(body, EnrichedReading) for body in sent]
    assert [rounded(each) for each in expected] == [rounded(each) for each in made]


@settings(deadline=None, max_examples=100)
@given(log=logs(), side=tellings(), cuts=st.lists(st.integers(0, 25), max_size=4))
def test_a_replay_that_has_learnt_everything_gives_the_same_bytes(
    sites: SiteSettings, log: list[Measured], side: list[Told], cuts: Cuts
) -> None:
    replay = Enrich(sites, EnrichSettings())
    learn(replay, *side)
    again = bodies(replay, log)
    assert again == live(Enrich(sites, EnrichSettings()), log, side, cuts)


def test_a_reading_is_joined_with_the_weather_and_the_setpoint_of_its_time(enrich: Enrich) -> None:
    learn(enrich, told(weather(NOW - 10 * MINUTE)), told(report(NOW - MINUTE)))
    readings = (read(24.0), read(45.0, "humidity"), read(31.0, "it_power", unit="kW"))
    [made] = joined(enrich, measured(NOW, *readings))
    assert ("tower", "room-1", "one", NOW) == (made.site, made.device, made.room, made.at)
    assert (24.0, 45.0, 31.0) == (
        made.indoor_temperature_c,
        made.indoor_humidity_percent,
        made.it_power_kw,
    )
    assert Quality.GOOD == made.quality
    assert 11.3 == pytest.approx(made.dew_point_c, abs=0.05)
    assert (10.0, 70.0, 7) == (
        made.outdoor_temperature_c,
        made.outdoor_humidity_percent,
        made.weather_state,
    )
    assert (600.0, False) == (made.weather_age_s, made.weather_stale)
    assert (22.0, 60.0) == (made.setpoint_c, made.setpoint_age_s)


def test_event_time_decides_and_not_the_order_of_arrival(enrich: Enrich) -> None:
    early, late = weather(NOW - HOUR, temperature_c=1.0), weather(NOW, temperature_c=2.0)
    learn(enrich, told(early, NOW - HOUR), told(late, NOW))
    made = joined(enrich, measured(NOW - MINUTE, logged_at=NOW + HOUR), measured(NOW))
    assert [1.0, 2.0] == [each.outdoor_temperature_c for each in made]


def test_late_weather_corrects_nothing(enrich: Enrich) -> None:
    known, late = weather(NOW - 20 * MINUTE, temperature_c=1.0), weather(NOW, temperature_c=2.0)
    learn(enrich, told(known))
    reading = measured(NOW, logged_at=NOW + 500)
    before = bodies(enrich, [reading])
    learn(enrich, told(late, NOW + MINUTE))
    assert before == bodies(enrich, [reading])
    [after] = joined(enrich, measured(NOW, logged_at=NOW + MINUTE + SECOND))
    assert 2.0 == after.outdoor_temperature_c


def test_what_was_logged_within_a_second_of_the_reading_is_not_yet_known(enrich: Enrich) -> None:
    learn(enrich, told(weather(NOW), NOW + 1))
    made = joined(enrich, measured(logged_at=NOW + SECOND), measured(logged_at=NOW + SECOND + 1))
    assert [None, 10.0] == [each.outdoor_temperature_c for each in made]


def test_of_two_words_on_one_moment_the_later_counts(enrich: Enrich) -> None:
    learn(
        enrich,
        told(weather(temperature_c=1.0), NOW - 2, 1),
        told(weather(temperature_c=2.0), NOW - 1, 2),
        told(weather(temperature_c=3.0), NOW - 1, 3),
    )
    assert [3.0] == [each.outdoor_temperature_c for each in joined(enrich, measured())]


def test_weather_of_another_site_is_not_taken(enrich: Enrich) -> None:
    learn(enrich, told(weather(site="annex")), told(weather(site="nowhere")))
    [made] = joined(enrich, measured())
    assert (None, 0, None, True) == (
        made.outdoor_temperature_c,
        made.weather_state,
        made.weather_age_s,
        made.weather_stale,
    )
    assert {"site": 1} == enrich.ignored


def test_old_weather_is_given_and_called_stale(enrich: Enrich) -> None:
    learn(enrich, told(weather(NOW)))
    made = joined(enrich, measured(NOW + 30 * MINUTE), measured(NOW + 30 * MINUTE + 1))
    assert [10.0, 10.0] == [each.outdoor_temperature_c for each in made]
    assert [(1800.0, False), (1800.001, True)] == [(m.weather_age_s, m.weather_stale) for m in made]


def test_what_is_more_than_a_day_old_does_not_count(enrich: Enrich) -> None:
    learn(enrich, told(weather(NOW), NOW), told(report(NOW), NOW), told(report(NOW - DAY), NOW))
    last, over = measured(NOW, logged_at=NOW + DAY), measured(NOW, logged_at=NOW + DAY + 1)
    assert [22.0, None] == [each.setpoint_c for each in joined(enrich, last, over)]
    assert [10.0, None] == [each.outdoor_temperature_c for each in joined(enrich, last, over)]


def test_a_setpoint_that_was_reported_late_counts_for_a_day_from_its_own_time(
    enrich: Enrich,
) -> None:
    learn(enrich, told(report(NOW - DAY), NOW))
    made = joined(enrich, measured(NOW), measured(NOW + 1))
    assert [(22.0, 86_400.0), (None, None)] == [(m.setpoint_c, m.setpoint_age_s) for m in made]


def test_a_clock_that_is_ahead_finds_what_had_been_heard(enrich: Enrich) -> None:
    ahead = NOW + HOUR
    learn(enrich, told(weather(NOW)), told(weather(ahead, temperature_c=1.0), NOW + MINUTE))
    skewed = measured(ahead, read(24.0, quality=Quality.CLOCK_SKEW), logged_at=NOW + SECOND)
    [made] = joined(enrich, skewed)
    assert (10.0, True) == (made.outdoor_temperature_c, made.weather_stale)


@pytest.mark.parametrize(
    ("readings", "quality"),
    [
        ((read(24.0), read(45.0, "humidity")), Quality.GOOD),
        ((read(24.0),), Quality.MISSING),
        ((read(24.0), read(None, "humidity", quality=Quality.MISSING)), Quality.MISSING),
        ((read(24.0, quality=Quality.STUCK), read(45.0, "humidity")), Quality.STUCK),
        (
            (
                read(99.0, quality=Quality.OUT_OF_RANGE),
                read(9.0, "humidity", quality=Quality.STUCK),
            ),
            Quality.OUT_OF_RANGE,
        ),
        ((read("warm"), read(45.0, "humidity")), Quality.MISSING),
        ((read(float("nan")), read(45.0, "humidity")), Quality.MISSING),
    ],
)
def test_the_worst_quality_of_temperature_and_humidity_is_the_room_s(
    enrich: Enrich, readings: Any, quality: Quality
) -> None:
    assert [quality] == [each.quality for each in joined(enrich, measured(NOW, *readings))]


@pytest.mark.parametrize("humidity", [0.0, -1.0, 101.0, None])
def test_without_humidity_there_is_no_dew_point(enrich: Enrich, humidity: float | None) -> None:
    made = joined(enrich, measured(NOW, read(24.0), read(humidity, "humidity")))
    assert [(None, humidity)] == [(m.dew_point_c, m.indoor_humidity_percent) for m in made]


@pytest.mark.parametrize("celsius", [1e300, -1e300, 999.0, -243.04])
def test_an_absurd_temperature_passes_with_its_quality(enrich: Enrich, celsius: float) -> None:
    absurd = read(celsius, quality=Quality.OUT_OF_RANGE)
    [made] = joined(enrich, measured(NOW, absurd, read(45.0, "humidity")))
    assert (celsius, None, Quality.OUT_OF_RANGE) == (
        made.indoor_temperature_c,
        made.dew_point_c,
        made.quality,
    )


def test_other_units_are_converted_and_what_is_no_temperature_is_missing(enrich: Enrich) -> None:
    warm, moist = read(77.0, unit="[degF]"), read(45.0, "humidity", unit="%")
    power = read(500.0, "it_power", unit="W")
    wrong = read(24.0, unit="kW"), moist
    made = joined(enrich, measured(NOW, warm, moist, power), measured(NOW, *wrong))
    assert [25.0, None] == [each.indoor_temperature_c for each in made]
    assert [0.5, None] == [each.it_power_kw for each in made]
    assert [Quality.GOOD, Quality.MISSING] == [each.quality for each in made]


def test_power_that_is_not_good_is_not_known(enrich: Enrich) -> None:
    spike = read(9e9, "it_power", quality=Quality.OUT_OF_RANGE)
    assert [None] == [each.it_power_kw for each in joined(enrich, measured(NOW, read(1.0), spike))]


@pytest.mark.parametrize("setpoint", [4.9, 40.1, float("nan"), float("inf"), -float("inf")])
def test_an_impossible_setpoint_is_ignored(enrich: Enrich, setpoint: float) -> None:
    absurd = report(NOW, setpoint_c=setpoint)
    learn(enrich, told(report(NOW - MINUTE), offset=1), told(absurd, offset=2))
    assert [22.0] == [each.setpoint_c for each in joined(enrich, measured())]
    assert {"value": 1} == enrich.ignored


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature_c": -90.1},
        {"temperature_c": 60.1},
        {"temperature_c": float("nan")},
        {"humidity_percent": 100.1},
        {"humidity_percent": float("nan")},
        {"weather_state": 10},
        {"at": -(2**63)},
        {"at": 2**63 - 1},
    ],
)
def test_absurd_weather_is_ignored(enrich: Enrich, changes: dict[str, Any]) -> None:
    learn(enrich, told(replace(weather(), **changes), NOW))
    assert [None] == [each.outdoor_temperature_c for each in joined(enrich, measured())]
    assert ({"value": 1}, 0) == (enrich.ignored, enrich.entries)


def test_a_report_without_a_setpoint_changes_none(enrich: Enrich) -> None:
    silent = report(NOW, setpoint_c=None, power_kw=12.0)
    learn(enrich, told(report(NOW - MINUTE), offset=1), told(silent, offset=2))
    assert [22.0] == [each.setpoint_c for each in joined(enrich, measured())]


def test_a_report_of_no_room_s_air_conditioner_is_ignored(enrich: Enrich) -> None:
    learn(enrich, told(report(device="room-1")), told(report(site="annex")))
    assert ({"device": 2}, 0) == (enrich.ignored, enrich.entries)


def test_a_room_without_air_conditioner_has_no_setpoint(enrich: Enrich) -> None:
    learn(enrich, told(report()))
    made = joined(enrich, measured(NOW, site="annex"))
    assert [("annex", None)] == [(each.site, each.setpoint_c) for each in made]


def test_what_is_no_room_is_passed_over(enrich: Enrich) -> None:
    assert [] == enrich(
        batch([measured(device="air-1"), measured(site="farm"), measured(site="x")])
    )


def test_an_empty_batch_gives_nothing(enrich: Enrich) -> None:
    assert [] == enrich(batch([]))


def test_no_origin_is_a_mistake(enrich: Enrich) -> None:
    with pytest.raises(ValueError, match="origin"):
        enrich(Columns(record=AcceptedTelemetry, rows=batch([measured()]).rows))
    with pytest.raises(ValueError, match="origin"):
        enrich.learn(Records(record=type(weather()), rows=[weather()]))


def test_a_slice_of_a_larger_batch_is_enriched_like_any_other(enrich: Enrich) -> None:
    log = [measured(NOW + n, read(20.0 + n), read("a", "note")) for n in range(4)]
    whole, part = batch(log), batch(log[1:3])
    sliced = Columns(record=AcceptedTelemetry, rows=whole.rows.slice(1, 2), origin=part.origin)
    assert enrich(part)[0].rows.equals(enrich(sliced)[0].rows)


def test_only_a_day_is_remembered(enrich: Enrich) -> None:
    hourly = [told(report(NOW + n * HOUR), offset=n) for n in range(100)]
    learn(enrich, *hourly)
    joined(enrich, measured(NOW + 99 * HOUR, device="air-1"))
    assert 25 == enrich.entries


def test_no_more_is_remembered_than_allowed_and_the_newest_is(sites: SiteSettings) -> None:
    enrich = Enrich(sites, EnrichSettings(remembered_per_source=100))
    learn(
        enrich, *[told(report(NOW + n, setpoint_c=20.0 + n / 1000), offset=n) for n in range(999)]
    )
    assert 80 <= enrich.entries <= 100
    assert [20.998] == [m.setpoint_c for m in joined(enrich, measured(NOW + 999 + SECOND))]


def test_what_comes_again_is_remembered_once(enrich: Enrich) -> None:
    for _ in range(3):
        learn(enrich, told(weather()), told(report()))
    assert 2 == enrich.entries
