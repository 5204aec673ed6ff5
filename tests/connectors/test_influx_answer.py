"""What an answer of InfluxDB's stands for: wait, or set aside."""

import pytest

from connectors.influx_answer import failure, too_old
from connectors.outcome import RefusedError, UnavailableError


@pytest.mark.parametrize("status", [0, 401, 403, 404, 408, 429, 500, 502, 503, 504, 507])
def test_what_time_or_an_operator_can_mend_is_waited_for(status: int) -> None:
    assert isinstance(failure(status, "something"), UnavailableError)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_lies_in_the_records_is_refused(status: int) -> None:
    assert isinstance(failure(status, "partial write: field type conflict"), RefusedError)


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize(
    "text", ["write wal: no space left on device", "Disk full", "disk is full"]
)
def test_a_full_disk_is_waited_for_whatever_the_status(status: int, text: str) -> None:
    assert isinstance(failure(status, text), UnavailableError)


def test_a_message_says_what_an_operator_can_do() -> None:
    assert "ENGAWA_INFLUX__TOKEN" in str(failure(401, "unauthorized"))
    assert "is missing" in str(failure(404, 'database not found: "engawa"'))


def test_a_message_does_not_echo_a_whole_batch() -> None:
    assert len(str(failure(400, "x" * 100_000))) < 400


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("999999999", 60.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("nan", None),
        ("-1", None),
        ("9" * 400, None),
    ],
)
def test_the_pause_a_server_asks_for_is_believed_within_reason(
    header: str | None, seconds: float | None
) -> None:
    error = failure(429, "busy", retry_after=header)

    assert isinstance(error, UnavailableError)
    assert error.retry_after_s == seconds


def test_points_too_old_are_counted_from_the_answer() -> None:
    assert too_old('{"error":"partial write: points beyond retention policy dropped=12"}') == 12
    assert too_old("partial write: field type conflict dropped=12") == 0
