"""Alarms to MongoDB's protocol and back, on a server that speaks it."""

import random
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from compose.local import down, up
from compose.settings import ServerSettings
from compose.status import worker_environment
from connectors.alarm_documents import AlarmsSink
from connectors.alarms_reader import AlarmsReader, Standing, reading
from connectors.mongo import MongoSettings
from connectors.outcome import RefusedError, UnavailableError
from schemas.alarms import AlarmChange, Level
from tests.connectors.alarm_changes import AT, CLEARED, batch, change


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    state_dir: Path = tmp_path_factory.mktemp("mongo")
    settings = ServerSettings().with_free_ports()
    up(["mongodb"], settings=settings, state_dir=state_dir)
    found = worker_environment(["mongodb"], settings=settings, state_dir=state_dir)
    yield found["ENGAWA_MONGO__URL"]
    down(["mongodb"], settings=settings, state_dir=state_dir)


@pytest.fixture
def settings(url: str) -> MongoSettings:
    """A database of the test's own."""
    return MongoSettings(url=SecretStr(url), database=f"t{uuid4().hex}")


@pytest.fixture
def reader(settings: MongoSettings) -> Iterator[AlarmsReader]:
    with reading(settings) as reader:
        yield reader


async def kept(settings: MongoSettings, *batches: Sequence[AlarmChange]) -> None:
    sink = AlarmsSink(settings)
    await sink.prepare()
    for each in batches:
        await sink.write(batch(each))
    await sink.close()


@pytest.mark.integration
async def test_an_alarm_comes_back_as_it_is_with_its_history(
    settings: MongoSettings, reader: AlarmsReader
) -> None:
    changes = [change(1), change(2, **CLEARED), change(3, raised_at=AT + 3)]
    await kept(settings, changes[:1], changes[1:])

    alarm = changes[0].alarm
    assert changes[2] == reader.one(alarm)
    assert changes == reader.history(alarm)
    assert changes[1:] == reader.history(alarm, limit=2)
    assert [changes[2]] == reader.current()


@pytest.mark.integration
async def test_whatever_is_written_again_in_any_order_the_newest_stands(
    settings: MongoSettings, reader: AlarmsReader
) -> None:
    changes = [change(n, value=float(n)) for n in range(1, 9)]
    order = random.Random(7)
    batches = [order.sample(changes, order.randint(1, 8)) for _ in range(20)]
    await kept(settings, changes, *batches)

    assert changes[-1] == reader.one(changes[0].alarm)
    assert changes == reader.history(changes[0].alarm)


@pytest.mark.integration
async def test_a_forgotten_alarm_that_begins_anew_stands_before_its_old_self(
    settings: MongoSettings, reader: AlarmsReader
) -> None:
    old = [change(n, value=float(n)) for n in range(1, 4)]
    anew = change(1, raised_at=AT + 1000)
    await kept(settings, old, [anew], old)

    assert anew == reader.one(anew.alarm)
    assert [*old, anew] == reader.history(anew.alarm)


@pytest.mark.integration
async def test_late_findings_are_history_and_say_nothing_of_now(
    settings: MongoSettings, reader: AlarmsReader
) -> None:
    late = change(2, raised_at=AT - 1000, backfilled=True, active=False)
    await kept(settings, [change(1), late])

    assert change(1) == reader.one(late.alarm)
    assert [late, change(1)] == reader.history(late.alarm)


@pytest.mark.integration
async def test_alarms_are_found_by_site_level_and_standing(
    settings: MongoSettings, reader: AlarmsReader
) -> None:
    await kept(
        settings,
        [
            change(1, site="a", level=Level.CRITICAL),
            change(2, site="b", level=Level.INFO, acknowledged=True),
            change(3, site="c", disabled=True, **CLEARED),
            change(4, site="d", shelved_until=AT),
        ],
    )

    def sites(**wanted: Any) -> str:
        return "".join(each.site for each in reader.current(**wanted))

    assert "dba" == sites()
    assert "da" == sites(level=Level.WARNING)
    assert "b" == sites(site="b")
    assert "" == sites(site="c")
    assert "da" == sites(standing=Standing.UNACKNOWLEDGED)
    assert "d" == sites(standing=Standing.SHELVED)
    assert "c" == sites(standing=Standing.DISABLED)
    assert "c" == sites(standing=Standing.CLEARED)
    assert "dcba" == sites(standing=Standing.ALL)
    assert "dc" == sites(standing=Standing.ALL, limit=2)


@pytest.mark.integration
@pytest.mark.parametrize("name", ["$ne", "a.b", "{'$gt': ''}", "a/b%2F", "温室 🌱", "a\x00b"])
async def test_hostile_names_are_only_names(
    settings: MongoSettings, reader: AlarmsReader, name: str
) -> None:
    hostile, other = change(site=name, device=name), change()
    await kept(settings, [hostile, other])

    assert hostile == reader.one(hostile.alarm)
    assert [hostile] == reader.current(site=name)
    assert [] == reader.history(name)


@pytest.mark.integration
async def test_what_no_document_can_hold_is_refused(settings: MongoSettings) -> None:
    with pytest.raises(RefusedError):
        await kept(settings, [change(at=1 << 64)])


@pytest.mark.integration
async def test_an_empty_batch_is_written(settings: MongoSettings, reader: AlarmsReader) -> None:
    await kept(settings, [])
    reader.ping()

    assert [] == reader.current(standing=Standing.ALL)


async def test_a_server_that_is_away_is_waited_for() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = SecretStr(f"mongodb://u:secret@127.0.0.1:{free.getsockname()[1]}")
        settings = MongoSettings(url=url, timeout_s=0.2)

        with pytest.raises(UnavailableError) as caught:
            await AlarmsSink(settings).write(batch([change()]))
        with reading(settings) as reader:
            for question in (reader.ping, reader.current):
                with pytest.raises(UnavailableError):
                    question()
    assert "secret" not in str(caught.value)
