"""A schema registry that speaks Confluent's HTTP API."""

import asyncio
import json
from typing import Any, Self

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.common._httpx_compat import httpx
from confluent_kafka.schema_registry.error import SchemaRegistryError
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, model_validator

from connectors.outcome import UnavailableError

AWAY = (httpx.HTTPError, OSError, ValueError)
"""What the client lets through: of the HTTP library that it chose itself, httpx2 or httpx, and a
ValueError if the answer was no JSON."""

NO_SUCH_ID = frozenset({400, 404, 422})
"""Answers to an id that is none: not there, or no number that the registry gives."""


class RegistrySettings(BaseModel):
    """Where the registry is. Without one, Avro single-object encoding is used, which needs none."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: HttpUrl
    username: SecretStr | None = None
    password: SecretStr | None = None
    timeout_s: float = Field(5.0, gt=0, le=60)
    write: bool = True
    """Whether to write in Confluent's framing too; false only reads it."""

    @model_validator(mode="after")
    def _who_we_are(self) -> Self:
        if (self.username is None) != (self.password is None):
            missing = "username" if self.username is None else "password"
            raise ValueError(f"{missing} is missing: give both or none")
        return self


class Registry:
    """Looks schemas up by id, and registers ours."""

    def __init__(self, settings: RegistrySettings) -> None:
        conf: dict[str, Any] = {
            "url": str(settings.url).rstrip("/"),
            "timeout": settings.timeout_s,
            # waiting and trying again is the caller's, who can say so
            "max.retries": 0,
        }
        if settings.username and settings.password:
            user, password = (s.get_secret_value() for s in (settings.username, settings.password))
            conf["basic.auth.user.info"] = f"{user}:{password}"
        self._client = SchemaRegistryClient(conf)

    async def definition(self, schema_id: int) -> Any | None:
        """The schema with this id as JSON data; None if there is none, or it is not Avro.

        Raises:
            UnavailableError: the registry cannot say now.

        """
        try:
            found = await asyncio.to_thread(self._client.get_schema, schema_id)
        except SchemaRegistryError as error:
            if error.http_status_code in NO_SUCH_ID:
                return None
            raise UnavailableError(f"registry: {error}") from error
        except AWAY as error:
            raise UnavailableError(f"registry: {error}") from error
        if found.schema_type != "AVRO" or found.references or not found.schema_str:
            return None
        try:
            return json.loads(found.schema_str)
        except (ValueError, RecursionError):
            return None

    async def register(self, subject: str, definition: Any) -> int:
        """Register a schema, or find it registered; give its id.

        Raises:
            UnavailableError: the registry cannot say now, or finds the schema incompatible.

        """
        schema = Schema(json.dumps(definition), "AVRO")
        try:
            return int(await asyncio.to_thread(self._client.register_schema, subject, schema))
        except (SchemaRegistryError, *AWAY) as error:
            raise UnavailableError(f"registry, subject {subject}: {error}") from error
