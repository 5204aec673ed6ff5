"""Windows and names that have to go, in a server that speaks MongoDB's protocol."""

from typing import Any
from uuid import uuid4

import pytest

from connectors.crowd_documents import DEMOGRAPHICS, CrowdSink
from connectors.crowd_documents_erasure import NAMES, TOTAL, CrowdDocuments
from connectors.mongo import MongoSettings, client
from schemas.erasures import Erasure
from streams.settings import Settings
from tests.connectors.crowd_records import AT, HOUR_S, batch, window

pytestmark = pytest.mark.integration

HOUR = HOUR_S * 1000


@pytest.fixture
def mongo(settings: Settings) -> MongoSettings:
    return settings.mongo.model_copy(update={"database": f"t_{uuid4().hex}"})


async def stored(mongo: MongoSettings) -> None:
    sink = CrowdSink(mongo)
    await sink.prepare()
    await sink.write(
        batch(
            [
                window(AT, camera="door"),
                window(AT, camera="till", identified=("grace",)),
                window(AT + HOUR, camera="door", identified=()),
                window(AT, site="elsewhere"),
            ]
        )
    )
    await sink.close()


def wish(**what: Any) -> Erasure:
    return Erasure(erasure_id="e", site="gwangju", at=AT, by="me", **what)


def documents(mongo: MongoSettings) -> dict[str, Any]:
    connection = client(mongo)
    found = {each["_id"]: each for each in connection[mongo.database][DEMOGRAPHICS].find()}
    connection.close()
    return found


async def test_a_name_goes_from_every_window_of_its_site_and_the_windows_stay(
    mongo: MongoSettings,
) -> None:
    await stored(mongo)
    place = CrowdDocuments(mongo, wish(person="ada"), {"ada", "p-1"})
    assert 1 == await place.count()
    await place.remove()

    assert 0 == await place.count()
    found = documents(mongo)
    assert 4 == len(found)
    door = found[f"gwangju|door|{AT}|{AT + HOUR}"]
    assert (["grace"], 1, 10) == (door[NAMES], door[TOTAL], door["TotalVisitors"])
    assert ["ada", "grace"] == found[f"elsewhere|*|{AT}|{AT + HOUR}"][NAMES]


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ({"camera": "door"}, {"till", "*"}),
        ({"before": AT + HOUR}, {"door", "*"}),
        ({"before": AT + HOUR - 1}, {"door", "till", "*"}),
    ],
)
async def test_windows_of_a_camera_and_of_the_past_go(
    mongo: MongoSettings, what: dict[str, Any], left: set[str]
) -> None:
    await stored(mongo)
    place = CrowdDocuments(mongo, wish(**what), ())
    await place.remove()

    assert 0 == await place.count()
    assert left == {each["DeviceId"] for each in documents(mongo).values()}
