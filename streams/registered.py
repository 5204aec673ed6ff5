"""Writers' schemas for commands, which give up where a worker would wait."""

import asyncio
from functools import cache

from fastavro.schema import SchemaParseException

from connectors.registry import Registry, RegistrySettings
from schemas.codec import Schema, schema
from schemas.framing import registry_id
from schemas.releases import released
from schemas.unframe import Known


def known_writers(settings: RegistrySettings | None) -> Known:
    """Find a schema by its framing header: ours, or the registry's if there is one.

    What it gives raises UnavailableError while the registry is away.
    """
    ours = {each.header: each for each in released()}
    registry = Registry(settings) if settings else None

    @cache
    def known(header: bytes) -> Schema | None:
        schema_id = registry_id(header)
        if header in ours or schema_id is None or registry is None:
            return ours.get(header)
        definition = asyncio.run(registry.definition(schema_id))
        try:
            return schema(definition) if definition else None
        except (SchemaParseException, ValueError, TypeError, KeyError):
            return None  # the registry takes schemas that fastavro does not

    return known
