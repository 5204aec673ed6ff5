"""The evaluation's building: EnergyPlus' two-zone data centre, its servers' power made a schedule.

It is EnergyPlus' own example ``2ZoneDataCenterHVAC_wEconomizer_DX`` as Sinergym (MIT) publishes
it: two halves of servers, each with an economizer, evaporative pre-coolers and a DX coil.
"""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

Model = dict[str, Any]

ENGINE = "25.2"
STEPS_PER_HOUR = 60
"""The shortest step that EnergyPlus knows is a minute."""

WARM_UP_DAYS = 2
"""A hall's air forgets within hours; with six days the figures are the same."""

HEATING_C = 10.0
"""Far below every cooling setpoint: EnergyPlus gives up when the two cross."""

COOLING, LOAD, HEATING = (
    "Cooling Setpoints",
    "Data Center CPU Loading Schedule",
    "Heating Setpoints",
)
COILS = "Coil:Cooling:DX:SingleSpeed"
CAPACITY_W = {"East DX Cooling Coil": 159_919.0, "West DX Cooling Coil": 142_762.0}
"""What EnergyPlus sizes the coils to by the model's own design day, whatever the weather file."""

SERVERS = "ElectricEquipment:ITE:AirCooled"
RATED_IT_KW = 92.9
"""Both halves' servers at full load, as EnergyPlus reports: 200 W/m² of floor each."""

POWER, AIRFLOW = "Data Center Servers Power fLoadTemp", "Data Center Servers Airflow fLoadTemp"
YEAR = 2001
"""Any year without a 29 February, as typical years have none."""


def building(stock: Model, *, first: date, days: int, capacity: float = 1.0) -> Model:
    """The stock model for these days, changed only where its assumptions would mislead.

    Servers draw what the load schedule says, whatever the air's temperature: in the stock model
    their power and fans rise with it so steeply that cooling less looks harmful. ``capacity`` is
    the share of the coils' cooling that is there: 0.55 for a conditioner derated by 45 %.
    """
    model = deepcopy(stock)
    last = first + timedelta(days=days - 1)
    _set(model, "Version", version_identifier=ENGINE)
    _set(model, "Timestep", number_of_timesteps_per_hour=STEPS_PER_HOUR)
    _set(
        model,
        "Building",
        minimum_number_of_warmup_days=WARM_UP_DAYS,
        maximum_number_of_warmup_days=WARM_UP_DAYS,
    )
    _set(
        model,
        "RunPeriod",
        begin_month=first.month,
        begin_day_of_month=first.day,
        end_month=last.month,
        end_day_of_month=last.day,
        use_weather_file_daylight_saving_period="No",
    )
    _set(model, SERVERS, design_fan_power_input_fraction=0.0)
    _straighten(model["Curve:Biquadratic"][POWER], constant=0.0, load=1.0)
    _straighten(model["Curve:Biquadratic"][AIRFLOW], constant=1.0, load=0.0)
    for entry in model["Schedule:Compact"][HEATING]["data"]:
        if isinstance(entry["field"], float):
            entry["field"] = HEATING_C
    for coil, watts in CAPACITY_W.items():
        model[COILS][coil]["gross_rated_total_cooling_capacity"] = watts * capacity
    model.pop("Output:Table:SummaryReports", None)
    return model


def _set(model: Model, kind: str, **fields: object) -> None:
    for each in model[kind].values():
        each.update(fields)


def _straighten(curve: Model, *, constant: float, load: float) -> None:
    curve.update(
        coefficient1_constant=constant,
        coefficient2_x=load,
        coefficient3_x_2=0.0,
        coefficient4_y=0.0,
        coefficient5_y_2=0.0,
        coefficient6_x_y=0.0,
    )
