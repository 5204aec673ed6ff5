"""The same cleaning with Bytewax, its offsets in a recovery store."""

import sys
from pathlib import Path
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from tests.bench.subjects.cleaner import Cleaners


def main(bootstrap: str, group: str, rules_file: str) -> None:
    cleaners = Cleaners(rules_file)

    def clean(message: Any) -> Any:
        topic, value = cleaners.clean(
            message.partition, message.offset, message.timestamp[1], message.key, message.value
        )
        return KafkaSinkMessage(message.key, value, topic=topic)

    flow = Dataflow("telemetry")
    received = op.input("received", flow, KafkaSource([bootstrap], [cleaners.received]))
    cleaned = op.map("clean", received, clean)
    sink = KafkaSink(
        [bootstrap], None, add_config={"enable.idempotence": "true", "compression.type": "lz4"}
    )
    op.output("written", cleaned, sink)
    folder = Path(rules_file).with_name(group)
    folder.mkdir()
    init_db_dir(folder, 1)
    cli_main(flow, recovery_config=RecoveryConfig(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
