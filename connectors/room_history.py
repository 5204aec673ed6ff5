"""What InfluxDB knows of a server room, minute by minute, as rows that training can read."""

from connectors.energy_points import EnergyPointsSettings
from connectors.influx import InfluxSettings
from connectors.influxql import InfluxQL, quoted
from connectors.where import literal

FIELDS = ("temperature", "Aircon_temp", "it_power_kw")
TIMEOUT_S = 60.0


async def room_history(
    room: str, *, from_ms: int, to_ms: int, influx: InfluxSettings, energy: EnergyPointsSettings
) -> list[dict[str, str]]:
    """The means of a room's minutes, from ``from_ms`` on and before ``to_ms`` (epoch ms).

    Raises:
        UnavailableError: InfluxDB is away.

    """
    means = ", ".join(f"mean({quoted(field)}) AS {quoted(field)}" for field in FIELDS)
    source = f"{quoted(energy.database)}..{quoted(energy.measurement)}"
    span = f"time >= {from_ms:d}ms AND time < {to_ms:d}ms"
    ql = InfluxQL(influx.url, influx.token, timeout_s=TIMEOUT_S)
    try:
        rows = await ql.ask(
            f"SELECT {means} FROM {source} WHERE {quoted('room')} = {literal(room)} AND {span}"  # noqa: S608  # quoted
            " GROUP BY time(1m) fill(none)"
        )
    finally:
        await ql.close()
    return [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
