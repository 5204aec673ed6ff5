"""``engawa query`` as a person calls it: every format, and every way to be wrong."""

import csv
import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from streams.commands.query import query
from streams.failures import Commands

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
NOW = time.time_ns() // 1_000_000
START = NOW // HOUR_MS * HOUR_MS - 5 * HOUR_MS


@dataclass(frozen=True)
class Called:
    """What the command said, and how it ended."""

    code: int
    out: str
    err: str


Query = Callable[..., Called]


def call(*arguments: str, environment: dict[str, str]) -> Called:
    app = typer.Typer(cls=Commands)
    app.callback()(lambda: None)
    app.command()(query)
    words = ("query", "--resource", "temperature", *arguments)
    result = CliRunner().invoke(app, words, env=environment)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Called(result.exit_code, result.stdout, " ".join(result.stderr.split()))


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Query:
    """Call the command where no server is."""
    monkeypatch.chdir(tmp_path)
    nowhere = {"ENGAWA_INFLUX__URL": "http://127.0.0.1:9"}
    return lambda *arguments: call(*arguments, environment=nowhere)


@pytest.fixture(scope="session")
def filled(environment: dict[str, str], influx_url: str) -> dict[str, str]:
    """A database with five hours of two devices, one value a minute."""
    database = f"test_{uuid4().hex}"
    with httpx.Client(base_url=influx_url, trust_env=False) as client:
        for statement in (
            f'CREATE DATABASE "{database}"',
            f'CREATE RETENTION POLICY raw ON "{database}" DURATION 168h REPLICATION 1',
        ):
            client.post("/query", data={"q": statement}).raise_for_status()
        lines = "\n".join(
            f"readings,site=s,device={device},profile=p temperature={value + n / 10} "
            f"{START + n * MINUTE_MS}"
            for device, value in (("a", 10.0), ("b", 20.0))
            for n in range(300)
        )
        url = f"/write?db={database}&rp=raw&precision=ms"
        client.post(url, content=lines).raise_for_status()
    return environment | {"ENGAWA_INFLUX__DATABASE": database}


HOURLY = ("--last", "6h", "--every", "1h", "--agg", "min,max,count", "--group", "device")


@pytest.mark.integration
def test_a_table_says_what_was_read(filled: dict[str, str]) -> None:
    called = call(*HOURLY, "--tz", "Asia/Seoul", environment=filled)

    assert 0 == called.code
    assert "+09:00" in called.out
    assert "10 rows from raw points" in called.err
    assert "(Asia/Seoul)" in called.err


@pytest.mark.integration
def test_json_carries_what_was_read_beside_its_rows(filled: dict[str, str]) -> None:
    called = call(*HOURLY, "--format", "json", environment=filled)

    document = json.loads(called.out)
    assert ("raw", "temperature", "UTC") == (
        document["policy"],
        document["field"],
        document["zone"],
    )
    assert {"device": "a", "min": 10.0, "max": 15.9, "count": 60} == {
        name: value for name, value in document["rows"][0].items() if name != "time"
    }
    assert document["rows"][0]["time"].endswith(":00:00+00:00")


@pytest.mark.integration
def test_csv_has_a_line_for_each_row_and_a_heading(filled: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    called = call(*HOURLY, "--format", "csv", "--output", str(file), environment=filled)

    text = file.read_bytes().decode()
    assert ("", True) == (called.out, text.endswith("\r\n"))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert ["time", "device", "min", "max", "count"] == list(rows[0])
    assert 10 == len(rows)


@pytest.mark.integration
def test_parquet_has_types_a_zone_and_what_was_read(filled: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "hours.parquet"
    words = (*HOURLY, "--tz", "Europe/Amsterdam", "--format", "parquet", "--output", str(file))
    call(*words, environment=filled)

    table = pq.read_table(file)
    assert pa.timestamp("ms", "Europe/Amsterdam") == table.schema.field("time").type
    assert pa.types.is_dictionary(table.schema.field("device").type)
    assert pa.float64() == table.schema.field("min").type
    assert pa.int64() == table.schema.field("count").type
    assert b"raw" == table.schema.metadata[b"engawa.policy"]
    assert 600 == pa.compute.sum(table["count"]).as_py()


@pytest.mark.integration
def test_a_chart_has_a_line_for_each_device(filled: dict[str, str]) -> None:
    words = ("--last", "6h", "--every", "10m", "--format", "chart", "--tz", "Asia/Seoul")
    called = call(*words, environment=filled)

    assert 0 == called.code
    assert "temperature: mean (Asia/Seoul)" in called.out
    assert "\x1b" not in called.out
    lines = called.out.splitlines()
    assert any("a" in line and "**" in line for line in lines)
    assert any("b" in line and "oo" in line for line in lines)


@pytest.mark.integration
def test_points_are_told_one_by_one(filled: dict[str, str]) -> None:
    words = ("--last", "6h", "--where", "value > 49.75", "--format", "json")
    called = call(*words, environment=filled)

    rows = json.loads(called.out)["rows"]
    assert [49.8, 49.9] == [row["value"] for row in rows]
    assert {("b", "s", "good")} == {(row["device"], row["site"], row["quality"]) for row in rows}


@pytest.mark.integration
def test_nothing_found_is_no_error(filled: dict[str, str]) -> None:
    for form in ("table", "csv", "json"):
        words = (*HOURLY, "--device", "nobody", "--format", form)
        assert 0 == call(*words, environment=filled).code
    called = call(*HOURLY, "--device", "nobody", "--format", "csv", environment=filled)
    assert "time,device,min,max,count" == called.out.strip()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--where", "value ! 3"), "position 7"),
        (("--last", "7 days"), "is no duration"),
        (("--last", "0d"), "is no duration"),
        (("--last", "7d", "--from", "2026-01-01"), "either --last, or --from and --to"),
        (("--from", "yesterday"), "is no time"),
        (("--agg", "median"), "there are mean, min, max, count, last, flagged"),
        (("--every", "1h", "--agg", ","), "is not a valid"),
        (("--tz", "Mars/Olympus"), "is no time zone"),
        (("--tz", "../../etc/passwd"), "is no time zone"),
        (("--measurement", "alarms"), "--field"),
        (("--field", "duration_s"), "--resource"),
        (("--format", "parquet"), "name a file"),
        (("--output", "x.txt"), "a table goes to the terminal only"),
        (("--limit", "100001"), "100000"),
        (("--last", "8d"), "kept for 7 days"),
        (("--last", "1d", "--every", "1s"), "more than the limit of 10,000 rows"),
    ],
)
def test_wrong_usage_is_said_before_any_server_is_asked(
    asked: Query, words: tuple[str, ...], said: str
) -> None:
    called = asked(*words)

    assert 2 == called.code
    assert said in called.err.replace("│ ", "").replace(" │", "")


def test_a_store_that_is_away_is_69(asked: Query) -> None:
    called = asked("--last", "1h")

    assert 69 == called.code
    assert "away" in called.err


@pytest.mark.integration
def test_a_file_that_cannot_be_written_is_said(filled: dict[str, str], tmp_path: Path) -> None:
    words = (*HOURLY, "--format", "csv", "--output", str(tmp_path / "no" / "where.csv"))
    called = call(*words, environment=filled)

    assert 2 == called.code
    assert "No such file" in called.err


@pytest.mark.integration
def test_a_chart_of_nothing_is_refused(filled: dict[str, str]) -> None:
    words = ("--last", "6h", "--device", "nobody", "--format", "chart")
    called = call(*words, environment=filled)

    assert 2 == called.code
    assert "no numbers to draw" in called.err
