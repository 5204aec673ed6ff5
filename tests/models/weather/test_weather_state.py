import pytest

from models.weather.state import WeatherState, weather_state

# openweathermap.org/weather-conditions, every code that it lists
LISTED = {
    WeatherState.THUNDERSTORM: (200, 201, 202, 210, 211, 212, 221, 230, 231, 232),
    WeatherState.DRIZZLE: (300, 301, 302, 310, 311, 312, 313, 314, 321),
    WeatherState.RAIN: (500, 501, 502, 503, 504, 511, 520, 521, 522, 531),
    WeatherState.SNOW: (600, 601, 602, 611, 612, 613, 615, 616, 620, 621, 622),
    WeatherState.ATMOSPHERE: (711, 731, 741, 751, 761, 762, 771, 781),
    WeatherState.CLEAR: (800,),
    WeatherState.CLOUDS: (801, 802, 803, 804),
    WeatherState.MIST: (701,),
    WeatherState.HAZE: (721,),
}


@pytest.mark.parametrize(
    ("code", "state"), [(code, state) for state, codes in LISTED.items() for code in codes]
)
def test_every_listed_code_has_its_state(code: int, state: WeatherState) -> None:
    assert state is weather_state(code)


def test_states_have_the_numbers_that_models_were_trained_with() -> None:
    names = "unknown thunderstorm drizzle rain snow atmosphere clear clouds mist haze"

    assert names == " ".join(state.name.lower() for state in sorted(WeatherState))
    assert list(range(10)) == sorted(WeatherState)


@pytest.mark.parametrize("code", [None, -500, 0, 1, 199, 400, 499, 810, 900, 962, 5000])
def test_a_code_of_no_group_is_unknown(code: int | None) -> None:
    assert WeatherState.UNKNOWN is weather_state(code)


def test_a_code_that_is_new_has_the_state_of_its_group() -> None:
    assert WeatherState.RAIN is weather_state(599)
    assert WeatherState.ATMOSPHERE is weather_state(702)
    assert WeatherState.CLOUDS is weather_state(809)
