"""Points that are told again with other figures, on a real server."""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest

from connectors.influx import HOUR_MS, InfluxSettings
from connectors.influxql import InfluxQL, Row
from connectors.kept_points import KeptPoints, Point
from connectors.outcome import RefusedError, UnavailableError

Ask = Callable[[str], Awaitable[list[Row]]]

NOW = time.time_ns() // (HOUR_MS * 1_000_000) * HOUR_MS

pytestmark = pytest.mark.integration


def point(place: str = "door", at: int = NOW, number: int = 0, **fields: Any) -> Point:
    revision = fields.pop("revision", None)
    return Point(at=at, number=number, tags={"place": place}, fields=fields, revision=revision)


@pytest.fixture
def influx(influx_url: str) -> InfluxSettings:
    """A database of the test's own."""
    return InfluxSettings(url=influx_url, database=f"test_{uuid4().hex}", lines_per_write=3)


@pytest.fixture
async def sink(influx: InfluxSettings) -> AsyncIterator[KeptPoints]:
    kept = KeptPoints(influx, "m", ("place",), retention="kept")
    await kept.prepare()
    yield kept
    await kept.close()


@pytest.fixture
async def ask(influx: InfluxSettings) -> AsyncIterator[Ask]:
    ql = InfluxQL(influx.url, influx.token, timeout_s=10)

    async def ask(query: str) -> list[Row]:
        return await ql.ask(query.replace("DB", f'"{influx.database}"'))

    yield ask
    await ql.close()


async def stored(ask: Ask) -> list[Mapping[str, Any]]:
    rows = await ask("SELECT * FROM DB.kept.m")
    return [{k: v for k, v in row.items() if v is not None and k != "time"} for row in rows]


async def test_a_field_that_is_null_now_is_gone(sink: KeptPoints, ask: Ask) -> None:
    await sink.put([point(a=1, b=2.5, c="x"), point("hall", a=1, b=1.5, c="y")])
    await sink.put([point(a=2, b=None, c=None)])

    assert [{"place": "door", "a": 2}, {"place": "hall", "a": 1, "b": 1.5, "c": "y"}] == (
        await stored(ask)
    )


async def test_a_point_with_no_field_left_is_gone_and_one_that_never_was_is_none(
    sink: KeptPoints, ask: Ask
) -> None:
    await sink.put([point(number=1, a=1), point(number=2, a=2)])
    await sink.put([point(number=1, a=None), point(number=3, a=None)])

    assert [{"place": "door", "a": 2}] == await stored(ask)


async def test_whatever_is_written_again_in_any_order_the_newest_revision_stands(
    sink: KeptPoints, ask: Ask
) -> None:
    told = [
        point(revision=n, a=n if n % 2 else None, b=None if n % 2 else n, c=1) for n in range(1, 8)
    ]
    order = random.Random(7)
    for each in [*order.choices(told, k=15), *told, *order.choices(told, k=5)]:
        await sink.put([each])

    assert [{"place": "door", "a": 7, "c": 1, "revision": 7}] == await stored(ask)


async def test_of_several_in_one_place_the_last_counts(sink: KeptPoints, ask: Ask) -> None:
    await sink.put([point(a=1, b=1), point(a=2, b=None)])
    assert [{"place": "door", "a": 2}] == await stored(ask)


async def test_more_points_than_go_into_one_request_are_written(sink: KeptPoints, ask: Ask) -> None:
    await sink.put([point(number=n, a=n) for n in range(10)])
    assert list(range(10)) == [row["a"] for row in await stored(ask)]


@pytest.mark.parametrize("name", ["a b,c=d", 'x="y"', "#!~#", "温室 🌱", "' OR '1'='1", "a\\"])
async def test_hostile_names_touch_nobody_else(sink: KeptPoints, ask: Ask, name: str) -> None:
    await sink.put([point(name, a=1, b=1), point(a=1, b=1)])
    await sink.put([point(name, a=2, b=None)])

    assert [(1, 1), (2, None)] == sorted((row["a"], row.get("b")) for row in await stored(ask))


async def test_what_is_too_old_is_counted_not_written(
    influx: InfluxSettings, sink: KeptPoints, ask: Ask
) -> None:
    counted: list[int] = []
    sink.on_expired = counted.append
    await sink.put([point(at=NOW - influx.hour_retention_h * HOUR_MS, a=1), point(a=2)])

    assert [1] == counted
    assert [{"place": "door", "a": 2}] == await stored(ask)


async def test_points_are_kept_as_long_as_the_hours_of_readings(
    influx: InfluxSettings, sink: KeptPoints, ask: Ask
) -> None:
    await sink.prepare()
    kept = {row["name"]: row["duration"] for row in await ask("SHOW RETENTION POLICIES ON DB")}
    assert f"{influx.hour_retention_h}h0m0s" == kept["kept"]


@pytest.mark.parametrize(
    "told",
    [
        point(a=float("nan")),
        point(a=float("-inf"), b=None),
        point("", a=1),
        point("a\nb", a=1),
        point("a\nb", a=1, b=None),
        point(at=2**62, a=1),
        point(at=2**62, a=1, b=None),
        point(a=2**63),
    ],
)
async def test_what_no_point_can_hold_is_refused(sink: KeptPoints, told: Point) -> None:
    with pytest.raises(RefusedError):
        await sink.put([told])


async def test_a_database_that_is_gone_is_waited_for(influx: InfluxSettings) -> None:
    sink = KeptPoints(influx, "m", ("place",), retention="kept")
    for told in (point(a=1), point(a=1, b=None)):
        with pytest.raises(UnavailableError):
            await sink.put([told])
    await sink.close()


async def test_nothing_is_no_request(influx: InfluxSettings) -> None:
    nowhere = influx.model_copy(update={"url": "http://127.0.0.1:9"})
    sink = KeptPoints(nowhere, "m", ("place",), retention="kept")
    await sink.put([])
    with pytest.raises(UnavailableError):
        await sink.put([point(a=1)])
    await sink.close()
