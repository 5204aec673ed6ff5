from dataclasses import replace

import numpy as np
import pytest

from connectors.server_load import IDLE, STEP_S, server_load
from connectors.server_room import FIXED_C, REPORT_EVERY_S, ServerRoom
from models.sites import Room
from schemas.records import Telemetry
from schemas.shadows import CommandState, DeviceCommand, DeviceReport
from schemas.weather import WeatherObserved
from tests.models.energy_records import command

START_MS = 1_760_000_040_000
DAY_STEPS = 86_400 // STEP_S

WEATHER = WeatherObserved(
    site="s", at=0, fetched_at=0, provider="p", temperature_c=25.0, humidity_percent=50.0
)
SENT = command(START_MS, site="s", device="aircon", version=1, client_token="token", desired_c=24.0)


def room(seed: int = 1) -> ServerRoom:
    book = Room(sensor="sensor", air_conditioner="aircon", rated_it_kw=60)
    return ServerRoom("s", "tower", book, server_load(), np.random.default_rng(seed))


def run(of: ServerRoom, steps: int, first: int = 1) -> list[Telemetry | DeviceReport]:
    times = [START_MS + number * STEP_S * 1000 for number in range(first, first + steps)]
    return [record for at in times for record in of.step(at, WEATHER)]


def test_the_load_is_of_whole_days_and_between_idle_and_full() -> None:
    loads = server_load()

    assert 0 == len(loads) % DAY_STEPS
    assert IDLE < loads.min()
    assert loads.max() < 1


def test_a_sensor_sends_at_each_step_and_the_air_conditioner_once_a_minute() -> None:
    records = run(room(), 60)

    assert 60 == sum(isinstance(each, Telemetry) for each in records)
    reports = [each for each in records if isinstance(each, DeviceReport)]
    assert 60 * STEP_S // REPORT_EVERY_S == len(reports)
    assert {FIXED_C} == {each.setpoint_c for each in reports}


def test_the_same_room_sends_the_same_again() -> None:
    assert run(room(), 30) == run(room(), 30)
    assert run(room(), 30) != run(room(seed=2), 30)


def test_a_command_is_obeyed_and_answered_with_its_version_and_token() -> None:
    tower = room()

    answer = tower.obey(SENT, START_MS)

    assert answer is not None
    assert (24.0, 1, "token") == (answer.setpoint_c, answer.version, answer.client_token)
    assert (24.0, 1) == (tower.setpoint_c, tower.obeyed)


@pytest.mark.parametrize(
    "command",
    [
        replace(SENT, state=CommandState.PROPOSED),
        replace(SENT, state=CommandState.SUPERSEDED),
        replace(SENT, expires_at=START_MS),
    ],
    ids=["dry run", "superseded", "too late"],
)
def test_what_is_not_to_be_done_is_not_done(command: DeviceCommand) -> None:
    tower = room()

    assert tower.obey(command, START_MS) is None
    assert tower.setpoint_c == FIXED_C


def test_an_old_command_that_comes_again_moves_nothing() -> None:
    tower = room()
    tower.obey(replace(SENT, version=2), START_MS)

    assert tower.obey(replace(SENT, desired_c=26.0), START_MS) is None
    assert tower.setpoint_c == SENT.desired_c


def test_a_higher_setpoint_takes_less_energy_than_the_twin_and_warms_the_inlet() -> None:
    tower, still = room(), room()
    tower.obey(SENT, START_MS)
    run(tower, 720)
    run(still, 720)

    assert tower.hvac_kwh < tower.fixed_hvac_kwh
    assert still.hvac_kwh == pytest.approx(still.fixed_hvac_kwh)
    assert tower.moments[-1].inlet_c > still.moments[-1].inlet_c
