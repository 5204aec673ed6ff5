"""The same cleaning with Quix Streams."""

import sys
from pathlib import Path
from typing import Any

from quixstreams import Application, message_context
from quixstreams.models import Serializer

from tests.bench.subjects.cleaner import Cleaners


class Message(Serializer):  # type: ignore[misc]  # Quix lives in an environment of its own
    """What the cleaning gives is (topic, message)."""

    def __call__(self, value: tuple[str, bytes], ctx: Any) -> bytes:
        del ctx
        return value[1]


def main(bootstrap: str, group: str, rules_file: str) -> None:
    cleaners = Cleaners(rules_file)
    app = Application(
        bootstrap,
        consumer_group=group,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        state_dir=Path(rules_file).with_name(group),
        producer_extra_config={"enable.idempotence": True, "compression.type": "lz4"},
    )
    received = app.topic(cleaners.received, value_deserializer="bytes")
    written = {
        name: app.topic(cleaners.rules["topics"][name], value_serializer=Message())
        for name in ("accepted", "rejected")
    }
    topics = {cleaners.rules["topics"][name]: topic for name, topic in written.items()}

    def clean(value: bytes, key: Any, timestamp: int, _: Any) -> tuple[str, bytes]:
        context = message_context()
        return cleaners.clean(context.partition, context.offset, timestamp, key, value)

    def chosen(value: tuple[str, bytes], *_: Any) -> Any:
        return topics[value[0]]

    app.dataframe(received).apply(clean, metadata=True).to_topic(chosen)
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
