"""A loop written by hand: confluent's consume, fastavro, the cleaning, confluent's produce."""

import sys
from typing import Any

from confluent_kafka import Consumer, Producer

from tests.bench.subjects.cleaner import Cleaners

AT_ONCE = 500


def main(bootstrap: str, group: str, rules_file: str) -> None:
    cleaners = Cleaners(rules_file)
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "compression.type": "lz4",
            "delivery.report.only.error": True,
        }
    )
    failed: list[Any] = []

    def on_delivery(error: Any, _: Any) -> None:
        failed.append(error)

    consumer.subscribe([cleaners.received])
    while True:
        messages = consumer.consume(AT_ONCE, 0.5)
        if not messages:
            continue
        for message in messages:
            if message.error():
                raise RuntimeError(message.error())
            key = message.key()
            topic, cleaned = cleaners.clean(
                message.partition() or 0,
                message.offset() or 0,
                message.timestamp()[1],
                key,
                message.value(),
            )
            producer.produce(topic, cleaned, key, on_delivery=on_delivery)
        if producer.flush() or failed:
            raise RuntimeError(f"not confirmed: {failed[:1]}")
        consumer.commit(asynchronous=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
