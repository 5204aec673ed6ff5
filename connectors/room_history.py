"""What InfluxDB knows of a server room, in whole rows: for analysts, and for training."""

from collections.abc import Iterable
from dataclasses import replace

from connectors.energy_points import RETENTION, EnergyPointsSettings
from connectors.influx import InfluxSettings
from connectors.influx_query import statement
from connectors.influxql import InfluxQL
from connectors.query import Aggregate, Plan, Query, QueryError
from connectors.rollup_marks import MINUTE_MS

WHOLE_ROWS = "*"
"""What stands in place of the one field of other questions."""

LEARNT_FROM = ("temperature", "Aircon_temp", "it_power_kw")
COLUMNS = {
    "temperature": Aggregate.MEAN,
    "humidity": Aggregate.MEAN,
    "Aircon_temp": Aggregate.MEAN,
    "ext_temperature": Aggregate.MEAN,
    "ext_humidity": Aggregate.MEAN,
    "weather_stat": Aggregate.LAST,
    "it_power_kw": Aggregate.MEAN,
    "recommend_temperature": Aggregate.LAST,
    "suspect": Aggregate.MAX,
}
"""Fields of a row as ``connectors.energy_points`` writes them, and what a bucket tells of each."""

TIMEOUT_S = 60.0


def whole_rows(
    query: Query, room: str, energy: EnergyPointsSettings, *, names: Iterable[str] = COLUMNS
) -> Query:
    """The same question, of whole rows of a room in the site that it names.

    Raises:
        QueryError: it names no site, or asks for other than points or their means.

    """
    means = query.aggregates in ((), (Aggregate.MEAN,))
    if [tag for tag, _ in query.tags] != ["site"] or query.group or query.where or not means:
        raise QueryError(
            "a --room needs its --site, and goes without --device, --where, --group and --agg"
        )
    return replace(
        query,
        columns=tuple((name, COLUMNS[name]) for name in names),
        database=energy.database,
        measurement=energy.measurement,
        tags=(*query.tags, ("room", room)),
    )


async def room_history(
    site: str,
    room: str,
    *,
    from_ms: int,
    to_ms: int,
    influx: InfluxSettings,
    energy: EnergyPointsSettings,
) -> list[dict[str, str]]:
    """The means of a room's minutes, from ``from_ms`` on and before ``to_ms`` (epoch ms).

    Raises:
        UnavailableError: InfluxDB is away.

    """
    minutes = Query(
        field=WHOLE_ROWS,
        tags=(("site", site),),
        from_ms=from_ms,
        to_ms=to_ms,
        every_ms=MINUTE_MS,
        aggregates=(Aggregate.MEAN,),
    )
    query = whole_rows(minutes, room, energy, names=LEARNT_FROM)
    whole = Plan(policy=RETENTION, from_ms=from_ms, to_ms=to_ms, buckets=0)
    ql = InfluxQL(influx.url, influx.token, timeout_s=TIMEOUT_S)
    try:
        rows = await ql.ask(statement(query, whole, database=energy.database))
    finally:
        await ql.close()
    return [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
