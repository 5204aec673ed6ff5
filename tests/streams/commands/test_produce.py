import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from connectors.message_log import MessageLog
from schemas.codec import UndecodableError, decode, schema_of
from schemas.records import Telemetry
from schemas.topics import READINGS_RECEIVED
from streams.instants import instant
from streams.observer import wall_ms
from streams.settings import Settings

ROOT = Path(__file__).parents[3]
TOPIC = READINGS_RECEIVED.name


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--speed", "0"), "how many --events"),
        (("--speed", "0", "--seconds", "5"), "how many --events"),
        (("--speed", "60"), "from the future"),
        (("--faults", "rust=1"), "'rust' is none of"),
        (("--faults", "stuck=7"), "7.0 is no share"),
        (("--start", "soon"), "is no time"),
        (("--devices", "0"), "--devices"),
    ],
)
def test_what_cannot_be_produced_is_wrong_usage(
    engawa: Any, arguments: tuple[str, ...], complaint: str
) -> None:
    called = engawa("produce", "farm", *arguments, environment={"COLUMNS": "200"})

    assert called.code == 2
    assert complaint in called.err


def received(settings: Settings, since: dict[int, int]) -> list[tuple[bytes, bytes]]:
    """Keys and values of the topic from these offsets on."""
    with MessageLog(settings.kafka) as log:
        span = log.span(TOPIC)
        found = [each for each in log.read(span) if each.offset >= since[each.partition]]
    return [(each.key or b"", each.value or b"") for each in found]


def ends(settings: Settings) -> dict[int, int]:
    with MessageLog(settings.kafka) as log:
        return {number: end for number, (_, end) in log.span(TOPIC).bounds.items()}


def event(value: bytes) -> Telemetry | None:
    header = schema_of(Telemetry).header
    if not value.startswith(header):
        return None
    try:
        return decode(value[len(header) :], Telemetry)
    except UndecodableError:
        return None


@pytest.mark.integration
def test_what_is_sent_is_what_the_summary_says(
    engawa: Any, stocked: dict[str, str], settings: Settings
) -> None:
    before = ends(settings)
    called = engawa(
        *("produce", "rooms", "--speed", "0", "--events", "3000", "--devices", "30"),
        *("--seed", "7", "--faults", "malformed=0.1,duplicate=0.05", "--format", "json"),
        environment=stocked,
    )
    messages = received(settings, before)
    summary = called.document

    assert called.code == 0
    assert (3000, 3000, 6000, 0) == (
        summary["sent"],
        len(messages),
        summary["readings"],
        summary["refused_by_broker"],
    )
    assert summary["by_fault"]["malformed"] == sum(summary["malformed_by_damage"].values())
    assert summary["by_fault"]["duplicate"] == len(messages) - len(set(messages))
    good = [found for _, value in messages if (found := event(value))]
    assert len(messages) - len(good) <= summary["by_fault"]["malformed"]
    assert {f"house/{each.device}".encode() for each in good} == {key for key, _ in messages}


@pytest.mark.integration
def test_the_last_event_is_of_now_and_none_of_the_future(
    engawa: Any, stocked: dict[str, str]
) -> None:
    called = engawa(
        *("produce", "farm", "--speed", "7200", "--seconds", "1", "--no-faults"),
        *("--format", "json"),
        environment=stocked,
    )
    first, last = (instant(called.document[name], now_ms=0) for name in ("first_at", "last_at"))

    assert called.code == 0
    assert last <= wall_ms()
    assert 3_600_000 < last - first <= 7_200_000


@pytest.mark.integration
def test_the_same_seed_and_start_give_the_same_bytes(
    engawa: Any, stocked: dict[str, str], settings: Settings
) -> None:
    runs = []
    for _ in range(2):
        before = ends(settings)
        engawa(
            *("produce", "farm", "--speed", "0", "--events", "200", "--start", "2026-05-01"),
            environment=stocked,
        )
        runs.append(received(settings, before))

    assert len(runs[0]) == 200
    assert runs[0] == runs[1]


@pytest.mark.integration
def test_ctrl_c_ends_an_endless_production_with_its_summary(
    stocked: dict[str, str], settings: Settings
) -> None:
    command = [*("-m", "streams", "produce", "farm", "--interval-s", "0.05", "--format", "json")]
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | stocked | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    before = ends(settings)
    while ends(settings) == before:  # until it is sending
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()

    assert (0, "") == (process.returncode, err)
    assert '"sent": ' in out
