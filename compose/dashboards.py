r"""Chronograf's dashboards, ``chronograf/*.dashboard``: what their cells ask InfluxDB.

Chronograf 1.10 reads them from ``RESOURCES_PATH`` at every request, as Go templates of HTML, so a
file holds no ``{{`` and writes ``<`` as JSON's ``\u003c``, which would come out as ``&lt;``
otherwise; ids are far above those that Chronograf itself counts out.
https://github.com/influxdata/chronograf/blob/master/filestore/dashboards.go (and filestore.go)
https://docs.influxdata.com/chronograf/v1/administration/config-options/

Its connection to InfluxDB is the one that ``INFLUXDB_URL`` and its companions name: a ``.src`` file
would spoil a password with ``&`` or ``"`` in it, because the template writes it as HTML.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "chronograf"
DATABASE, ROOM_DATABASE = "engawa", "Sensordata"
"""The databases that the files name: those of the workers' settings, unless those were changed."""

Cell = tuple[str, str, str]
"""Name of the dashboard, name of the cell, query."""


def dashboards() -> list[Path]:
    """The files."""
    return sorted(FOLDER.glob("*.dashboard"))


def cells(path: Path) -> list[Cell]:
    """Every query of every cell of a dashboard."""
    board = json.loads(path.read_text("utf-8"))
    return [
        (board["name"], cell["name"], each["query"])
        for cell in board["cells"]
        for each in cell["queries"]
    ]


def asked(
    query: str,
    *,
    from_ms: int,
    to_ms: int,
    interval_s: int = 3600,
    database: str = DATABASE,
    room_database: str = ROOM_DATABASE,
) -> str:
    """A cell's query as Chronograf would send it, its variables replaced."""
    named = query.replace(f'FROM "{DATABASE}".', f'FROM "{database}".')
    named = named.replace(f'FROM "{ROOM_DATABASE}".', f'FROM "{room_database}".')
    values = {
        ":dashboardTime:": f"{from_ms}ms",
        ":upperDashboardTime:": f"{to_ms}ms",
        ":interval:": f"{interval_s}s",
    }
    for variable, value in values.items():
        named = named.replace(variable, value)
    return named
