import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from agents.watch import Watch
from models.alarms.settings import AlarmSettings
from models.profiles import SHIPPED
from schemas.alarms import Level
from schemas.batch import Columns
from schemas.records import AcceptedTelemetry, Position
from tests.models.telemetry import MINUTE, NOW, PROFILES
from tests.models.watched_logs import batch, heard, levels, minutes, sent, told


class Bench:
    """A watch by some rules, in the profiles of the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "profiles.yaml").write_text(yaml.safe_dump(PROFILES.model_dump(mode="json")))

    def watch(self, **rules: Any) -> Watch:
        plain = {"resource": "temperature", "select": {"profile": "greenhouse"}}
        told = {name: plain | rule for name, rule in rules.items()}
        path = self.folder / "rules.yaml"
        path.write_text(yaml.safe_dump({"rules": told}))
        profiles_file = self.folder / "profiles.yaml"
        return Watch(AlarmSettings(rules_file=path, profiles_file=profiles_file))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_seven_values_go_through_the_levels_of_kapacitors_example(bench: Bench) -> None:
    """Kapacitor, AlertNode, "infoReset" (docs.influxdata.com/kapacitor/v1/reference/nodes)."""
    watch = bench.watch(
        cpu={
            "levels": {
                "info": {"above": 60, "reset_below": 50},
                "warning": {"above": 70, "reset_below": 60},
                "critical": {"above": 80, "reset_below": 70},
            }
        }
    )
    found = levels(heard(watch, *minutes(61, 73, 64, 85, 62, 56, 47)))
    # 64 and 56 leave the level as it is, so they are no news
    assert [
        (0, Level.INFO),
        (1, Level.WARNING),
        (3, Level.CRITICAL),
        (4, Level.INFO),
        (6, Level.OK),
    ] == found


def test_a_late_reading_does_not_make_a_level_last(bench: Bench) -> None:
    """ThingsBoard measures durations from a reading's time to the server's, so that a reading
    that comes late has lasted already (its alarm rules' DURATION condition)."""
    watch = bench.watch(heat={"levels": {"warning": {"above": 31}}, "on_delay_s": 600})
    hours_late = sent(NOW, 35, received_at=NOW + 300 * MINUTE)
    assert [] == heard(watch, hours_late)
    assert [] == heard(watch, sent(NOW + 5 * MINUTE, 35, received_at=NOW + 301 * MINUTE))
    assert [(10, Level.WARNING)] == levels(heard(watch, sent(NOW + 10 * MINUTE, 35)))


def test_nothing_is_told_again_after_a_restart(bench: Bench) -> None:
    """Kapacitor #744 and #1115 (alerts again after a restart), Home Assistant core #94857."""
    rule = {"levels": {"warning": {"above": 31}}}
    before, after = bench.watch(heat=rule), bench.watch(heat=rule)
    assert [(0, Level.WARNING)] == levels(heard(before, *minutes(35, 35)))
    after.load(before.save())
    assert [] == heard(after, *minutes(36, 35, start=2))
    [request] = heard(after, *minutes(30, start=4))
    assert ("farm/air-1/temperature/heat#2", NOW + 4 * MINUTE) == (request.request_id, request.at)


def test_a_value_that_swings_within_its_hysteresis_is_no_news(bench: Bench) -> None:
    """Home Assistant's threshold sensor: "hysteresis" (home-assistant.io/integrations)."""
    watch = bench.watch(heat={"levels": {"warning": {"above": 31}}, "deadband": 1})
    values = (31, 31.1, 30.5, 30, 31, 30.1, 29.9, 30.5, 31)
    assert [(1, Level.WARNING), (6, Level.OK)] == levels(heard(watch, *minutes(*values)))


def test_a_greenhouse_over_35_degrees_raises_an_alarm() -> None:
    """A farm pipeline that took more than 35 Cel for a broken sensor dropped such readings."""
    watch = Watch(AlarmSettings(profiles_file=SHIPPED))
    hot = [
        sent(NOW + n * 5 * MINUTE, 36.5, profile="farm.climate", received_at=NOW + n * 5 * MINUTE)
        for n in range(3)
    ]
    [request] = heard(watch, *hot)
    assert request.judgement
    assert (Level.WARNING, 36.5, 32.0) == (
        request.judgement.level,
        request.judgement.value,
        request.judgement.threshold,
    )


def test_a_judgement_says_what_decided_and_where_it_came_from(bench: Bench) -> None:
    watch = bench.watch(heat={"unit": "[degF]", "levels": {"warning": {"above": 86}}})
    place = Position(lat=52.0, lon=4.5)
    [request] = heard(watch, sent(NOW, 30.5, position=place, site="a/b"))
    assert ("a%2Fb/air-1/temperature/heat", "rules") == (request.alarm, request.by)
    names = ("value", "threshold", "unit", "since", "position", "profile", "seen_at", "number")
    [found] = told([request], *names)
    assert (30.5, pytest.approx(30.0), "Cel", NOW, place, "greenhouse", NOW + 1000, 1) == found


def test_rules_that_change_over_a_restart_leave_no_alarm_behind(bench: Bench) -> None:
    before = bench.watch(heat={"levels": {"warning": {"above": 31}}})
    heard(before, *minutes(35))
    after = bench.watch(cold={"levels": {"warning": {"below": 5}}})
    after.load(before.save())
    assert [("farm/air-1/temperature/heat", Level.OK)] == [
        (r.alarm, r.judgement.level) for r in heard(after, *minutes(35, start=1)) if r.judgement
    ]


def test_memory_of_another_version_is_refused(bench: Bench) -> None:
    watch = bench.watch(heat={"levels": {"warning": {"above": 31}}})
    arrays = dict(np.load(io.BytesIO(watch.save())))
    header = arrays["header"].tobytes().replace(b'"version": 1', b'"version": 7')
    target = io.BytesIO()
    np.savez(target, **arrays | {"header": np.frombuffer(header, np.uint8)})
    with pytest.raises(ValueError, match="saved by version 7, this is version 1"):
        watch.load(target.getvalue())


def test_an_empty_batch_gives_nothing(bench: Bench) -> None:
    assert [] == heard(bench.watch(heat={"levels": {"warning": {"above": 31}}}))


def test_a_batch_without_an_origin_is_a_mistake(bench: Bench) -> None:
    watch = bench.watch(heat={"levels": {"warning": {"above": 31}}})
    rows = batch([(sent(NOW, 20), NOW)]).rows
    with pytest.raises(ValueError, match="origin"):
        watch(Columns(record=AcceptedTelemetry, rows=rows))


def test_what_is_remembered_stays_within_its_bound(bench: Bench) -> None:
    bench.watch(heat={"levels": {"warning": {"above": 31}}})
    settings = AlarmSettings(
        rules_file=bench.folder / "rules.yaml",
        profiles_file=bench.folder / "profiles.yaml",
        remembered_conditions=1000,
    )
    watch = Watch(settings)
    first = heard(watch, sent(NOW, 35, device="hot"))
    for start in range(1, 5000, 100):
        heard(watch, *[sent(NOW + n, 20, device=f"d{n}") for n in range(start, start + 100)])
        assert watch.entries <= 1000
    again = Watch(settings)
    again.load(watch.save())
    assert watch.entries == again.entries
    # what was wrong is the last to be forgotten
    assert [(Level.OK, 2)] == told(
        heard(watch, sent(NOW + 6000, 20, device="hot")), "level", "number"
    )
    assert 1 == len(first)
