"""The same cleaning with Faust as it comes: one event of a stream after the other."""

import sys
from typing import Any

import faust

from tests.bench.subjects.cleaner import Cleaners


def main(bootstrap: str, group: str, rules_file: str) -> None:
    cleaners = Cleaners(rules_file)
    app = faust.App(
        group,
        broker=f"kafka://{bootstrap}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        producer_compression_type="lz4",
        producer_linger=0.02,
        producer_max_batch_size=262_144,
    )
    received = app.topic(cleaners.received, value_type=bytes, value_serializer="raw")
    topics = {
        name: app.topic(name, value_type=bytes, value_serializer="raw", key_serializer="raw")
        for name in (cleaners.rules["topics"]["accepted"], cleaners.rules["topics"]["rejected"])
    }

    async def clean(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            topic, value = cleaners.clean(
                message.partition,
                message.offset,
                round(message.timestamp * 1000),
                message.key,
                message.value,
            )
            await topics[topic].send(key=message.key, value=value)

    app.agent(received)(clean)
    faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
