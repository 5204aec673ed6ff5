"""Windows and visits of crowds as points, on a real server."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from connectors.crowd_points import CrowdPointsSink, VisitPointsSink, visit_point
from connectors.influx import HOUR_MS, InfluxSettings
from connectors.influxql import InfluxQL, Row
from connectors.outcome import RefusedError
from schemas.batch import Records
from schemas.crowd import CrowdCounted, VisitEnded, WindowState
from schemas.frames import Gender
from tests.connectors.crowd_records import AT, DAY_S, WITHHELD, site_book, visit, window

Ask = Callable[[str], Awaitable[list[Row]]]
Write = Callable[..., Awaitable[None]]

NOW = time.time_ns() // (HOUR_MS * 1_000_000) * HOUR_MS
SPRING = 1_774_742_400_000
"""2026-03-29 00:00 UTC: in Berlin it is 01:00, an hour before the clocks leap."""


@pytest.fixture
def influx(influx_url: str) -> InfluxSettings:
    """A database of the test's own."""
    database, ages_h = f"test_{uuid4().hex}", 50 * 365 * 24
    return InfluxSettings(url=influx_url, database=database, hour_retention_h=ages_h)


@pytest.fixture
async def write(influx: InfluxSettings, tmp_path: Path) -> AsyncIterator[Write]:
    sites = site_book(tmp_path / "sites.yaml", gwangju="Asia/Seoul", halle="Europe/Berlin")
    windows, visits = CrowdPointsSink(influx, sites), VisitPointsSink(influx)
    await windows.prepare()
    await visits.prepare()

    async def write(*records: CrowdCounted | VisitEnded) -> None:
        counted = [each for each in records if isinstance(each, CrowdCounted)]
        ended = [each for each in records if isinstance(each, VisitEnded)]
        await windows.write(Records(record=CrowdCounted, rows=counted))
        await visits.write(Records(record=VisitEnded, rows=ended))

    yield write
    await windows.close()
    await visits.close()


@pytest.fixture
async def ask(influx: InfluxSettings) -> AsyncIterator[Ask]:
    ql = InfluxQL(influx.url, influx.token, timeout_s=10)

    async def ask(query: str) -> list[Row]:
        return await ql.ask(query.replace("DB", f'"{influx.database}".crowd'))

    yield ask
    await ql.close()


@pytest.mark.integration
async def test_a_window_is_a_point_with_every_figure(write: Write, ask: Ask) -> None:
    await write(window(NOW, camera="door", state=WindowState.CLOSED), window(NOW))

    fields = (
        'visitors, males, females, "new", returning, ungendered, age_male_30s,'
        " emotion_female_surprise, identified, unresolved, peak_occupancy, mean_occupancy,"
        " mean_dwell_s, frames, faces, revision, closed, suppressed"
    )
    [row] = await ask(f"SELECT {fields} FROM DB.crowd WHERE camera = 'door' AND site = 'gwangju'")
    figures = (10, 4, 5, 5, 4, 1, 3, 3, 2, 7, 6, 2.5, 420.5, 240, 80, 1, 1, 0)
    assert (NOW, *figures) == tuple(row.values())
    assert 2 == len(await ask("SELECT visitors FROM DB.crowd"))


@pytest.mark.integration
async def test_hours_and_days_stand_beside_each_other(write: Write, ask: Ask) -> None:
    await write(window(NOW), window(NOW, window_s=DAY_S, visitors=70))

    rows = await ask("SELECT visitors, window_s FROM DB.crowd ORDER BY time")
    assert {("3600", 10), ("86400", 70)} == {(row["window_s"], row["visitors"]) for row in rows}


@pytest.mark.integration
@pytest.mark.parametrize(
    ("site", "start", "local"),
    [
        ("gwangju", SPRING, ("7 Sun", "09")),
        ("gwangju", SPRING - 9 * HOUR_MS - 1, ("6 Sat", "23")),
        ("halle", SPRING, ("7 Sun", "01")),
        ("halle", SPRING + HOUR_MS, ("7 Sun", "03")),
        ("halle", SPRING + 22 * HOUR_MS, ("1 Mon", "00")),
    ],
)
async def test_a_window_lies_in_its_site_s_own_hour_and_weekday(
    write: Write, ask: Ask, site: str, start: int, local: tuple[str, str]
) -> None:
    weekday, hour = local
    await write(window(start, site=site))
    await write(window(start, site=site, window_s=DAY_S))

    rows = await ask(f"SELECT visitors_{hour} AS v, weekday, window_s FROM DB.crowd")
    assert [(10, weekday, "3600")] == [(row["v"], row["weekday"], row["window_s"]) for row in rows]
    [hours] = await ask("SELECT /visitors_/ FROM DB.crowd WHERE window_s = '3600'")
    assert {"time", f"visitors_{hour}"} == set(hours)


@pytest.mark.integration
async def test_counts_that_are_withheld_later_do_not_stay(write: Write, ask: Ask) -> None:
    await write(window(NOW))
    await write(window(NOW, revision=2, **WITHHELD))
    await write(window(NOW))

    [row] = await ask("SELECT * FROM DB.crowd")
    told = {name for name, value in row.items() if value is not None}
    assert {
        *("time", "site", "camera", "window_s", "weekday"),
        *("unresolved", "frames", "faces", "revision", "closed", "suppressed"),
    } == told
    assert (2, 1) == (row["revision"], row["suppressed"])


@pytest.mark.integration
async def test_nobody_is_named(write: Write, ask: Ask) -> None:
    await write(window(NOW, identified=("ada",)))
    await write(visit(NOW, person="ada"))

    rows = await ask("SELECT * FROM DB.crowd") + await ask("SELECT * FROM DB.visits")
    assert 2 == len(rows)
    assert "ada" not in {value for row in rows for value in row.values()}


@pytest.mark.integration
async def test_an_unknown_site_and_a_time_that_is_none_are_refused(write: Write) -> None:
    for wrong in (window(NOW, site="elsewhere"), window(2**62)):
        with pytest.raises(RefusedError):
            await write(wrong)


@pytest.mark.integration
async def test_a_visit_is_a_point_at_its_first_sighting(write: Write, ask: Ask) -> None:
    await write(visit(NOW), visit(NOW, visit_id="another", dwell_s=30.0, age=None))
    await write(visit(NOW))

    fields = "dwell_s, sightings, returning, gender, age, camera, site"
    rows = await ask(f"SELECT {fields} FROM DB.visits")
    assert [
        (NOW, 30.0, 28, 0, "female", None, "door", "gwangju"),
        (NOW, 420.0, 28, 0, "female", 34.5, "door", "gwangju"),
    ] == sorted(tuple(row.values()) for row in rows)


@pytest.mark.integration
async def test_a_visit_that_late_frames_change_is_still_one(write: Write, ask: Ask) -> None:
    await write(visit(NOW))
    await write(visit(NOW, dwell_s=4000.0, gender=Gender.MALE, age=None, returning=True))

    [row] = await ask("SELECT * FROM DB.visits")
    assert (4000.0, "male", None, 1) == (
        *(row["dwell_s"], row["gender"]),
        *(row.get("age"), row["returning"]),
    )
    assert (0, 1) == (row["stay_from_5_min"], row["stay_from_60_min"])


@pytest.mark.integration
async def test_a_visit_that_was_done_away_with_goes(write: Write, ask: Ask) -> None:
    await write(visit(NOW), visit(NOW, visit_id="another"))
    await write(visit(NOW, dwell_s=0.0, sightings=0), visit(NOW + 1, sightings=0))

    assert 1 == len(await ask("SELECT dwell_s FROM DB.visits"))


@pytest.mark.parametrize(
    ("dwell_s", "bucket"),
    [(0, 0), (59.9, 0), (60, 1), (299, 1), (300, 5), (900, 15), (1800, 30), (3600, 60), (1e6, 60)],
)
def test_a_stay_is_in_one_bucket(dwell_s: float, bucket: int) -> None:
    fields = visit_point(visit(AT, dwell_s=float(dwell_s))).fields
    assert {f"stay_from_{bucket}_min"} == {
        name for name, value in fields.items() if name.startswith("stay_") and value
    }


@pytest.mark.integration
@pytest.mark.parametrize("dwell_s", [float("nan"), float("inf")])
async def test_a_stay_that_is_no_number_is_refused(write: Write, dwell_s: float) -> None:
    with pytest.raises(RefusedError, match="dwell_s"):
        await write(replace(visit(NOW), dwell_s=dwell_s))
