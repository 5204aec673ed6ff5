"""Avro in single-object encoding by fastavro, one message at a time."""

from io import BytesIO
from typing import Any

import fastavro

from tests.bench.subjects.contract import RefusedError

SHORTEST = {b"\x00": 5, b"\xc3\x01": 10}
"""Length of the header that begins with these bytes: Confluent's, and Avro's single-object."""

HEADER_BYTES = 10


class Wire:
    """The schemas, parsed once."""

    def __init__(self, rules: dict[str, Any]) -> None:
        schemas = rules["schemas"]
        self.parsed = {
            name: fastavro.parse_schema(told["schema"], {}) for name, told in schemas.items()
        }
        self.headers = {name: bytes.fromhex(told["header"]) for name, told in schemas.items()}
        self.message_bytes = rules["limits"]["message_bytes"]

    def telemetry(self, message: bytes | None) -> dict[str, Any]:
        """Decode an event that came in."""
        if message is None:
            raise RefusedError("tombstone", "")
        if not message:
            raise RefusedError("empty", "")
        if len(message) > self.message_bytes:
            raise RefusedError("too_large", f"{len(message)} bytes")
        source = BytesIO(message)
        if source.read(HEADER_BYTES) != self.headers["Telemetry"]:
            raise RefusedError(_of_header(message), message[:HEADER_BYTES].hex(" "))
        try:
            event: Any = fastavro.schemaless_reader(source, self.parsed["Telemetry"], None)
        except Exception as error:
            raise RefusedError("undecodable", f"{type(error).__name__}: {error}"[:500]) from error
        if source.tell() != len(message):
            raise RefusedError("trailing_bytes", f"{len(message) - source.tell()}")
        return event  # type: ignore[no-any-return]  # fastavro says what it cannot know

    def encoded(self, name: str, data: dict[str, Any]) -> bytes:
        """Encode a record of this name."""
        target = BytesIO()
        target.write(self.headers[name])
        fastavro.schemaless_writer(target, self.parsed[name], data)
        return target.getvalue()


def _of_header(message: bytes) -> str:
    for magic, length in SHORTEST.items():
        if message.startswith(magic) and len(message) >= length:
            return "unknown_schema"
    return "unknown_framing"
