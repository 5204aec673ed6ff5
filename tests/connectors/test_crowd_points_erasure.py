"""Visits and windows that have to go from a real InfluxDB, and those that have to stay."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from connectors.crowd_points import CrowdPointsSink, VisitPointsSink
from connectors.crowd_points_erasure import VisitPoints, WindowPoints
from connectors.influx import HOUR_MS, InfluxSettings
from connectors.influxql import InfluxQL
from models.crowd.leaving import visit_id
from schemas.crowd import VisitEnded
from schemas.erasures import Erasure
from tests.connectors.crowd_records import AT, DAY_S, batch, site_book, visit, window

pytestmark = pytest.mark.integration

DAY_MS = DAY_S * 1000
SITE, ODD = "gwangju", "till = 'a', \\b"
"""A site, and a camera whose name has to be quoted wherever it is said."""

Point = tuple[Any, ...]


class Stored:
    """A database of the test's own, and who is in it."""

    def __init__(self, influx: InfluxSettings, folder: Path) -> None:
        self.influx = influx
        self._sites = site_book(folder / "sites.yaml", gwangju="Asia/Seoul", halle="Europe/Berlin")
        self._ql = InfluxQL(influx.url, influx.token, timeout_s=10)

    async def visits(self, *visits: VisitEnded) -> None:
        sink = VisitPointsSink(self.influx)
        await sink.prepare()
        await sink.write(batch(visits))
        await sink.close()

    async def windows(self, *windows: Any) -> None:
        sink = CrowdPointsSink(self.influx, self._sites)
        await sink.prepare()
        await sink.write(batch(windows))
        await sink.close()

    async def points(self, measurement: str, *names: str) -> set[Point]:
        """What is there now: time in milliseconds, and these of each point."""
        source = f'"{self.influx.database}".crowd.{measurement}'
        rows = await self._ql.ask(f"SELECT * FROM {source}")
        return {(row["time"], *(row[name] for name in names)) for row in rows}

    async def close(self) -> None:
        await self._ql.close()


@pytest.fixture
async def stored(influx_url: str, tmp_path: Path) -> AsyncIterator[Stored]:
    ages_h = 50 * 365 * 24
    database = f"test_{uuid4().hex}"
    found = Stored(
        InfluxSettings(url=influx_url, database=database, hour_retention_h=ages_h), tmp_path
    )
    yield found
    await found.close()


def wish(**what: Any) -> Erasure:
    return Erasure(erasure_id="e", site=SITE, at=AT, by="me", **what)


def stay(person: str, at: int = AT, *, camera: str = "door", site: str = SITE) -> VisitEnded:
    """A visit with the id that the count gives it; its dwell tells whose it is."""
    name = visit_id(site, camera, person, at)
    dwell_s = float(sum(person.encode()))
    return visit(at, visit_id=name, site=site, camera=camera, person=person, dwell_s=dwell_s)


def of(*people: str) -> set[float]:
    return {float(sum(each.encode())) for each in people}


async def erase(place: VisitPoints | WindowPoints) -> int:
    """Erase; give how many were found."""
    found = await place.count()
    await place.remove()
    assert 0 == await place.count()
    return found


def theirs(
    stored: Stored, asked: Erasure, names: Collection[str] = (), cameras: Collection[str] = ()
) -> VisitPoints:
    return VisitPoints(stored.influx, asked, names=names, cameras=cameras)


async def test_a_persons_visits_go_by_all_their_names_and_others_of_that_moment_stay(
    stored: Stored,
) -> None:
    await stored.visits(
        *(stay(each) for each in ("ada", "p-1", "eve")),
        *(stay(each, AT + 7, camera=ODD) for each in ("ada", "eve")),
        stay("ada", site="halle"),
    )

    place = theirs(stored, wish(person="ada"), {"ada", "p-1"}, {"door", ODD})
    assert 3 == await erase(place)

    [eve] = of("eve")
    assert {
        (AT, SITE, "door", eve),
        (AT + 7, SITE, ODD, eve),
        (AT, "halle", "door", *of("ada")),
    } == await stored.points("visits", "site", "camera", "dwell_s")


async def test_a_cameras_visits_go(stored: Stored) -> None:
    await stored.visits(
        stay("ada"), stay("ada", camera=ODD), stay("eve", AT + 1, camera=ODD), stay("eve", AT + 1)
    )

    assert 2 == await erase(theirs(stored, wish(camera=ODD)))

    assert {(AT, "door"), (AT + 1, "door")} == await stored.points("visits", "camera")


async def test_visits_that_began_before_go(stored: Stored) -> None:
    await stored.visits(
        *(stay("ada", at) for at in (AT - 1, AT, AT + 1)), stay("ada", AT - 1, site="halle")
    )

    assert 1 == await erase(theirs(stored, wish(before=AT)))

    assert {(AT, SITE), (AT + 1, SITE), (AT - 1, "halle")} == await stored.points("visits", "site")


async def test_a_cameras_windows_go_and_the_whole_sites_stay(stored: Stored) -> None:
    await stored.windows(
        window(AT, camera="door"),
        window(AT, camera="door", window_s=DAY_S),
        window(AT, camera=ODD),
        window(AT),
        window(AT, site="halle", camera="door"),
    )

    assert 2 == await erase(WindowPoints(stored.influx, wish(camera="door")))

    assert {(AT, SITE, ODD), (AT, SITE, "*"), (AT, "halle", "door")} == await stored.points(
        "crowd", "site", "camera"
    )


async def test_windows_that_were_over_go_each_by_its_length(stored: Stored) -> None:
    lengths = (HOUR_MS, DAY_MS)
    await stored.windows(
        *(window(AT - each, window_s=each // 1000) for each in lengths),
        *(window(AT - each + 1, window_s=each // 1000) for each in lengths),
        window(AT - DAY_MS, site="halle"),
    )

    assert 2 == await erase(WindowPoints(stored.influx, wish(before=AT)))

    assert {
        *((AT - each + 1, SITE, str(each // 1000)) for each in lengths),
        (AT - DAY_MS, "halle", "3600"),
    } == await stored.points("crowd", "site", "window_s")


async def test_no_window_names_a_person(stored: Stored) -> None:
    await stored.windows(window(AT, identified=("ada",)))

    assert 0 == await erase(WindowPoints(stored.influx, wish(person="ada")))

    assert 1 == len(await stored.points("crowd"))
