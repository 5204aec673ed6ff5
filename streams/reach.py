"""Whether the servers that the settings name answer; asking changes nothing on them."""

import asyncio
from collections.abc import Callable

from connectors.influxql import InfluxQL
from connectors.object_store import answers, client
from connectors.outcome import RefusedError, UnavailableError
from connectors.registry import Registry
from connectors.topic_admin import TopicAdmin
from streams.effective import masked
from streams.output import Row
from streams.settings import Settings
from streams.topology import topics

Asked = Callable[[Settings], str]
"""Asks a server; gives what is wrong with what it holds, or nothing."""


def reach(settings: Settings) -> list[Row]:
    """Each server: where it is, whether it answers us, and what is missing there."""
    servers: list[tuple[str, object, Asked]] = [
        ("kafka", settings.kafka.bootstrap_servers, _kafka),
        ("influxdb", settings.influx.url, _influx),
        ("s3", settings.s3.endpoint_url, _s3),
    ]
    if settings.registry:
        servers.append(("registry", settings.registry.url, _registry))
    return [_row(name, masked(where), ask, settings) for name, where, ask in servers]


def _row(name: str, where: str, ask: Asked, settings: Settings) -> Row:
    try:
        wrong, answered = ask(settings), True
    except (UnavailableError, RefusedError) as error:
        wrong, answered = str(error), False
    return {"server": name, "where": where, "answers": answered, "wrong": wrong}


def _kafka(settings: Settings) -> str:
    there = TopicAdmin(settings.kafka).partitions()
    missing = [topic.name for topic in topics() if topic.name not in there]
    return f"missing: {', '.join(missing)}; create with: engawa topics" if missing else ""


def _influx(settings: Settings) -> str:
    async def ask() -> None:
        influx = settings.influx
        server = InfluxQL(influx.url, influx.token, timeout_s=influx.timeout_s)
        try:
            await server.ask("SHOW DATABASES")
        finally:
            await server.close()

    asyncio.run(ask())
    return ""


def _s3(settings: Settings) -> str:
    s3 = client(settings.s3)
    with answers():
        s3.list_buckets()
    return ""


def _registry(settings: Settings) -> str:
    assert settings.registry is not None
    asyncio.run(Registry(settings.registry).definition(1))
    return ""
