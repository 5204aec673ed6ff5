"""Messages that have to go from topics of a real broker, and those that have to stay."""

from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from connectors.log_cut import LogCut
from connectors.message_log import Logged, MessageLog
from connectors.topic_admin import TopicAdmin
from connectors.topic_erasure import TopicErasure
from schemas.records import Telemetry
from schemas.topic import Topic
from streams.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

ADA, EVE = b"ada", b"eve"
Erase = Callable[[Mapping[int, list[bytes | None]]], TopicErasure]


@pytest.fixture
def planted(settings: Settings) -> Erase:
    """Where Ada has to go from a new topic that has these messages in its partitions."""

    def plant(partitions: Mapping[int, list[bytes | None]]) -> TopicErasure:
        name = f"t.{uuid4().hex}.v1"
        made = Topic(name=name, record=Telemetry, key=("site",), partitions=len(partitions))
        TopicAdmin(settings.kafka).ensure([made])
        producer = Producer(settings.kafka.librdkafka())
        for partition, values in partitions.items():
            for value in values:
                producer.produce(name, value, partition=partition)
        assert 0 == producer.flush(20)
        return TopicErasure(settings.kafka, name, lambda value: value == ADA)

    return plant


def read(settings: Settings, place: TopicErasure) -> list[Logged]:
    with MessageLog(settings.kafka) as log:
        return list(log.read(log.span(place.name)))


async def test_each_partition_is_cut_up_to_what_stays_and_the_rest_has_its_time(
    settings: Settings, planted: Erase
) -> None:
    place = planted({0: [ADA, ADA, EVE, ADA, EVE], 1: [None, ADA], 2: [ADA, ADA], 3: [EVE]})
    assert 6 == await place.count()
    await place.remove()

    assert 2 == await place.count()
    found = read(settings, place)
    assert [
        *((0, 2, EVE), (0, 3, ADA), (0, 4, EVE)),
        *((1, 0, None), (1, 1, ADA)),
        (3, 0, EVE),
    ] == [(each.partition, each.offset, each.value) for each in found]
    newest_ms = max(each.logged_at for each in found if each.value == ADA)
    kept_ms = LogCut(settings.kafka).kept_ms(place.name)
    assert kept_ms is not None
    assert newest_ms + kept_ms == place.gone_by


async def test_where_nobody_has_to_go_nothing_is_cut(settings: Settings, planted: Erase) -> None:
    place = planted({0: [EVE, None], 1: []})
    assert 0 == await place.count()
    await place.remove()

    assert [EVE, None] == [each.value for each in read(settings, place)]
    assert place.gone_by is None
