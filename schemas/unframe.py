"""Kafka messages to Avro bodies in the reader's schema, whatever their framing and version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from schemas.codec import Schema, TrailingBytesError, UndecodableError, read_body, write_body
from schemas.framing import common_header, header_of
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside

Known = Callable[[bytes], Schema | None]
"""Writer's schema by framing header, or None if nobody knows it."""


@dataclass(slots=True)
class Bodies:
    """The bodies of a batch of messages, and the messages that have none."""

    bodies: list[bytes] = field(default_factory=list)
    rows: list[int] | None = None
    """Place of each body's message in the batch; None if all are there, in order."""

    aside: list[SetAside] = field(default_factory=list)

    def row(self, body: int) -> int:
        """The place in the batch of the message that ``bodies[body]`` came from."""
        return body if self.rows is None else self.rows[body]


def unframe(
    messages: Sequence[bytes | None],
    reader: Schema,
    known: Known,
    *,
    max_bytes: int,
    tail: bytes = b"",
) -> Bodies:
    """Strip the framing; bring bodies of other versions of the schema into the reader's.

    ``tail`` is put behind each body, here because every further pass would cost a copy.
    """
    header = common_header(messages)
    if header and max(map(len, messages)) <= max_bytes and _same(header, known, reader):  # type: ignore[arg-type]  # a common header leaves no None
        length = len(header)
        return Bodies([message[length:] + tail for message in messages])  # type: ignore[index]  # the same
    found = Bodies(rows=[])
    assert found.rows is not None
    for row, message in enumerate(messages):
        body = _body(row, message, reader, known, max_bytes)
        if isinstance(body, SetAside):
            found.aside.append(body)
        else:
            found.bodies.append(body + tail)
            found.rows.append(row)
    return found


def headers(messages: Sequence[bytes | None]) -> set[bytes]:
    """Every framing header that stands on these messages."""
    header = common_header(messages)
    if header:
        return {header}
    return {found for message in messages if message and (found := header_of(message))}


def _same(header: bytes, known: Known, reader: Schema) -> bool:
    """Whether messages under this header were written with the reader's own schema."""
    if header == reader.header:
        return True
    writer = known(header)
    return writer is not None and writer.header == reader.header


def _body(
    row: int, message: bytes | None, reader: Schema, known: Known, max_bytes: int
) -> bytes | SetAside:
    if not message:
        return SetAside(row, Reason.TOMBSTONE if message is None else Reason.EMPTY)
    if len(message) > max_bytes:
        return SetAside(row, Reason.TOO_LARGE, f"{len(message)} bytes, at most {max_bytes}")
    header = header_of(message)
    if header is None:
        return SetAside(row, Reason.UNKNOWN_FRAMING, f"begins with {message[:10].hex(' ')}")
    body = message[len(header) :]
    if _same(header, known, reader):
        return body
    writer = known(header)
    if writer is None:
        return SetAside(row, Reason.UNKNOWN_SCHEMA, f"header {header.hex(' ')}")
    return _converted(row, body, writer, reader)


def _converted(row: int, body: bytes, writer: Schema, reader: Schema) -> bytes | SetAside:
    try:
        return write_body(read_body(body, writer, reader), reader)
    except UndecodableError as error:
        return verdict(row, error)


def verdict(row: int, error: UndecodableError) -> SetAside:
    """The dead letter's words for a body that does not decode."""
    trailing = isinstance(error, TrailingBytesError)
    reason = Reason.TRAILING_BYTES if trailing else Reason.UNDECODABLE
    return SetAside(row, reason, str(error)[:DETAIL_LIMIT])
