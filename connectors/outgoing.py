"""A message on its way to Kafka, and what the broker says of one that it does not confirm."""

from dataclasses import dataclass, replace
from typing import Any

from confluent_kafka import KafkaError

REFUSALS = frozenset(
    {
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.INVALID_MSG,
        KafkaError.INVALID_RECORD,
        KafkaError.INVALID_TIMESTAMP,
    }
)
"""What the broker will say again however often it is asked."""

ANY_PARTITION = -1
"""librdkafka's word for: the one that the key decides."""

Outgoing = dict[str, Any]
"""One message: ``value``, ``key`` and perhaps ``partition``, as ``produce_batch`` takes it."""


class BrokerFatalError(RuntimeError):
    """The producer can't go on without breaking its promises: stop, and begin anew."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that the broker will never take, and its words."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int = ANY_PARTITION
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that was not confirmed."""

    error: KafkaError
    message: Refusal

    @property
    def refusal(self) -> Refusal:
        """The message with the broker's words."""
        return replace(self.message, reason=self.error.str())

    @property
    def refused(self) -> bool:
        """Whether asking again is no use."""
        return self.error.code() in REFUSALS

    @property
    def retriable(self) -> bool:
        """Whether to send it again.

        Raises:
            BrokerFatalError: it is not for this producer to try again.

        """
        if self.error.fatal():
            raise BrokerFatalError(self.error.str())
        return not self.refused

    @property
    def again(self) -> Outgoing:
        """The message as ``produce_batch`` takes it."""
        message = self.message
        return {"key": message.key, "value": message.value, "partition": message.partition}
