"""What the stores hold of crowds, as a test compares it."""

from datetime import UTC
from typing import Any

from connectors.crowd_documents import DEMOGRAPHICS
from connectors.influxql import InfluxQL
from connectors.mongo import client
from schemas.crowd import CrowdCounted
from streams.settings import Settings

Place = tuple[str, str, int]
"""Camera, length and start of a window."""


def documents(settings: Settings) -> dict[str, Any]:
    """Everything in MongoDB, by its id."""
    with client(settings.mongo) as server:
        found = list(server[settings.mongo.database][DEMOGRAPHICS].find())
    aware = {"WindowStart", "WindowEnd", "LastUpdatedAt"}
    return {
        each.pop("_id"): {
            name: value.replace(tzinfo=UTC) if name in aware else value
            for name, value in each.items()
        }
        for each in found
    }


def place(counted: CrowdCounted) -> Place:
    return counted.camera or "*", str(counted.window_s), counted.window_start


async def points(settings: Settings) -> tuple[dict[Place, Any], list[int]]:
    """Everything in InfluxDB: visitors by window, and the sightings of each visit."""
    influx = settings.influx
    ql = InfluxQL(influx.url, influx.token, timeout_s=20)
    source = f'"{influx.database}".crowd'
    try:
        rows = await ql.ask(
            f"SELECT visitors, camera, window_s FROM {source}.crowd"
        )  # our own name
        visits = await ql.ask(f"SELECT sightings FROM {source}.visits")
    finally:
        await ql.close()
    windows = {(row["camera"], row["window_s"], row["time"]): row["visitors"] for row in rows}
    return windows, sorted(row["sightings"] for row in visits)
