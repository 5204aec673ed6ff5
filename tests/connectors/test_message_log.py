from uuid import uuid4

import pytest

from connectors.delivery import Parcel
from connectors.kafka import KafkaSettings
from connectors.message_log import MessageLog, MissingTopicError, Span
from connectors.outcome import UnavailableError
from connectors.topic_admin import TopicAdmin
from schemas.records import Telemetry
from schemas.topic import Topic
from streams.sending import send
from streams.settings import Settings


def test_a_span_counts_the_messages_between_its_bounds() -> None:
    assert Span("t", {0: (3, 10), 1: (5, 5), 2: (7, 6)}).size == 7


def test_one_message_of_a_span_is_a_span() -> None:
    span = Span("t", {0: (3, 10)})

    assert Span("t", {0: (4, 5)}) == span.only(0, 4)
    assert [0, 0, 0] == [span.only(0, 10).size, span.only(0, 2).size, span.only(1, 4).size]


@pytest.fixture
def topic(settings: Settings) -> str:
    name = f"logs.tested.{uuid4().hex}"
    TopicAdmin(settings.kafka).ensure(
        [Topic(name=name, record=Telemetry, key=("site",), partitions=3)]
    )
    return name


def put(settings: Settings, topic: str, *values: bytes) -> None:
    parcels = (Parcel(value, value) for value in values)
    send(settings.kafka, topic, parcels, answered=lambda _: None)


@pytest.mark.integration
def test_a_span_is_what_lay_there_when_it_was_asked_for(settings: Settings, topic: str) -> None:
    values = [str(n).encode() for n in range(3000)]
    put(settings, topic, *values)
    with MessageLog(settings.kafka) as log:
        span = log.span(topic)
        put(settings, topic, b"later")
        found = list(log.read(span))

        assert (3000, 3001) == (span.size, log.span(topic).size)
        assert set(values) == {each.value for each in found}
        assert found == list(log.read(span))


@pytest.mark.integration
def test_times_bound_a_span(settings: Settings, topic: str) -> None:
    put(settings, topic, b"first")
    with MessageLog(settings.kafka) as log:
        [first] = log.read(log.span(topic))
        while True:  # until the broker's clock has moved on
            put(settings, topic, b"second")
            times = {each.logged_at for each in log.read(log.span(topic))}
            if len(times) > 1:
                break
        before = log.span(topic, until_ms=first.logged_at + 1)
        after = log.span(topic, since_ms=first.logged_at + 1)

        assert b"first" in [each.value for each in log.read(before)]
        assert {b"second"} == {each.value for each in log.read(after)}
        assert log.span(topic).size == before.size + after.size
        assert log.span(topic, since_ms=max(times) + 1).size == 0


@pytest.mark.integration
def test_a_topic_that_is_not_there_is_named(settings: Settings) -> None:
    with (
        MessageLog(settings.kafka) as log,
        pytest.raises(MissingTopicError, match="nobodys"),
    ):
        log.span("nobodys.topic")


@pytest.mark.integration  # needs no server, but patience: the client waits for one
def test_a_broker_that_is_away_is_said_to_be() -> None:
    nowhere = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    with MessageLog(nowhere) as log, pytest.raises(UnavailableError, match="kafka"):
        log.span("t")
