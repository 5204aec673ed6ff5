import gzip
import logging
import traceback
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.open_weather_map import OpenWeatherMap
from connectors.outcome import RefusedError, UnavailableError
from connectors.weather_provider import LimitedError, MalformedError, WeatherProvider
from schemas.weather import WeatherObserved
from tests.connectors.weather_service import (
    KEY,
    LATITUDE,
    LONGITUDE,
    NOW,
    Answer,
    free_port,
    said,
    service,
)


def observe(url: str, timeout_s: float = 5.0) -> WeatherObserved:
    provider: WeatherProvider = OpenWeatherMap(SecretStr(KEY), url=url, timeout_s=timeout_s)
    return provider.observe("gwangju", LATITUDE, LONGITUDE, NOW)


def failure(answer: Answer, timeout_s: float = 5.0) -> Exception:
    """How it fails; always with one call, and never with the key in what it says."""
    with service(answer) as here, pytest.raises((UnavailableError, RefusedError)) as caught:
        observe(here.url, timeout_s)
    assert 1 == len(here.asked)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return caught.value


def test_the_weather_is_what_the_service_says_in_our_units() -> None:
    with service() as here:
        weather = observe(here.url)

    expected = WeatherObserved(
        site="gwangju",
        at=NOW - 240_000,
        fetched_at=NOW,
        provider="openweathermap",
        temperature_c=21.5,
        humidity_percent=83.0,
        pressure_hpa=1009.0,
        condition_code=501,
        weather_state=3,
    )
    assert expected == weather


def test_one_call_asks_for_the_coordinates_with_the_key() -> None:
    with service() as here:
        observe(here.url)

    assert ["/data/2.5/weather"] == here.paths
    assert [{"APPID": [KEY], "lang": ["en"], "lat": [str(LATITUDE)], "lon": [str(LONGITUDE)]}] == (
        here.asked
    )


def test_one_provider_asks_again_and_again() -> None:
    with service(Answer(500), Answer(), Answer(401), Answer()) as here:
        provider = OpenWeatherMap(SecretStr(KEY), url=here.url, timeout_s=5.0)
        for kind in (UnavailableError, None, RefusedError, None):
            if kind is None:
                assert 21.5 == provider.observe("g", LATITUDE, LONGITUDE, NOW).temperature_c
            else:
                with pytest.raises(kind):
                    provider.observe("g", LATITUDE, LONGITUDE, NOW)


def test_providers_do_not_share_what_they_are_set_to() -> None:
    with service() as here:
        one = OpenWeatherMap(SecretStr(KEY), url=here.url, timeout_s=5.0)
        OpenWeatherMap(SecretStr(KEY), url="https://weather.example", timeout_s=0.001)

        assert 21.5 == one.observe("gwangju", LATITUDE, LONGITUDE, NOW).temperature_c


@pytest.mark.parametrize(
    ("changes", "code", "state"),
    [
        ({"weather": [{"id": 721, "main": "Haze", "description": "", "icon": ""}]}, 721, 9),
        ({"weather": [{"id": 999, "main": "Frogs", "description": "", "icon": ""}]}, 999, 0),
        ({"weather": None}, None, 0),
    ],
)
def test_the_state_is_that_of_the_code(
    changes: dict[str, Any], code: int | None, state: int
) -> None:
    with service(Answer(body=said(**changes))) as here:
        weather = observe(here.url)

    assert (code, state) == (weather.condition_code, weather.weather_state)


def test_a_service_that_says_no_pressure_is_believed_the_rest() -> None:
    with service(Answer(body=said(main__pressure=None))) as here:
        assert None is observe(here.url).pressure_hpa


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (Answer(401), RefusedError, "answered 401: the API key is not accepted"),
        (Answer(403), RefusedError, "answered 403"),
        (Answer(404), RefusedError, "answered 404"),
        (Answer(400), RefusedError, "answered 400"),
        (Answer(429), LimitedError, "answered 429: asked too often"),
        (Answer(500), UnavailableError, "answered 500"),
        (Answer(502), UnavailableError, "answered 502"),
        (Answer(503), UnavailableError, "answered 503"),
        (
            Answer(301, headers={"Location": "http://127.0.0.1:1/"}),
            RefusedError,
            "answered 301: redirects are not followed",
        ),
        (
            Answer(body={"cod": 429, "message": "blocked"}),
            LimitedError,
            "answered 429: asked too often",
        ),
        (
            Answer(body={"cod": 401, "message": "Invalid API key"}),
            RefusedError,
            "answered 401: the API key is not accepted",
        ),
        (Answer(body={"cod": "404", "message": "city not found"}), RefusedError, "answered 404"),
        (Answer(body={"cod": "odd", "message": ""}), UnavailableError, "answered 500"),
    ],
)
def test_a_failure_is_told_by_its_status(
    answer: Answer, kind: type[Exception], message: str
) -> None:
    error = failure(answer)

    assert (kind, message) == (type(error), str(error))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("header", "pause_s"), [("90", 90.0), ("90000", 3600.0), ("soon", None)])
def test_a_pause_that_the_service_asks_for_is_told(
    status: int, header: str, pause_s: float | None
) -> None:
    error = failure(Answer(status, headers={"Retry-After": header}))

    assert isinstance(error, UnavailableError)
    assert pause_s == error.retry_after_s


NESTED = b"[" * 60_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        NESTED,
        gzip.compress(b"{}", mtime=0),
        b"null",
        b"[]",
        b"3",
        b'"sunny"',
        {},
        said(coord=None),
        said(coord={"lat": "north", "lon": 1}),
        said(coord={"lat": 91.0, "lon": 0.0}),
        said(coord=[35.2, 126.9]),
        said(dt=None),
        said(dt="noon"),
        said(dt=-1),
        said(dt=1e300),
        said(dt=10**40),
        said(main=None),
        said(main="warm"),
        said(main__temp=None),
        said(main__temp="294.65"),
        said(main__temp=True),
        said(main__temp=10**400),
        said(main__humidity="83"),
        said(main__humidity=-3),
        said(main__humidity=[]),
        said(main__pressure="1009"),
        said(weather=[]),
        said(weather=[{}]),
        said(weather=[{"id": "501", "main": "", "description": "", "icon": ""}]),
        said(weather=[{"id": 10**30, "main": "", "description": "", "icon": ""}]),
        said(clouds={"all": -1}),
        said(timezone="KST"),
    ],
)
def test_an_answer_that_makes_no_sense_is_malformed(body: Any) -> None:
    error = failure(Answer(body=body))

    assert MalformedError is type(error)
    assert str(error) in ("the answer makes no sense", "the answer has no humidity")


def test_missing_humidity_is_no_humidity_of_zero() -> None:
    assert "the answer has no humidity" == str(failure(Answer(body=said(main__humidity=None))))


@pytest.mark.parametrize("kelvin", [-5.0, 21.5, 500.0, float("nan")])
def test_a_temperature_in_another_unit_is_never_taken_for_a_mild_day(kelvin: float) -> None:
    with service(Answer(body=said(main__temp=kelvin))) as here:
        assert not -90 <= observe(here.url).temperature_c <= 60


@pytest.mark.parametrize(
    ("lat", "lon", "message"),
    [
        (40.65, -73.8, "the weather of a place 101.8° away"),
        (35.7, 126.85, "the weather of a place 0.5° away"),
        (0.0, 0.0, "the weather of a place 119.4° away"),
    ],
)
def test_the_weather_of_another_place_is_malformed(lat: float, lon: float, message: str) -> None:
    error = failure(Answer(body=said(coord={"lat": lat, "lon": lon})))

    assert (MalformedError, message) == (type(error), str(error))


def test_a_grid_point_nearby_is_the_same_place() -> None:
    with service(Answer(body=said(coord={"lat": 35.2, "lon": 127.0}))) as here:
        assert 21.5 == observe(here.url).temperature_c


def test_a_service_that_hangs_is_left() -> None:
    error = failure(Answer(hangs_s=60), timeout_s=0.1)

    assert (UnavailableError, "no answer in 0.1 s") == (type(error), str(error))


@pytest.mark.parametrize("drips_s", [0.02, 60.0])
def test_a_service_that_answers_byte_by_byte_is_left(drips_s: float) -> None:
    error = failure(Answer(drips_s=drips_s), timeout_s=0.1)

    assert UnavailableError is type(error)
    assert str(error) in (
        "the answer did not end in 0.1 s",
        "the connection broke: ReadTimeoutError",
    )


def test_an_answer_without_end_is_cut() -> None:
    error = failure(Answer(body=b" " * 1_000_000))

    assert "the answer is longer than 65536 bytes" == str(error)
    assert MalformedError is type(error)


def test_an_answer_that_is_cut_short_is_no_weather() -> None:
    error = failure(Answer(headers={"Content-Length": "100000"}))

    assert UnavailableError is type(error)
    assert "the connection broke: ProtocolError" == str(error)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/data/2.5", "https://127.0.0.1:{}/data/2.5"])
def test_a_service_that_is_not_there_is_unavailable(url: str) -> None:
    with pytest.raises(UnavailableError, match=r"^no connection: ConnectionError$") as caught:
        observe(url.format(free_port()))

    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_service_without_a_certificate_is_unavailable() -> None:
    with service() as here, pytest.raises(UnavailableError, match=r"^no connection: SSLError$"):
        observe(here.url.replace("http:", "https:"))


def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with service(Answer(), Answer(401), Answer(body=b"{")) as here, caplog.at_level(logging.DEBUG):
        for url in (here.url, here.url, here.url, "http://127.0.0.1:1/data"):
            try:
                observe(url)
            except (UnavailableError, RefusedError):
                logging.getLogger("engawa").exception("away")

    assert "away" in caplog.text
    assert "127.0.0.1" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(OpenWeatherMap(SecretStr(KEY), url="https://a.example", timeout_s=5.0))
