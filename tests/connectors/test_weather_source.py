from pathlib import Path

import pytest

from connectors.open_weather_map import OpenWeatherMap
from connectors.weather_replay import Climate, WeatherFileError, WeatherReplay
from connectors.weather_settings import WeatherSettings
from connectors.weather_source import weather_source

KEY = "0123456789abcdef0123456789abcdef"


def test_nobody_is_asked_unless_it_is_said_who() -> None:
    assert None is weather_source(WeatherSettings())


def test_the_provider_is_the_one_that_is_named() -> None:
    named = {"provider": "openweathermap", "api_key": KEY}

    assert isinstance(weather_source(WeatherSettings.model_validate(named)), OpenWeatherMap)
    assert isinstance(weather_source(WeatherSettings(provider="replay")), WeatherReplay)


def test_a_file_of_ones_own_is_replayed_instead() -> None:
    replay = weather_source(WeatherSettings(provider="replay", replay_file=Climate.TAMPA.path))
    assert replay is not None

    assert 18.0 == replay.observe("g", 0.0, 0.0, 0).temperature_c


def test_a_file_that_is_no_year_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "year.csv.gz"
    path.write_bytes(b"")

    with pytest.raises(WeatherFileError):
        weather_source(WeatherSettings(provider="replay", replay_file=path))
