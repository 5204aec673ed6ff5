"""What gives the weather, whoever it is: one protocol, and the ways in which an answer fails."""

from typing import Protocol

from connectors.outcome import RefusedError, UnavailableError
from schemas.weather import WeatherObserved


class LimitedError(UnavailableError):
    """Wait: it was asked too often."""


class MalformedError(RefusedError):
    """Set aside: its answer makes no sense."""


class WeatherProvider(Protocol):
    """Gives the weather at a place."""

    @property
    def name(self) -> str:
        """What it is called in records."""

    def observe(self, site: str, latitude: float, longitude: float, now_ms: int) -> WeatherObserved:
        """The weather as it was observed last, in one call; ``now_ms`` is epoch milliseconds.

        It blocks, but not for long. Whether the values can be believed is for the caller to
        judge; whether they are of this place only the provider knows. No message holds a secret.

        Raises:
            LimitedError: it was asked too often.
            UnavailableError: it cannot be reached, or cannot answer now.
            MalformedError: its answer makes no sense.
            RefusedError: it will not answer this, however often it is asked.

        """
