"""What is simulated: climates, weeks, loads and stresses, and the policies under each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.evaluation.building import YEAR
from tests.evaluation.faults import (
    FROM_MIN,
    Drift,
    Fault,
    Late,
    Stuck,
    WeatherOutage,
    drop_out,
    none,
)
from tests.evaluation.loads import LOADS, Load, with_full_hours

DAYS = 8
"""The first of them to settle, the others count."""

DAY_MIN = 1440
HEAT_WAVE_C = 8.0
DERATED = 0.55
STEP_FROM_MIN, STEP_MIN = FROM_MIN + 720, 360

STATIC_C = (18.0, 22.0, 24.0)
RULES = ("outdoor_reset", "reactive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommender:
    """What the agent is set to."""

    models: tuple[str, ...]
    experience: bool = True


RECOMMENDERS = {
    "engawa": Recommender(models=("energy-load", "energy")),
    "engawa_v1": Recommender(models=("energy",)),
    "model_alone": Recommender(models=("energy-load",), experience=False),
}
BEST, PLANNER, CAUSAL = "best_static", "planner", "planner_without_foresight"
ENGAWA, NO_STRESS = "engawa", "none"
STRESSED_POLICIES = (*RULES, ENGAWA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """A week of a typical year somewhere."""

    weather: str
    """Part of the weather file's name."""

    first: date
    other: bool = False
    """Whether it has the other ones of the loads."""


DEVELOPMENT, HELD_BACK = "development", "held-back"
GROUNDS = {
    DEVELOPMENT: {
        "tucson summer": Climate(weather="Davis-Monthan", first=date(YEAR, 7, 8)),
        "tucson winter": Climate(weather="Davis-Monthan", first=date(YEAR, 1, 8)),
        "new york summer": Climate(weather="New.York-J.F.Kennedy", first=date(YEAR, 7, 8)),
        "new york spring": Climate(weather="New.York-J.F.Kennedy", first=date(YEAR, 4, 8)),
        "san francisco summer": Climate(weather="San.Francisco", first=date(YEAR, 7, 8)),
        "san francisco winter": Climate(weather="San.Francisco", first=date(YEAR, 1, 8)),
        # judged an earlier state of the recommender, and has been looked at since
        "tokyo summer": Climate(weather="Tokyo", first=date(YEAR, 8, 5), other=True),
        "tokyo spring": Climate(weather="Tokyo", first=date(YEAR, 4, 8), other=True),
        "helsinki summer": Climate(weather="Helsinki", first=date(YEAR, 6, 17), other=True),
        "helsinki winter": Climate(weather="Helsinki", first=date(YEAR, 2, 4), other=True),
        "lisbon autumn": Climate(weather="Lisboa", first=date(YEAR, 10, 7), other=True),
        "lisbon winter": Climate(weather="Lisboa", first=date(YEAR, 1, 14), other=True),
    },
    HELD_BACK: {
        "stockholm summer": Climate(weather="Arlanda", first=date(YEAR, 7, 1), other=True),
        "stockholm autumn": Climate(weather="Arlanda", first=date(YEAR, 11, 4), other=True),
        "granada spring": Climate(weather="Granada", first=date(YEAR, 5, 6), other=True),
        "granada summer": Climate(weather="Granada", first=date(YEAR, 8, 19), other=True),
        "sydney summer": Climate(weather="Sydney", first=date(YEAR, 1, 21), other=True),
        "sydney winter": Climate(weather="Sydney", first=date(YEAR, 6, 10), other=True),
    },
}
"""None of these places is among those that the shipped models were trained on. How models did on
the development ground was seen while they were made; the held-back one judges them once they are,
with other loads too."""

CLIMATES = {name: each for ground in GROUNDS.values() for name, each in ground.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """What is made worse than usual."""

    fault: Callable[[], Fault] = lambda: none
    capacity: float = 1.0
    hotter_c: float = 0.0
    full_hours: bool = False


STRESSES = {
    NO_STRESS: Stress(),
    "derated": Stress(capacity=DERATED),
    "load step": Stress(full_hours=True),
    "stuck sensor": Stress(fault=Stuck),
    "drift +2": Stress(fault=lambda: Drift(2.0)),
    "drift -2": Stress(fault=lambda: Drift(-2.0)),
    "drop-out": Stress(fault=lambda: drop_out),
    "weather outage": Stress(fault=WeatherOutage),
    "heat wave": Stress(hotter_c=HEAT_WAVE_C),
    "late data": Stress(fault=Late),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where, with which load, under which stress."""

    climate: str
    load: str
    stress: str = NO_STRESS
    days: int = DAYS
    gain_c: float

    @property
    def shares(self) -> Load:
        """The load by the minute."""
        minutes = self.days * DAY_MIN
        load = LOADS[self.load](minutes, other=CLIMATES[self.climate].other)
        if STRESSES[self.stress].full_hours:
            return with_full_hours(load, STEP_FROM_MIN, STEP_MIN)
        return load


STRESSED = {
    DEVELOPMENT: ("new york summer", "day and night"),
    HELD_BACK: ("granada summer", "day and night"),
}
QUICK_CLIMATE, QUICK_LOADS, QUICK_DAYS = "new york spring", ("flat", "rapid"), 2


def calm(ground: str, *, quick: bool, gain_c: float) -> list[Case]:
    """Every climate of a ground with every load, without stress."""
    if quick:
        return [
            Case(climate=QUICK_CLIMATE, load=load, days=QUICK_DAYS, gain_c=gain_c)
            for load in QUICK_LOADS
        ]
    return [
        Case(climate=climate, load=load, gain_c=gain_c)
        for climate in GROUNDS[ground]
        for load in LOADS
    ]


def stressed(ground: str, gain_c: float) -> Iterator[Case]:
    """One climate and load of a ground under every stress."""
    climate, load = STRESSED[ground]
    for stress in STRESSES:
        if stress != NO_STRESS:
            yield Case(climate=climate, load=load, stress=stress, gain_c=gain_c)
