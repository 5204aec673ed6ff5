"""Erasing with real servers: everything planted, erased, and looked for again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest
import pytest_asyncio

from agents.count import Count
from connectors.crowd_documents import CrowdSink
from connectors.crowd_points import CrowdPointsSink, VisitPointsSink
from connectors.outcome import UnavailableError
from connectors.topic_admin import TopicAdmin
from schemas.topics import (
    ALARMS_REQUESTED,
    CATALOGUE,
    CROWD_COUNTED,
    CROWD_REMEMBERED,
    ERASURES_REQUESTED,
    FRAMES_ANALYSED,
    VISITS_ENDED,
)
from streams.erasing_records import OF_PEOPLE
from streams.flow import Drain, Flow, Step
from streams.settings import Settings
from streams.worker import Worker
from tests.streams.conftest import Broker, until
from tests.streams.erasing_hall import ARCHIVED, DOOR, FRAMES, TILL, Hall, by_place, settings_of

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
together = pytest.mark.asyncio(loop_scope="module")
"""The tests share two workers, each its own site."""

CROWD = Flow(
    "crowd",
    (
        Step(
            "count",
            FRAMES_ANALYSED,
            Count,
            writes=(CROWD_COUNTED, VISITS_ENDED, ALARMS_REQUESTED),
            remembers=CROWD_REMEMBERED,
            beside=(ERASURES_REQUESTED,),
        ),
    ),
)
STORE = Flow(
    "store",
    (
        Drain("crowd", CROWD_COUNTED, CrowdSink),
        Drain("crowd-points", CROWD_COUNTED, CrowdPointsSink),
        Drain("visit-points", VISITS_ENDED, VisitPointsSink),
    ),
)
PERSON, CAMERA, BEFORE = "person", "camera", "before"
"""What is erased at each site."""

Halls = Mapping[str, Hall]
Stop = Callable[[], Awaitable[None]]


@pytest.fixture(scope="module")
def halls(settings: Settings, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Halls:
    TopicAdmin(settings.kafka).ensure(CATALOGUE)
    names = (PERSON, CAMERA, BEFORE)
    sites = {name: f"{name}-{uuid4().hex[:8]}" for name in names}
    own = settings_of(sites.values(), settings, tmp_path_factory.mktemp("halls"))
    return {name: Hall(own, broker, sites[name], number) for number, name in enumerate(names)}


@asynccontextmanager
async def working(flow: Flow, settings: Settings) -> AsyncIterator[None]:
    worker = Worker(flow, settings)
    running = asyncio.create_task(worker.run())
    try:
        await until(lambda: worker.readiness.ready)
        yield
    finally:
        worker.stop()
        assert await running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def counted(halls: Halls) -> AsyncIterator[Stop]:
    """Everything is planted, counted, stored and archived; gives what stops the count's worker."""
    settings = halls[PERSON].settings
    async with working(STORE, settings), AsyncExitStack() as counting:
        await counting.enter_async_context(working(CROWD, settings))
        for hall in halls.values():
            await hall.plant()
        await until(lambda: all(len(hall.visits()) == 3 for hall in halls.values()))
        for hall in halls.values():
            await hall.archive()
        yield counting.aclose


@together
async def test_a_person_is_gone_from_everywhere_while_workers_run(
    halls: Halls, counted: Stop
) -> None:
    hall = halls[PERSON]
    [person] = [each.person for each in hall.visits() if each.camera == TILL]
    [other] = [each for each in hall.visits() if each.person != person]
    hall.grow_old()
    looked = by_place(await hall.erasing(person=person).look())

    done = await hall.erasing(person=person).run()

    assert all(each.done for each in done), done
    places = by_place(done)
    assert places[CROWD_REMEMBERED.name][0] > 0 == places[CROWD_REMEMBERED.name][1]
    assert (3, 0) == places["s3 engawa-frames"] == places["s3 engawa-kept-frames"]
    assert looked["s3 engawa-frames"] == (3, 3)
    assert [] == hall.pictures()
    found = [places[f"archive {topic.name}"] for topic in ARCHIVED]
    assert [(3, 0), (3, 0), (0, 0), (2, 0)] == found
    assert 0 == places["influxdb visits"][1]
    # the other one is still there
    assert [other] == hall.visits() == hall.archived(VISITS_ENDED)
    left = by_place(await hall.erasing(person=other.person).look())
    assert (1, 1) == left["influxdb visits"]
    assert left[CROWD_REMEMBERED.name][0] > 0
    await counted()
    again = by_place(await hall.erasing(person=person).run())
    assert (0, 0) == again[CROWD_REMEMBERED.name]
    assert (0, 0) == again["influxdb visits"]


@together
async def test_a_camera_is_gone_from_everywhere_though_no_worker_counts(
    halls: Halls, counted: Stop
) -> None:
    hall = halls[CAMERA]
    await counted()

    done = await hall.erasing(camera=DOOR).run()

    assert all(each.done for each in done), done
    places = by_place(done)
    topics = {topic.name for topic in OF_PEOPLE}
    assert {0} == {left for place, (_, left) in places.items() if place not in topics}
    assert (2, 0) == places["s3 engawa-frames"] == places["s3 engawa-kept-frames"]
    assert [TILL, TILL] == hall.pictures()
    assert (1, 0) == places[f"buffer {hall.settings.camera.buffer_folder}"]
    assert places["mongodb crowd_demographics"][0] > 0 < places["influxdb crowd"][0]
    assert [2, 2, 1] == [places[topic.name][0] for topic in FRAMES]
    assert [2, 2, 1, 2] == [places[f"archive {topic.name}"][0] for topic in ARCHIVED]
    assert {TILL} == {each.camera for each in hall.visits()}
    assert [TILL] * 4 == hall.archived_cameras()


@together
async def test_the_past_is_cut_off(halls: Halls, counted: Stop) -> None:
    hall = halls[BEFORE]
    await counted()

    done = await hall.erasing(before=hall.at + 5000).run()

    assert all(each.done for each in done), done
    places = by_place(done)
    assert 0 == places[CROWD_REMEMBERED.name][1]
    assert 0 == places["influxdb visits"][1]
    assert (1, 0) == places[f"buffer {hall.settings.camera.buffer_folder}"]
    assert (2, 0) == places["s3 engawa-frames"] == places["s3 engawa-kept-frames"]
    assert [TILL, TILL] == hall.pictures()
    found = [places[f"archive {topic.name}"] for topic in ARCHIVED]
    assert [(2, 0), (2, 0), (1, 0), (2, 0)] == found
    assert [TILL] * 4 == hall.archived_cameras()


@together
async def test_nothing_is_forgotten_while_a_server_is_away(halls: Halls, counted: Stop) -> None:
    """Else nobody would know, when it is back, whose pictures are whose."""
    hall = halls[CAMERA]
    away = hall.settings.s3.model_copy(update={"endpoint_url": "http://127.0.0.1:9"})
    settings = hall.settings.model_copy(update={"s3": away})
    await counted()

    with pytest.raises(UnavailableError):
        await hall.erasing(settings, camera=TILL).run()

    till = by_place(await hall.erasing(camera=TILL).look())
    assert till[CROWD_REMEMBERED.name][0] > 0
    assert (1, 1) == till["influxdb visits"] == till["s3 engawa-frames"]
