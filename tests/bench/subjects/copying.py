"""The ceiling for a flow: the bytes of a topic to another, not looked at, nothing promised."""

import json
import sys
from pathlib import Path

from confluent_kafka import Consumer, Producer

AT_ONCE = 4_000
QUEUED = 200_000


def main(bootstrap: str, group: str, rules_file: str) -> None:
    topics = json.loads(Path(rules_file).read_text())["topics"]
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
            "queue.buffering.max.messages": 1_000_000,
            "delivery.report.only.error": True,
        }
    )
    consumer.subscribe([topics["received"]])
    while True:
        messages = consumer.consume(AT_ONCE, 0.1)
        if messages:
            batch = [{"key": message.key(), "value": message.value()} for message in messages]
            producer.produce_batch(topics["accepted"], batch)
        producer.poll(0)
        while len(producer) > QUEUED:
            producer.poll(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
