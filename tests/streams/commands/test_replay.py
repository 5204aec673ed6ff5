from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from connectors.archive import ArchiveSink
from connectors.message_log import MessageLog
from connectors.topic_admin import TopicAdmin
from schemas.batch import Origin, Raw
from schemas.records import Telemetry
from schemas.topic import Topic
from streams.settings import Settings

LOGGED_AT = 1_780_000_000_000


@pytest.fixture
async def archived(settings: Settings) -> str:
    """A topic whose archive holds a hundred messages, a second apart."""
    name = f"replays.tested.{uuid4().hex}"
    count = 100
    origin = Origin(
        topic=name,
        partition=0,
        offsets=np.arange(count),
        logged_at=LOGGED_AT + 1000 * np.arange(count),
    )
    keys = [None if n == 0 else f"k{n}".encode() for n in range(count)]
    values = [None if n == 1 else bytes([n]) * 3 for n in range(count)]
    sink = ArchiveSink(settings.s3)
    await sink.prepare()
    await sink.write(Raw(origin=origin, keys=keys, values=values))
    await sink.close()
    for each in (name, f"{name}.copy"):
        made = Topic(name=each, record=Telemetry, key=("site",), partitions=1)
        TopicAdmin(settings.kafka).ensure([made])
    return name


def read(settings: Settings, topic: str) -> list[tuple[bytes | None, bytes | None]]:
    with MessageLog(settings.kafka) as log:
        return [(each.key, each.value) for each in log.read(log.span(topic))]


def replayed(engawa: Any, environment: dict[str, str], topic: str, *more: str) -> Any:
    since, until = "2026-05-28T20:26:40Z", "2026-05-28T22:27:10+02:00"  # the first thirty
    arguments = ("replay", topic, "--since", since, "--until", until, "--format", "json", *more)
    return engawa(*arguments, environment=environment)


@pytest.mark.integration
def test_messages_of_a_time_come_back_with_their_key_and_bytes(
    engawa: Any, stocked: dict[str, str], settings: Settings, archived: str
) -> None:
    called = replayed(engawa, stocked, archived)
    found = read(settings, archived)

    assert (0, 30) == (called.code, called.document["sent"])
    assert [(None, bytes(3)), (b"k1", None), (b"k2", b"\x02\x02\x02")] == found[:3]
    assert 30 == len(found)


@pytest.mark.integration
def test_messages_can_go_to_another_topic_in_their_own_time(
    engawa: Any, stocked: dict[str, str], settings: Settings, archived: str
) -> None:
    called = replayed(engawa, stocked, archived, "--to", f"{archived}.copy", "--speed", "100")

    assert called.code == 0
    assert ([], 30) == (read(settings, archived), len(read(settings, f"{archived}.copy")))


@pytest.mark.integration
def test_a_topic_that_is_missing_is_named(engawa: Any, stocked: dict[str, str]) -> None:
    called = engawa("replay", "nobodys.topic", "--since", "1h", environment=stocked)

    assert called.code == 78
    assert "no topic nobodys.topic" in called.err


@pytest.mark.parametrize(
    "times", [("--since", "soon"), ("--since", "1h", "--until", "2h"), ("--until", "now")]
)
def test_times_that_make_no_sense_are_wrong_usage(engawa: Any, times: tuple[str, ...]) -> None:
    assert 2 == engawa("replay", "readings.received.v1", *times).code
