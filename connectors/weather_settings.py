"""Settings of the weather: who is asked for it, and how often."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr, model_validator

from connectors.weather_replay import Climate

OPEN_WEATHER_MAP = "https://api.openweathermap.org/data/2.5"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class WeatherSettings(BaseModel):
    """Where the weather comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    provider: Literal["none", "replay", "openweathermap"] = "none"
    """With none every recommendation is the fallback; replay is for trying things out."""

    interval_s: float = Field(600.0, ge=0.1, le=86_400)
    """How often each site is asked for. OpenWeatherMap has something new every 10 minutes."""

    calls_per_day: int = Field(144, ge=1, le=1_000_000)
    """Most calls for a site in any 24 hours, repeated ones among them."""

    api_key: SecretStr | None = None
    base_url: str = Field(OPEN_WEATHER_MAP, max_length=500)
    """Where OpenWeatherMap's ``weather`` is. Only on this machine may it be plain http."""

    timeout_s: float = Field(5.0, gt=0, le=60)

    climate: Climate = Climate.NEW_YORK
    """Which typical year is replayed."""

    replay_file: FilePath | None = None
    """Instead, a file of your own, like those that are shipped."""

    replay_shift_h: float = Field(0.0, ge=-8760, le=8760)
    """How far the replay is ahead of the calendar, at ``replay_begin_ms``."""

    replay_speed: float = Field(1.0, gt=0, le=100_000)
    """How many times as fast as ours its time runs, from ``replay_begin_ms`` on."""

    replay_begin_ms: int = Field(0, ge=0, lt=4_102_444_800_000)
    """Epoch milliseconds."""

    @model_validator(mode="after")
    def _provider_has_what_it_needs(self) -> Self:
        if self.provider == "openweathermap":
            self._check_key()
            self._check_url()
        return self

    def _check_key(self) -> None:
        key = self.api_key.get_secret_value() if self.api_key else ""
        if not (key.isascii() and key.isalnum()):
            raise ValueError("api_key: openweathermap needs one, of letters and digits")

    def _check_url(self) -> None:
        try:
            url = urlsplit(self.base_url)
            host, _ = url.hostname, url.port
        except ValueError:
            raise ValueError("base_url is no URL") from None
        if url.scheme not in ("https", "http") or not host or url.query or url.fragment:
            raise ValueError("base_url must be like https://api.example/data/2.5")
        if url.username is not None or (url.scheme == "http" and host not in LOOPBACK):
            raise ValueError("base_url must be https, and name no user: the key goes there")
