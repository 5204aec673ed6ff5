"""The stock building is changed only where it would mislead."""

from copy import deepcopy
from datetime import date

from tests.evaluation.building import AIRFLOW, CAPACITY_W, COILS, HEATING, POWER, Model, building

STOCK: Model = {
    "Version": {"Version 1": {"version_identifier": "25.1"}},
    "Timestep": {"Timestep 1": {"number_of_timesteps_per_hour": 4}},
    "Building": {"Hall": {"maximum_number_of_warmup_days": 30}},
    "RunPeriod": {"All": {"begin_month": 1, "end_month": 12}},
    "ElectricEquipment:ITE:AirCooled": {"West": {"design_fan_power_input_fraction": 0.4}},
    "Curve:Biquadratic": {
        POWER: {"coefficient1_constant": -1.0, "coefficient4_y": 0.06667},
        AIRFLOW: {"coefficient1_constant": -1.4, "coefficient4_y": 0.1},
    },
    "Schedule:Compact": {HEATING: {"data": [{"field": "Until: 24:00"}, {"field": 20.0}]}},
    COILS: {coil: {"gross_rated_total_cooling_capacity": "Autosize"} for coil in CAPACITY_W},
    "Output:Table:SummaryReports": {"All": {}},
}


def made(days: int = 7, capacity: float = 1.0) -> Model:
    return building(STOCK, first=date(2001, 1, 29), days=days, capacity=capacity)


def test_servers_draw_what_the_schedule_says_whatever_the_air_is_like() -> None:
    curve = made()["Curve:Biquadratic"][POWER]

    assert (0.0, 1.0, 0.0) == tuple(
        curve[name] for name in ("coefficient1_constant", "coefficient2_x", "coefficient4_y")
    )


def test_a_run_ends_after_its_days_also_in_the_next_month() -> None:
    period = made()["RunPeriod"]["All"]

    assert (1, 29, 2, 4) == tuple(
        period[f"{edge}_{of}"] for edge in ("begin", "end") for of in ("month", "day_of_month")
    )


def test_heating_never_meets_cooling() -> None:
    assert [{"field": "Until: 24:00"}, {"field": 10.0}] == made()["Schedule:Compact"][HEATING][
        "data"
    ]


def test_a_derated_coil_cools_less() -> None:
    full, derated = (
        made(capacity=share)[COILS]["West DX Cooling Coil"]["gross_rated_total_cooling_capacity"]
        for share in (1.0, 0.55)
    )

    assert 0.55 == derated / full


def test_the_stock_model_stays_as_it_is() -> None:
    before = deepcopy(STOCK)

    made()

    assert before == STOCK
