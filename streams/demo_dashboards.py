"""Every cell of the dashboards, asked of what a demonstration has written."""

from compose.dashboards import Cell, asked, cells, dashboards
from connectors.influxql import InfluxQL
from streams.observer import wall_ms
from streams.settings import Settings

SHOWN_MS = 3 * 86_400_000
"""The demonstration's readings lie in the last two days."""

TIMEOUT_S = 60.0

RIGHTLY_EMPTY = {
    # its moving average needs more windows than the scene's two hours have
    ("Engawa: crowd", "Visitors by window: males, females, and the trend of all"),
    # with the weather there and every sensor well the model always decides
    ("Engawa: energy", "Latest fallbacks and why"),
}
"""Dashboards and cells that may find nothing."""


async def empty_cells(settings: Settings) -> list[str]:
    """The cells that find nothing."""
    influx = settings.influx
    ql = InfluxQL(influx.url, influx.token, timeout_s=TIMEOUT_S)
    try:
        return [
            f"{cell[0]}: {cell[1]}"
            for path in dashboards()
            for cell in cells(path)
            if cell[:2] not in RIGHTLY_EMPTY and not await _rows(ql, cell, settings)
        ]
    finally:
        await ql.close()


async def _rows(ql: InfluxQL, cell: Cell, settings: Settings) -> int:
    now_ms = wall_ms()
    question = asked(
        cell[2],
        from_ms=now_ms - SHOWN_MS,
        to_ms=now_ms,
        database=settings.influx.database,
        room_database=settings.energy_points.database,
    )
    return len(await ql.ask(question))
