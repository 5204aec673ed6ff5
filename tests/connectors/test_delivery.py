import asyncio
from collections.abc import Iterator, Sequence
from uuid import uuid4

import pytest

from connectors.delivery import Delivery, Pace, Parcel
from connectors.message_log import MessageLog
from connectors.outcome import UnavailableError
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin
from schemas.records import Telemetry
from schemas.topic import MEBIBYTE, Topic
from streams.settings import Settings


def test_at_no_speed_nothing_waits() -> None:
    assert Pace(0.0, 0, 10.0).wait_s(1_000_000, 10.0) == 0.0


def test_a_message_waits_until_its_time_divided_by_the_speed() -> None:
    pace = Pace(60.0, first_ms=1_000_000, started_s=100.0)

    assert pace.wait_s(1_060_000, 100.0) == pytest.approx(1.0)
    assert pace.wait_s(1_060_000, 100.75) == pytest.approx(0.25)
    assert pace.wait_s(1_000_000, 102.0) == pytest.approx(-2.0)


@pytest.fixture
def topic(settings: Settings) -> str:
    name = f"deliveries.tested.{uuid4().hex}"
    made = Topic(name=name, record=Telemetry, key=("site",), partitions=1)
    TopicAdmin(settings.kafka).ensure([made])
    return name


@pytest.mark.integration
async def test_everything_arrives_in_order_and_is_answered_for(
    settings: Settings, topic: str
) -> None:
    parcels = [Parcel(b"k", str(n).encode(), n) for n in range(5000)]
    answered: list[Parcel] = []
    producer = BatchProducer(settings.kafka)
    delivery = Delivery(producer, topic, answered.extend)

    await delivery.run(iter(parcels), speed=1000.0, first_ms=0, stop=asyncio.Event())
    producer.close()

    assert (parcels, []) == (answered, delivery.refusals)
    assert [each.value for each in parcels] == read(settings, topic)


@pytest.mark.integration
async def test_what_the_broker_refuses_is_told_and_the_rest_arrives(
    settings: Settings, topic: str
) -> None:
    parcels = [Parcel(None, b"a"), Parcel(None, bytes(3 * MEBIBYTE)), Parcel(b"k", None)]
    producer = BatchProducer(settings.kafka.model_copy(update={"compression": "none"}))
    delivery: Delivery[Parcel] = Delivery(producer, topic, lambda _: None)

    await delivery.run(iter(parcels), speed=0.0, first_ms=0, stop=asyncio.Event())
    producer.close()

    assert [topic] == [each.topic for each in delivery.refusals]
    assert {b"a", None} == set(read(settings, topic))


@pytest.mark.integration
async def test_a_stop_ends_messages_without_end(settings: Settings, topic: str) -> None:
    stop = asyncio.Event()

    def endless() -> Iterator[Parcel]:
        while True:
            yield Parcel(b"k", b"v")

    def answered(_: Sequence[Parcel]) -> None:
        stop.set()

    producer = BatchProducer(settings.kafka)
    delivery: Delivery[Parcel] = Delivery(producer, topic, answered)
    await delivery.run(endless(), speed=0.0, first_ms=0, stop=stop)
    producer.close()

    assert read(settings, topic)


async def test_a_stop_does_not_wait_for_a_broker_that_is_away() -> None:
    stop = asyncio.Event()
    nowhere = Settings(_env_file=None).kafka.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})
    producer = BatchProducer(nowhere)
    delivery: Delivery[Parcel] = Delivery(producer, "t", lambda _: None)
    running = asyncio.create_task(
        delivery.run(iter([Parcel(b"k", b"v")]), speed=0.0, first_ms=0, stop=stop)
    )
    stop.set()
    stopped = asyncio.gather(running, return_exceptions=True)
    [outcome] = await stopped
    producer.close()

    assert outcome is None or isinstance(outcome, UnavailableError)


def read(settings: Settings, topic: str) -> list[bytes | None]:
    with MessageLog(settings.kafka) as log:
        return [each.value for each in log.read(log.span(topic))]
