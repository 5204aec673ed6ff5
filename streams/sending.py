"""Sending from the command line: the topic is there, Ctrl-C ends in order, the outcome is told."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from connectors.delivery import Delivery, M
from connectors.kafka import KafkaSettings
from connectors.message_log import MissingTopicError
from connectors.outgoing import Refusal
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin


@dataclass(slots=True)
class Outcome:
    """How sending ended."""

    refusals: list[Refusal] = field(default_factory=list)
    """Messages that the broker would not take."""

    stopped: bool = False
    """Whether somebody ended it before its end."""


def send(
    kafka: KafkaSettings,
    topic: str,
    messages: Iterator[M],
    *,
    answered: Callable[[Sequence[M]], None],
    speed: float = 0.0,
    first_ms: int = 0,
) -> Outcome:
    """Send messages; return when each is confirmed or refused, or after Ctrl-C.

    Raises:
        MissingTopicError: there is no such topic.
        UnavailableError: no broker answers.

    """
    if topic not in TopicAdmin(kafka).partitions():
        raise MissingTopicError(f"no topic {topic}; create it with: engawa topics")
    return asyncio.run(
        _send(kafka, topic, messages, answered=answered, speed=speed, first_ms=first_ms)
    )


async def _send(
    kafka: KafkaSettings,
    topic: str,
    messages: Iterator[M],
    *,
    answered: Callable[[Sequence[M]], None],
    speed: float,
    first_ms: int,
) -> Outcome:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    producer = BatchProducer(kafka)
    delivery = Delivery(producer, topic, answered)
    try:
        await delivery.run(messages, speed=speed, first_ms=first_ms, stop=stop)
    finally:
        producer.close()
    return Outcome(delivery.refusals, stop.is_set())
