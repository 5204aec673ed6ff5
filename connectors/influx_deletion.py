"""Deleting points of InfluxDB, for what must not stay."""

from connectors.influxql import InfluxQL, quoted
from connectors.outcome import UnavailableError


class Deletion(InfluxQL):
    """Asks one server, and deletes from it."""

    async def delete(self, database: str, measurement: str, where: str) -> None:
        """Delete the points of a measurement, in all retention policies, for which this holds.

        ``where`` may ask for times and tags only; whoever writes it quotes what is in it. One
        deletion takes InfluxDB some tenths of a second if there are years of points.

        Raises:
            UnavailableError: the server is away, or could not.
            RefusedError: the condition is malformed.

        """
        statement = f"DELETE FROM {quoted(measurement)} WHERE {where}"  # noqa: S608  # the caller quotes
        answer = await self._post("/query", data={"db": database, "q": statement})
        try:
            [result] = answer.json()["results"]
        except (ValueError, KeyError) as error:
            raise UnavailableError(f"InfluxDB gave an answer that is none: {error!r}") from error
        if "error" in result:
            raise UnavailableError(f"InfluxDB could not delete: {result['error']}")
