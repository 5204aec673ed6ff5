"""Windows of crowds in MongoDB's protocol, on a server that speaks it."""

import random
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from connectors.crowd_documents import DEMOGRAPHICS, CrowdSink
from connectors.mongo import Client, MongoSettings, client
from connectors.outcome import RefusedError, UnavailableError
from schemas.batch import Records
from schemas.crowd import CrowdCounted, WindowState
from streams.settings import Settings
from tests.connectors.crowd_records import AT, DAY_S, WITHHELD, batch, window

NAN = float("nan")


@pytest.fixture
def mongo(settings: Settings) -> MongoSettings:
    """A database of the test's own."""
    return settings.mongo.model_copy(update={"database": f"t{uuid4().hex}"})


@pytest.fixture
def server(mongo: MongoSettings) -> Iterator[Client]:
    with client(mongo) as opened:
        yield opened


async def kept(mongo: MongoSettings, *batches: Sequence[CrowdCounted]) -> None:
    sink = CrowdSink(mongo)
    await sink.prepare()
    for each in batches:
        await sink.write(batch(each))
    await sink.close()


def found(server: Client, mongo: MongoSettings, **wanted: Any) -> list[dict[str, Any]]:
    return list(server[mongo.database][DEMOGRAPHICS].find(wanted).sort("_id"))


@pytest.mark.integration
async def test_a_window_has_the_original_s_fields_and_ours(
    mongo: MongoSettings, server: Client
) -> None:
    counted = window(camera="door", state=WindowState.CLOSED, revision=3)
    await kept(mongo, [counted])

    [document] = found(server, mongo)
    nothing = dict.fromkeys(("Anger", "Contempt", "Disgust", "Fear", "Sadness"), 0)
    ages = dict.fromkeys(
        ("Age0To15", "Age16To19", "Age20s", "Age30s", "Age40s", "Age50s", "Age60sAndOlder"), 0
    )
    start = datetime.fromtimestamp(AT / 1000, UTC).replace(tzinfo=None)
    assert {
        "_id": f"gwangju|door|{AT}|{AT + 3_600_000}",
        "DeviceId": "door",
        "WindowStart": start,
        "WindowEnd": start.fromtimestamp(AT / 1000 + 3600, UTC).replace(tzinfo=None),
        "LastUpdatedAt": start.fromtimestamp(AT / 1000 + 1, UTC).replace(tzinfo=None),
        "TotalVisitors": 10,
        "TotalMales": 4,
        "TotalFemales": 5,
        "TotalNewMaleVisitors": 3,
        "TotalNewFemaleVisitors": 2,
        "AgeGenderDistribution": {
            "MaleDistribution": {**ages, "Age0To15": 1, "Age30s": 3},
            "FemaleDistribution": {**ages, "Age20s": 2, "Age60sAndOlder": 3},
        },
        "EmotionGenderDistribution": {
            "MaleDistribution": {**nothing, "Happiness": 3, "Neutral": 1, "Surprise": 0},
            "FemaleDistribution": {**nothing, "Happiness": 0, "Neutral": 2, "Surprise": 3},
        },
        "TotalIdentifiedPersons": 2,
        "IdentifiedPersonsIds": ["ada", "grace"],
        "Site": "gwangju",
        "WindowSeconds": 3600,
        "State": "closed",
        "Revision": 3,
        "TotalReturningMaleVisitors": 1,
        "TotalReturningFemaleVisitors": 3,
        "TotalUngendered": 1,
        "UnresolvedFaces": 7,
        "PeakOccupancy": 6,
        "MeanOccupancy": 2.5,
        "MeanDwellSeconds": 420.5,
        "Frames": 240,
        "Faces": 80,
        "Suppressed": False,
    } == document


@pytest.mark.integration
async def test_a_whole_site_has_a_star_for_its_camera(mongo: MongoSettings, server: Client) -> None:
    await kept(mongo, [window(), window(camera="door"), window(window_s=DAY_S)])

    sites = found(server, mongo, DeviceId="*")
    assert [3600, DAY_S] == [each["WindowSeconds"] for each in sites]


@pytest.mark.integration
async def test_counts_that_may_not_be_told_are_null(mongo: MongoSettings, server: Client) -> None:
    await kept(mongo, [window()], [window(revision=2, **WITHHELD)])

    [document] = found(server, mongo)
    ages = document["AgeGenderDistribution"]["MaleDistribution"]
    gone = ("TotalVisitors", "TotalMales", "TotalUngendered", "PeakOccupancy", "MeanOccupancy")
    assert {None} == {*ages.values(), *(document[name] for name in gone)}
    assert document["IdentifiedPersonsIds"] is None
    assert (7, 240, 80) == (document["UnresolvedFaces"], document["Frames"], document["Faces"])


@pytest.mark.integration
async def test_whatever_is_written_again_in_any_order_the_newest_revision_stands(
    mongo: MongoSettings, server: Client
) -> None:
    told = [window(AT + place, revision=n, visitors=n) for place in (0, 1) for n in range(1, 9)]
    order = random.Random(7)
    batches = [order.sample(told, order.randint(1, 8)) for _ in range(20)]
    await kept(mongo, batches[0], told, *batches[1:])

    assert [8, 8] == [each["TotalVisitors"] for each in found(server, mongo)]


@pytest.mark.integration
async def test_of_one_revision_what_was_said_last_stands(
    mongo: MongoSettings, server: Client
) -> None:
    await kept(mongo, [window(revision=2, visitors=3)], [window(revision=2, visitors=4)])

    assert [4] == [each["TotalVisitors"] for each in found(server, mongo)]


@pytest.mark.integration
@pytest.mark.parametrize("name", ["$ne", "a.b", "{'$gt': ''}", "a|b", "温室 🌱", "a\x00b"])
async def test_hostile_names_are_only_names(
    mongo: MongoSettings, server: Client, name: str
) -> None:
    await kept(mongo, [window(site=name, camera=name, identified=(name,)), window()])

    [document] = found(server, mongo, Site={"$eq": name})
    assert ([name], name) == (document["IdentifiedPersonsIds"], document["DeviceId"])
    assert 2 == len(found(server, mongo))


@pytest.mark.integration
@pytest.mark.parametrize(
    "changes",
    [{"mean_occupancy": NAN}, {"mean_dwell_s": float("inf")}, {"at": 1 << 62}, {"faces": 1 << 64}],
)
async def test_what_no_document_can_hold_is_refused_and_nothing_of_it_written(
    mongo: MongoSettings, server: Client, changes: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError):
        await kept(mongo, [window(**changes)])
    assert [] == found(server, mongo)


@pytest.mark.integration
async def test_an_empty_batch_is_written(mongo: MongoSettings, server: Client) -> None:
    sink = CrowdSink(mongo)
    await sink.write(Records(record=CrowdCounted, rows=[]))
    await sink.close()
    assert [] == found(server, mongo)


async def test_a_server_that_is_away_is_waited_for() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = SecretStr(f"mongodb://u:secret@127.0.0.1:{free.getsockname()[1]}")
        sink = CrowdSink(MongoSettings(url=url, timeout_s=0.2))

        with pytest.raises(UnavailableError) as caught:
            await sink.write(batch([window()]))
        await sink.close()
    assert "secret" not in str(caught.value)
