from typing import Any

import pytest
from pydantic import ValidationError

from connectors.weather_settings import WeatherSettings

KEY = "0123456789abcdef0123456789abcdef"


def settings(**changes: Any) -> WeatherSettings:
    return WeatherSettings.model_validate({"provider": "openweathermap", "api_key": KEY} | changes)


def test_one_poll_in_ten_minutes_makes_a_hundred_and_forty_four_a_day() -> None:
    assert (600.0, 144) == (WeatherSettings().interval_s, WeatherSettings().calls_per_day)


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/a", "http://[::1]/a", "http://localhost"])
def test_plain_http_is_for_this_machine(url: str) -> None:
    assert url == settings(base_url=url).base_url


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"api_key": None}, "api_key: openweathermap needs one"),
        ({"api_key": ""}, "api_key: openweathermap needs one"),
        ({"api_key": "s3cret&lat=0"}, "api_key: openweathermap needs one"),
        ({"base_url": "http://weather.example/data"}, "base_url must be https"),
        ({"base_url": "https://me:s3cret@weather.example"}, "base_url must be https"),
        ({"base_url": "https://weather.example?key=s3cret"}, "base_url must be like"),
        ({"base_url": "ftp://weather.example"}, "base_url must be like"),
        ({"base_url": "weather.example"}, "base_url must be like"),
        ({"base_url": "https://[weather"}, "base_url is no URL"),
        ({"base_url": "https://weather.example:port"}, "base_url is no URL"),
        ({"provider": "clouds"}, "provider"),
        ({"replay_speed": 0}, "replay_speed"),
        ({"interval_s": float("nan")}, "interval_s"),
        ({"calls_per_day": 0}, "calls_per_day"),
        ({"typo": 1}, "typo"),
    ],
)
def test_what_makes_no_sense_is_said(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**changes)

    assert said in str(caught.value)


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(settings())
    assert KEY not in settings().model_dump_json()
