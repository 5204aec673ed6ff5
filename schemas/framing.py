"""The two framings in which Avro travels on Kafka, told apart by the first bytes.

Confluent's: a zero byte, the schema's id in the registry (4 bytes, big-endian), the body.
Avro single-object encoding: C3 01, the CRC-64-AVRO fingerprint of the schema (8 bytes,
little-endian), the body. Sources: the Confluent wire-format page, and the Avro 1.12
specification, "Single-object encoding".
"""

from collections.abc import Sequence

CONFLUENT_MAGIC = b"\x00"
CONFLUENT_HEADER_BYTES = 5
SINGLE_OBJECT_MAGIC = b"\xc3\x01"
SINGLE_OBJECT_HEADER_BYTES = 10


def header_of(message: bytes) -> bytes | None:
    """The framing header of ``message``, or None if it has neither of the two."""
    if message.startswith(SINGLE_OBJECT_MAGIC):
        header = message[:SINGLE_OBJECT_HEADER_BYTES]
        return header if len(header) == SINGLE_OBJECT_HEADER_BYTES else None
    if message.startswith(CONFLUENT_MAGIC):
        header = message[:CONFLUENT_HEADER_BYTES]
        return header if len(header) == CONFLUENT_HEADER_BYTES else None
    return None


def confluent_header(schema_id: int) -> bytes:
    """The header of a message whose schema has ``schema_id`` in the registry."""
    return CONFLUENT_MAGIC + schema_id.to_bytes(4, "big")


def registry_id(header: bytes) -> int | None:
    """The schema's id in the registry, or None if ``header`` is a single-object header."""
    return int.from_bytes(header[1:], "big") if header.startswith(CONFLUENT_MAGIC) else None


def single_object_header(fingerprint: bytes) -> bytes:
    """The header of a message whose schema has this 8-byte CRC-64-AVRO ``fingerprint``."""
    return SINGLE_OBJECT_MAGIC + fingerprint


def common_header(messages: Sequence[bytes | None]) -> bytes | None:
    """The header on every one of these messages: the usual case, found in one quick pass."""
    header = header_of(messages[0]) if messages and messages[0] else None
    if header is None:
        return None
    length = len(header)
    try:
        return header if {message[:length] for message in messages} == {header} else None  # type: ignore[index]  # None raises
    except TypeError:  # a tombstone among them
        return None
