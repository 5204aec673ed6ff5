"""What the broker says of messages that it does not confirm."""

import pytest
from confluent_kafka import KafkaError

from connectors.outgoing import BrokerFatalError, Failure, Refusal


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        (KafkaError.MSG_SIZE_TOO_LARGE, True),
        (KafkaError.INVALID_RECORD, True),
        (KafkaError._QUEUE_FULL, False),
        (KafkaError.NOT_ENOUGH_REPLICAS, False),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, False),
    ],
)
def test_a_failure_is_refused_or_sent_again(*, code: int, refused: bool) -> None:
    failure = Failure(KafkaError(code), Refusal("t", b"k", b"v", 3))

    assert (refused, not refused) == (failure.refused, failure.retriable)
    assert {"key": b"k", "value": b"v", "partition": 3} == failure.again


def test_a_fatal_error_ends_the_worker_instead() -> None:
    failure = Failure(KafkaError(KafkaError._FATAL, "fenced", fatal=True), Refusal("t", None, None))

    with pytest.raises(BrokerFatalError, match="fenced"):
        _ = failure.retriable
