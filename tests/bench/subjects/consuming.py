"""The ceiling for reading: messages taken in, not looked at."""

import json
import sys
from pathlib import Path

from confluent_kafka import Consumer

AT_ONCE = 4_000


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
    consumer.subscribe([topics["received"]])
    while True:
        if consumer.consume(AT_ONCE, 0.1):
            # committed only so that one can see from outside how far it is
            consumer.commit(asynchronous=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
