"""Readings for tests."""

from tests.evaluation.view import Reading, View, Weather

MILD = Weather(temperature_c=20.0, humidity_percent=50.0, state=6)


def reading(minute: int = 0, inlet_c: float = 25.0, weather: Weather = MILD) -> Reading:
    """A sound reading."""
    return Reading(
        at=minute * 60_000,
        inlet_c=inlet_c,
        humidity_percent=40.0,
        it_power_kw=50.0,
        weather=weather,
        setpoint_c=22.0,
        setpoint_age_s=0.0,
    )


def view(*readings: Reading, minute: int = 0, setpoint_c: float = 22.0) -> View:
    """What a policy is shown with these readings."""
    return View(minute=minute, now=minute * 60_000, setpoint_c=setpoint_c, readings=readings)
