"""The weather from OpenWeatherMap, through pyowm: one call for one observation.

pyowm leaves open what a hostile network can do, so its session is bounded here: no retries of its
own, no redirects, no proxies from the environment, and a small answer in limited time.
"""

import logging
import time
from contextlib import closing
from copy import deepcopy
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from pyowm.commons import exceptions
from pyowm.owm import OWM
from pyowm.utils.config import get_default_config
from urllib3.exceptions import HTTPError

from connectors.outcome import RefusedError, UnavailableError
from connectors.weather_provider import LimitedError, MalformedError
from connectors.web_answer import seconds
from models.weather.plausible import APART_DEG, degrees_apart
from models.weather.state import weather_state
from schemas.weather import WeatherObserved

ANSWER_BYTES = 64 * 1024
"""An answer has about 600 bytes."""

ZERO_CELSIUS_K = 273.15

_CLIENT, _UNAUTHORIZED, _LIMITED, _SERVER = 400, 401, 429, 500
_REDIRECTS = range(300, 400)
# what pyowm and its parsing of an answer of another shape raise
_SHAPES = (
    exceptions.ParseAPIResponseError,
    *(KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError, AssertionError),
)


class OpenWeatherMap:
    """Asks OpenWeatherMap, or whoever speaks like it under ``url``.

    Connecting, answering and the answer's length each may take ``timeout_s``.
    """

    name = "openweathermap"

    def __init__(self, api_key: SecretStr, *, url: str, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._status = 0
        self._retry_after: str | None = None
        where = urlsplit(url)
        config = deepcopy(get_default_config())
        config["connection"] |= {
            "use_ssl": where.scheme == "https",
            "timeout_secs": timeout_s,
            "max_retries": 0,
        }
        self._manager = OWM(api_key.get_secret_value(), config).weather_manager()
        client = self._manager.http_client
        client.root_uri = f"{where.netloc}{where.path.rstrip('/')}"
        client.admits_subdomains = False
        self._bound(client.http)

    def observe(self, site: str, latitude: float, longitude: float, now_ms: int) -> WeatherObserved:
        """The weather as it was observed last; see ``WeatherProvider``.

        Raises:
            LimitedError: the key's calls are used up.
            UnavailableError: it is away.
            MalformedError: its answer makes no sense, or is of another place.
            RefusedError: it knows no such key, or no such place.

        """
        try:
            answer = self._ask(latitude, longitude)
            apart_deg = degrees_apart((latitude, longitude), _place(answer))
            if apart_deg > APART_DEG:
                raise MalformedError(f"the weather of a place {apart_deg:.1f}° away")
            return _observed(answer.weather, site, now_ms)
        except _SHAPES:
            raise MalformedError("the answer makes no sense") from None

    def _ask(self, latitude: float, longitude: float) -> Any:
        # messages of pyowm and what is under it hold the URL, and that the key: none goes on
        self._status, self._retry_after = 0, None
        try:
            answer = self._manager.weather_at_coords(latitude, longitude)
        except exceptions.TimeoutError:
            raise UnavailableError(f"no answer in {self._timeout_s:g} s") from None
        except exceptions.InvalidSSLCertificateError as error:  # so pyowm calls every one of these
            raise UnavailableError(f"no connection: {type(error.__context__).__name__}") from None
        except (exceptions.APIRequestError, exceptions.APIResponseError) as error:
            raise self._failure(error) from None
        except (OSError, HTTPError) as error:
            raise UnavailableError(f"the connection broke: {type(error).__name__}") from None
        if answer is None:  # so pyowm says that the answer's text holds a 404
            raise RefusedError("answered 404")
        return answer

    def _failure(self, error: Exception) -> Exception:
        status = self._status if self._status >= _CLIENT else _held(error)
        said = f"answered {status}"
        after_s = seconds(self._retry_after, time.time())
        if status == _LIMITED:
            return LimitedError(f"{said}: asked too often", retry_after_s=after_s)
        if status >= _SERVER:
            return UnavailableError(said, retry_after_s=after_s)
        unknown = ": the API key is not accepted" if status == _UNAUTHORIZED else ""
        return RefusedError(f"{said}{unknown}")

    def _bound(self, session: Any) -> None:
        session.trust_env = False
        session.headers.update({"Accept-Encoding": "identity", "Connection": "close"})
        session.hooks["response"].append(self._receive)
        for adapter in session.adapters.values():
            # else 429, 5xx and a slow answer come as an error that does not say which
            adapter.max_retries = adapter.max_retries.new(status_forcelist=(), read=False)
        # at DEBUG urllib3 logs each URL
        logging.getLogger("urllib3.connectionpool").addFilter(_holds_no_key)

    def _receive(self, response: Any, **_: Any) -> None:
        """Read the answer, before requests does, which would read without an end."""
        self._status = response.status_code
        self._retry_after = response.headers.get("Retry-After")
        if self._status in _REDIRECTS:
            raise RefusedError(f"answered {self._status}: redirects are not followed")
        with closing(response.raw) as raw:
            response.raw = BytesIO(self._body(raw))

    def _body(self, raw: Any) -> bytes:
        body, until = b"", time.monotonic() + self._timeout_s
        while piece := raw.read1(ANSWER_BYTES, decode_content=False):
            body += piece
            if len(body) > ANSWER_BYTES:
                raise MalformedError(f"the answer is longer than {ANSWER_BYTES} bytes")
            if time.monotonic() > until:
                raise UnavailableError(f"the answer did not end in {self._timeout_s:g} s")
        return body


def _observed(weather: Any, site: str, now_ms: int) -> WeatherObserved:
    if not weather.humidity:  # pyowm's 0 stands for none, and no air on earth is so dry
        raise MalformedError("the answer has no humidity")
    pressure = weather.barometric_pressure()["press"]
    code = _whole(weather.weather_code) or None
    return WeatherObserved(
        site=site,
        at=_whole(weather.reference_time()) * 1000,
        fetched_at=now_ms,
        provider=OpenWeatherMap.name,
        temperature_c=round(_number(weather.temperature()["temp"]) - ZERO_CELSIUS_K, 2),
        humidity_percent=_number(weather.humidity),
        pressure_hpa=None if pressure is None else _number(pressure),
        condition_code=code,
        weather_state=int(weather_state(code)),
    )


def _place(answer: Any) -> tuple[float, float]:
    return answer.location.lat, answer.location.lon


def _held(error: Exception) -> int:
    """The status that the text of an answer holds, when that of HTTP is none of failure."""
    held = str(error.args[-1])
    return int(held) if held.isdecimal() else _SERVER


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 1 << 40:
        raise TypeError
    return value


def _holds_no_key(record: logging.LogRecord) -> bool:
    return "APPID=" not in record.getMessage()
