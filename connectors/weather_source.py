"""Who gives the weather, by the settings."""

from connectors.weather_provider import WeatherProvider
from connectors.weather_replay import WeatherReplay, load_year
from connectors.weather_settings import WeatherSettings


def weather_source(settings: WeatherSettings) -> WeatherProvider | None:
    """The provider that is named; None if nobody is to be asked.

    Raises:
        WeatherFileError: what is to be replayed is no year of weather.

    """
    match settings.provider:
        case "openweathermap":
            # pyowm takes a fifth of a second to import, and few workers ever ask
            from connectors.open_weather_map import OpenWeatherMap  # noqa: PLC0415  # as above

            assert settings.api_key is not None  # the settings have seen to it
            return OpenWeatherMap(
                settings.api_key, url=settings.base_url, timeout_s=settings.timeout_s
            )
        case "replay":
            return WeatherReplay(
                load_year(settings.replay_file or settings.climate.path),
                shift_h=settings.replay_shift_h,
                speed=settings.replay_speed,
                begin_ms=settings.replay_begin_ms,
            )
        case "none":
            return None
