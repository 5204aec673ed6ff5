from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from agents.recommend import Recommend
from models.energy.settings import EnergySettings
from models.energy.windows import pace
from schemas.energy import EnergyRecommendation, EnrichedReading, Reason
from schemas.records import Quality
from tests.agents.recommended import told
from tests.models.energy_models import ENERGY_LOAD, write_version
from tests.models.enriched import INTERVAL, START, batch, reading, site_book
from tests.models.plain_windows import plain_windows

MINUTE = 60_000


@st.composite
def logs(draw: st.DrawFn) -> list[EnrichedReading]:
    """Readings of two rooms: some lost, some late, some not as they should be."""
    rows = []
    for device in ("room-1", "room-2"):
        at = START
        for _ in range(draw(st.integers(0, 30))):
            at += draw(st.sampled_from([INTERVAL] * 8 + [2 * INTERVAL, 4 * INTERVAL, 12 * MINUTE]))
            late = draw(st.sampled_from([0] * 6 + [15_000, 40_000]))
            fields: dict[str, Any] = draw(
                st.sampled_from(
                    [{}] * 6
                    + [
                        {"weather_stale": True},
                        {"quality": Quality.SPIKE},
                        {"it_power_kw": None},
                        {"indoor_humidity_percent": None},
                        {"indoor_temperature_c": 99.0},
                        {"setpoint_c": None},
                        {"setpoint_c": 18.0},
                    ]
                )
            )
            warm = draw(st.sampled_from([19.0, 23.0, 26.5]))
            row = replace(
                reading(0, device=device, at=at), **({"indoor_temperature_c": warm} | fields)
            )
            rows.append((at + late, row))
    return [row for _, row in sorted(rows, key=lambda each: each[0])]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Recommend]:
    """Gives agents that know nothing, three in turn: to open their models takes a while."""
    folder = tmp_path_factory.mktemp("models")
    write_version(folder)
    write_version(folder, name="energy-load", columns=ENERGY_LOAD)
    energy = EnergySettings(shipped_folder=folder, models_folder=folder / "own")
    agents = cycle([Recommend(site_book(folder, "{}"), energy) for _ in range(3)])
    nothing = next(agents).save()

    def give() -> Recommend:
        agent = next(agents)
        agent.load(nothing)
        return agent

    return give


@settings_of_hypothesis(deadline=None)
@given(log=logs(), cuts=st.lists(st.integers(0, 60), max_size=4))
def test_wherever_batches_are_cut_and_workers_start_anew_all_is_the_same(
    fresh: Callable[[], Recommend], log: list[EnrichedReading], cuts: list[int]
) -> None:
    whole = fresh()
    expected, known = told(whole, log), whole.save()

    agent, found = fresh(), list[EnergyRecommendation]()
    edges = [0, *sorted(min(cut, len(log)) for cut in cuts), len(log)]
    for first, end in pairwise(edges):
        saved, agent = agent.save(), fresh()
        agent.load(saved)
        found += told(agent, log[first:end])
    assert expected == found
    assert known == agent.save()


@settings_of_hypothesis(deadline=None)
@given(log=logs())
def test_windows_and_reasons_are_those_of_the_plain_twin(
    fresh: Callable[[], Recommend], log: list[EnrichedReading]
) -> None:
    # logged at once, so that nobody falls silent
    found = list(fresh()(batch(log, [START] * len(log))))
    for device in ("room-1", "room-2"):
        rows = [row for row in log if row.device == device]
        by_time = {row.at: row for row in reversed(rows)}
        windows = plain_windows([row.at for row in rows], pace(EnergySettings()))
        expected = [
            (times[-1], times[0], *plain_verdict([by_time[at] for at in times], full=full))
            for times, full in windows
        ]
        assert expected == [
            (each.at, each.since, each.reason, each.model)
            for each in found
            if each.device == device
        ]


def plain_verdict(sets: Sequence[EnrichedReading], *, full: bool) -> tuple[Reason, str | None]:
    """The reason and the model, set by set."""
    if not full:
        return Reason.SETS_MISSING, None
    if any(each.quality not in (Quality.GOOD, Quality.MISSING) for each in sets):
        return Reason.SENSOR_SUSPECT, None
    dry = any(each.indoor_humidity_percent is None for each in sets)
    if any(each.weather_stale for each in sets):
        return (Reason.INPUT_MISSING if dry else Reason.WEATHER_STALE), None
    if dry:
        return Reason.INPUT_MISSING, None
    loaded = all(each.it_power_kw is not None and each.setpoint_c is not None for each in sets)
    model = "energy-load" if loaded else "energy"
    if any((each.indoor_temperature_c or 0.0) > 37 for each in sets):
        return Reason.INPUT_OUT_OF_RANGE, model
    return Reason.OK, model
