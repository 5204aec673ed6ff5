from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from agents.recommend import Recommend
from models.energy.settings import EnergySettings
from models.sites import SiteSettings
from schemas.batch import Columns
from schemas.codec import UndecodableError
from schemas.energy import EnergyRecommendation, EnrichedReading, Reason
from schemas.records import Quality
from streams.shapes import gives, takes
from tests.agents.recommended import Make, one, told
from tests.models.energy_models import ENERGY_LOAD, KWH, linear, write_version
from tests.models.enriched import INTERVAL, START, reading, readings


def test_it_takes_enriched_readings_and_gives_recommendations() -> None:
    assert (Columns, EnrichedReading) == takes(Recommend)
    assert {EnergyRecommendation} == gives(Recommend)


def test_six_sets_make_a_recommendation(make: Make) -> None:
    made = one(make(), indoor_temperature_c=23.5)
    assert (
        EnergyRecommendation(
            recommendation_id=made.recommendation_id,
            site="gwangju",
            device="room-1",
            room="tower-1",
            air_conditioner="aircon-1",
            at=START + 5 * INTERVAL,
            since=START,
            sets=6,
            setpoint_c=23.5,
            raw_c=23.5,
            current_setpoint_c=22.0,
            reason=Reason.OK,
            model="energy",
            model_version=1,
            inputs_sha256=sha256(
                np.array([[60, 10, 50, 23.5, 6]] * 6, np.float32).tobytes()
            ).hexdigest(),
            expected_kwh=KWH * 60,
        )
        == made
    )


def test_changing_the_room_changes_the_recommendation(make: Make) -> None:
    agent = make()
    found = {one(agent, indoor_temperature_c=24.0, device="room-1").setpoint_c}
    found.add(one(agent, indoor_temperature_c=20.0, device="room-2").setpoint_c)
    assert {24.0, 20.0} == found


def test_every_input_reaches_the_model(make: Make) -> None:
    weights = {"ext_humidity": 0.1, "ext_temperature": 0.2, "indoor_humidity": 0.05}
    agent = make({"energy": {"weights": weights, "bias": 5.0}})
    assert 5 + 6 + 2 + 2.5 == one(agent).raw_c


def test_one_batch_is_one_run_of_a_model(make: Make) -> None:
    agent = make()
    [model] = agent.models()
    before = model.model.runs
    rooms = {"room-1": "gwangju", "room-2": "gwangju"}
    rows = [
        reading(number, device=device, site=site)
        for number in range(60)
        for device, site in rooms.items()
    ]
    assert 20 == len(told(agent, rows))
    assert before + 1 == model.model.runs
    assert [] == told(agent, readings(60, 5))
    assert before + 1 == model.model.runs


def test_the_preferred_model_decides_if_its_inputs_are_there(make: Make) -> None:
    agent = make(
        {"energy": {}, "energy-load": {"columns": ENERGY_LOAD, "weights": {}, "bias": 21.0}}
    )
    made = told(agent, [*readings(0, 6), *readings(6, 6, it_power_kw=None), *readings(12, 6)])
    assert [("energy-load", 21.0), ("energy", 24.0), ("energy-load", 21.0)] == [
        (each.model, each.raw_c) for each in made
    ]


def test_a_wrong_clock_moves_nothing(make: Make) -> None:
    wrong = reading(0, at=START + 10**12, quality=Quality.CLOCK_SKEW)
    [made] = told(make(), [*readings(0, 3), wrong, *readings(3, 3)])
    assert Reason.OK is made.reason


def test_rooms_that_are_in_no_book_are_passed_over(make: Make) -> None:
    agent = make()
    assert [] == told(agent, readings(0, 6, device="other"))
    assert [] == told(agent, readings(0, 6, site="nowhere"))
    assert 0 == agent.entries


def test_rooms_are_apart_though_their_devices_have_one_name(make: Make) -> None:
    rows = [*readings(0, 3), *readings(3, 3, site="tampa")]
    agent = make()
    assert [] == told(agent, rows)
    assert 6 == agent.entries


def test_an_empty_batch_gives_nothing(make: Make) -> None:
    assert [] == told(make(), [])


def test_its_limits_hold_whatever_the_model_says(make: Make) -> None:
    agent = make({"energy": {"weights": {}, "bias": 45.0}}, limits="{}")
    made = [each.setpoint_c for each in told(agent, readings(0, 6 * 16, setpoint_c=None))]
    assert [23.0] * 15 + [24.0] == made


@pytest.mark.parametrize("said", [float("nan"), float("inf"), -40.0, 120.0])
def test_an_impossible_setpoint_of_the_air_conditioner_counts_as_unknown(
    make: Make, said: float
) -> None:
    made = one(make(limits="{}"), setpoint_c=said)
    assert (None, 23.0) == (made.current_setpoint_c, made.setpoint_c)


def test_a_window_keeps_its_id(make: Make) -> None:
    first, again = one(make()), one(make({}))
    assert first.recommendation_id == again.recommendation_id
    ids = {each.recommendation_id for each in told(make({}), readings(0, 60))}
    assert 10 == len(ids)


def test_a_new_version_is_taken_at_the_next_tick(make: Make, tmp_path: Path) -> None:
    agent = make()
    assert 1 == one(agent).model_version
    write_version(tmp_path / "own", version=2, weights={}, bias=20.0)
    [made] = told(agent, readings(6, 6))
    assert 1 == made.model_version
    assert [] == list(agent.tick(START))
    [made] = told(agent, readings(12, 6))
    assert (2, 20.0) == (made.model_version, made.raw_c)


def test_a_bad_version_changes_nothing_and_is_named(make: Make, tmp_path: Path) -> None:
    agent = make()
    home = write_version(tmp_path / "own", version=2)
    (home / "model.onnx").write_bytes(linear({})[:-9])
    agent.tick(START)
    assert 1 == one(agent).model_version
    assert "SHA-256" in agent.models.refused["energy", 2]


def test_what_it_did_not_save_it_does_not_load(make: Make) -> None:
    with pytest.raises(UndecodableError):
        make().load(b"what?")


def test_rooms_that_left_the_book_are_forgotten(make: Make, tmp_path: Path) -> None:
    agent = make()
    told(agent, [*readings(0, 3), *readings(0, 3, device="room-2")])
    saved = agent.save()
    (tmp_path / "sites.yaml").write_text(
        "gwangju: {latitude: 0, longitude: 0, time_zone: UTC, rooms: "
        "{tower-1: {sensor: room-1, rated_it_kw: 60}}}"
    )
    energy = EnergySettings(shipped_folder=tmp_path / "shipped", models_folder=tmp_path / "own")
    other = Recommend(SiteSettings(sites_file=tmp_path / "sites.yaml"), energy)
    other.load(saved)
    assert 3 == other.entries
    assert 1 == len(told(other, readings(3, 3)))
