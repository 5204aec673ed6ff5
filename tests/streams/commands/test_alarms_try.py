"""``engawa alarms try`` on files, as a person calls it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEAM_D = Path(__file__).parents[3] / "models" / "alarms" / "farm-team-d.yaml"
READINGS = """time,site,device,temperature,humidity,co2
2026-03-01T12:00:00Z,farm,one,30,50,400
2026-03-01T12:05:00Z,farm,one,32.5,50,400
2026-03-01T12:10:00Z,farm,one,33,50,400
2026-03-01T12:15:00Z,farm,one,30,50,420
2026-03-01T12:20:00Z,farm,one,30,50,400
2026-03-01T12:20:00Z,farm,two,30,,
2026-03-01T12:25:00Z,farm,one,32,50,400
2026-03-01T12:55:00Z,farm,one,32,50,400
"""

Engawa = Callable[..., Any]


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    path = tmp_path / "readings.csv"
    path.write_text(READINGS)
    return path


def plain(text: str) -> str:
    """What was said, out of its box."""
    return " ".join(text.replace("│", " ").split())


def test_it_says_what_rules_would_have_raised(engawa: Engawa, readings: Path) -> None:
    called = engawa("alarms", "try", str(TEAM_D), "--on", str(readings), "--format", "json")

    assert 0 == called.code
    found = called.document
    assert {
        "events": 8,
        "devices": 2,
        "alarms": 3,
        "alarms per device and day": 1.5,
        "posts": 0,
        "posts per reading": 0.0,
    } == {name: value for name, value in found.items() if name not in ("rules", "openings")}
    assert [("temperature", 2, 0.7, 1), ("co2", 1, 0.1, 0)] == [
        (row["rule"], row["alarms"], row["hours in alarm"], row["still standing"])
        for row in found["rules"]
    ]
    assert {
        "raised at": "2026-03-01T12:05:00.000Z",
        "alarm": "farm/one/temperature/temperature",
        "worst": "warning",
        "value": 30.0,
        "threshold": 31.0,
        "minutes": 10.0,
        "cleared": True,
    } == found["openings"][0]
    assert [10.0, 5.0, 30.0] == [each["minutes"] for each in found["openings"]]


def test_it_says_so_in_tables_too(engawa: Engawa, readings: Path) -> None:
    called = engawa("alarms", "try", str(TEAM_D), "--on", str(readings))

    assert 0 == called.code
    assert "The first 3 alarms" in called.out + called.err
    assert "Nothing was sent" in called.err


def test_posts_are_counted_where_a_channel_is_named(
    engawa: Engawa, readings: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.yaml"
    channel = "\nchannels: {chat: {kind: discord, url_secret: URL}}\nnotify: {channels: [chat]}\n"
    rules.write_text(TEAM_D.read_text() + channel)

    called = engawa("alarms", "try", str(rules), "--on", str(readings), "--format", "json")

    # three alarms, two of which clear, and two reminders of the last: after 15 and 30 minutes
    assert 7 == called.document["posts"]


def test_a_quiet_file_raises_nothing(engawa: Engawa, tmp_path: Path) -> None:
    path = tmp_path / "calm.csv"
    path.write_text("time,value\n1772366400000,20\n")
    words = ("alarms", "try", str(TEAM_D), "--on", str(path), "--resource", "temperature")
    called = engawa(*words, "--format", "json")

    assert (0, []) == (called.code, called.document["openings"])
    assert "no alarm at all" in (table := engawa(*words)).out + table.err


def test_what_is_wrong_with_rules_is_said_with_its_line(
    engawa: Engawa, readings: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "wrong.yaml"
    rules.write_text("rules:\n  warm:\n    resource: temperature\n    levels: {bad: {above: 3}}\n")
    called = engawa("alarms", "try", str(rules), "--on", str(readings))

    assert 78 == called.code
    assert f"{rules}:4: " in called.err


@pytest.mark.parametrize("both", [True, False])
def test_there_is_one_source(engawa: Engawa, readings: Path, *, both: bool) -> None:
    source = ("--on", str(readings), "--last", "7d") if both else ()
    called = engawa("alarms", "try", str(TEAM_D), *source)

    assert 2 == called.code
    assert "either --on FILE or --last 7d" in plain(called.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--on", "readings.csv", "--profile", "farm.moon"), "row 1: no profile 'farm.moon'"),
        (("--on", "readings.csv", "--resource", "co2"), "row 1: it has no column 'value' for co2"),
        (("--on", "nowhere.csv"), "does not exist"),
        (("--on", "."), "is a directory"),
        (("--last", "soon"), "is no duration"),
    ],
)
def test_wrong_usage_is_said(
    engawa: Engawa, readings: Path, words: tuple[str, ...], said: str
) -> None:
    assert readings == Path.cwd() / "readings.csv"
    called = engawa("alarms", "try", str(TEAM_D), *words)

    assert 2 == called.code
    assert said in plain(called.err)


def test_a_store_that_is_away_is_69(engawa: Engawa) -> None:
    nowhere = {"ENGAWA_INFLUX__URL": "http://127.0.0.1:9"}
    called = engawa("alarms", "try", str(TEAM_D), "--last", "7d", environment=nowhere)

    assert 69 == called.code
    assert "away" in called.err
