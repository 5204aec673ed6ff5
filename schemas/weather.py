"""The records of weather: what a provider observed at a site, and how each poll of it ended."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherObserved:
    """The weather at a site, as a provider observed it."""

    site: Annotated[str, "Site that it holds for."]
    at: Annotated[int, "When it was observed, as the provider says, epoch milliseconds UTC."]
    fetched_at: Annotated[int, "When it was fetched, epoch milliseconds UTC."]
    provider: Annotated[str, "Who observed it, e.g. openweathermap, replay."]
    temperature_c: Annotated[float, "Air temperature outdoors, degrees Celsius."]
    humidity_percent: Annotated[float, "Relative humidity outdoors, 0 to 100."]
    pressure_hpa: Annotated[float | None, "Air pressure; null if the provider does not say."] = None
    condition_code: Annotated[int | None, "OpenWeatherMap's code of the condition, e.g. 500."] = (
        None
    )
    weather_state: Annotated[int, "Kind of weather, 1 to 9 as models.weather.state; 0 unknown."] = 0


class PollOutcome(StrEnum):
    """How a poll of a weather provider ended."""

    OBSERVED = "observed"
    UNCHANGED = "unchanged"
    UNAVAILABLE = "unavailable"
    LIMITED = "limited"
    REFUSED = "refused"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherPoll:
    """One call to a weather provider."""

    site: Annotated[str, "Site that was asked for."]
    at: Annotated[int, "When it was called, epoch milliseconds UTC."]
    provider: Annotated[str, "Who was asked."]
    outcome: Annotated[PollOutcome, "How it ended."]
    detail: Annotated[str, "What exactly was wrong, at most 500 characters; empty if nothing."] = ""
    calls_today: Annotated[int, "Calls for this site in the 24 hours up to this one."]
