"""InfluxDB's own query language over HTTP: questions, databases and how long they keep things."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from connectors.influx_answer import failure
from connectors.outcome import UnavailableError

Row = dict[str, Any]

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class InfluxQL:
    """Asks one server. Times come as epoch milliseconds, or as is asked for."""

    def __init__(self, url: str, token: SecretStr, *, timeout_s: float) -> None:
        secret = token.get_secret_value()
        headers = {"Authorization": f"Token {secret}"} if secret else {}
        # a proxy named in the environment is not for a store that is named in the settings
        self._client = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=timeout_s, trust_env=False
        )

    async def ask(self, *statements: str, epoch: str = "ms") -> list[Row]:
        """Run statements in order; give all rows of all series, tags among the columns.

        Raises:
            UnavailableError: the server is away, or could not run a statement now.
            RefusedError: a statement is malformed.

        """
        answer = await self._post("/query", data={"q": ";".join(statements), "epoch": epoch})
        try:
            document = answer.json()
        except ValueError as error:
            raise UnavailableError(f"InfluxDB gave an answer that is no JSON: {error}") from error
        return _rows(document)

    async def write(self, bucket: str, lines: bytes, *, precision: str = "ms") -> None:
        """Write a few lines with times in this precision; the sink is for many.

        Raises:
            UnavailableError: the server is away.
            RefusedError: a line is malformed.

        """
        await self._post(
            "/api/v2/write", params={"bucket": bucket, "precision": precision}, content=lines
        )

    async def keep(self, database: str, hours: Mapping[str, int]) -> None:
        """Create a database and its retention policies; lengthen what is too short.

        What is kept longer than asked stays as it is. Several workers may do this at once.
        """
        await self.ask(f"CREATE DATABASE {quoted(database)}")
        rows = await self.ask(f"SHOW RETENTION POLICIES ON {quoted(database)}")
        kept = {row["name"]: _hours(row["duration"]) for row in rows}
        for name, wanted in hours.items():
            on = f"RETENTION POLICY {quoted(name)} ON {quoted(database)} DURATION {wanted}h"
            if name not in kept:
                await self.ask(f"CREATE {on} REPLICATION 1")
            elif 0 < kept[name] < wanted:
                await self.ask(f"ALTER {on}")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, path: str, **request: Any) -> httpx.Response:
        try:
            answer = await self._client.post(path, **request)
        except httpx.HTTPError as error:
            raise UnavailableError(f"InfluxDB is away: {error!r}") from error
        if answer.is_success:
            return answer
        raise failure(
            answer.status_code, answer.text, retry_after=answer.headers.get("Retry-After")
        )


def quoted(name: str) -> str:
    """A name as InfluxQL takes it, whatever is in it."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _rows(document: Any) -> list[Row]:
    rows: list[Row] = []
    for result in document["results"]:
        if "error" in result:
            raise UnavailableError(f"InfluxDB could not run a query: {result['error']}")
        for series in result.get("series", ()):
            tags = series.get("tags", {})
            rows += [
                tags | dict(zip(series["columns"], values, strict=True))
                for values in series.get("values", ())
            ]
    return rows


def _hours(duration: str) -> float:
    """``168h0m0s`` in hours; 0 means for ever."""
    found = _DURATION.fullmatch(duration)
    if not found:
        raise UnavailableError(f"InfluxDB gave a duration that is none: {duration}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours + minutes / 60 + seconds / 3600
