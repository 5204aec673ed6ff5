"""Dead letters as people look at them: a line each, or one in full with its bytes."""

import base64
import json
import math
from collections.abc import Iterator
from typing import Any

from connectors.dead_letters import Found
from schemas.codec import UndecodableError, read_body, schema_of
from schemas.framing import header_of
from schemas.topic import Topic
from schemas.unframe import Known
from streams.instants import iso
from streams.output import Row, cell, plain

LINE_BYTES = 16
SHOWN_BYTES = 1024
PRINTABLE = range(32, 127)
"""ASCII but for its controls."""


def line(found: Found) -> Row:
    """A letter in one row; its bytes are only counted."""
    letter = found.letter
    return {
        "place": found.place,
        "at": iso(letter.at),
        "reason": letter.reason,
        "detail": letter.detail,
        "origin": f"{letter.topic} {letter.partition}:{letter.offset}",
        "step": letter.step,
        "key": None if letter.key is None else letter.key.decode(errors="backslashreplace"),
        "size_bytes": len(letter.value or b""),
    }


def document(found: Found, content: Any, trouble: str | None) -> Row:
    """A letter in full, for programs."""
    letter = found.letter
    return {
        **line(found),
        "letters_topic": found.topic,
        "logged_at": iso(letter.logged_at),
        "key_base64": _base64(letter.key),
        "value_base64": _base64(letter.value),
        "content": finite(content),
        "undecodable": trouble,
    }


def described(found: Found, content: Any, trouble: str | None) -> str:
    """A letter in full, for people."""
    letter = found.letter
    facts = {
        **line(found),
        "logged_at": iso(letter.logged_at),
        "letter": f"{found.topic} {found.place}",
    }
    lines = [f"{name.replace('_', ' ') + ':':<12}{cell(value)}" for name, value in facts.items()]
    data = letter.value or b""
    lines += ["", *hex_dump(data[:SHOWN_BYTES])]
    if len(data) > SHOWN_BYTES:
        lines.append(f"… and {len(data) - SHOWN_BYTES:,} bytes more; --format json has them all")
    said = (
        json.dumps(finite(content), indent=2)
        if trouble is None
        else f"undecodable: {plain(trouble)}"
    )
    return "\n".join([*lines, "", said, ""])


def content(value: bytes | None, origin: Topic[Any] | None, known: Known) -> tuple[Any, str | None]:
    """What the bytes say as a record of their topic, or why they say nothing."""
    if not value or origin is None:
        return None, "no bytes" if not value else "the topic is not in the catalogue"
    header = header_of(value)
    writer = known(header) if header else None
    if header is None or writer is None:
        return None, "neither of the two framings" if header is None else "its schema is unknown"
    try:
        return read_body(value[len(header) :], writer, schema_of(origin.record)), None
    except UndecodableError as error:
        return None, str(error)


def hex_dump(data: bytes) -> Iterator[str]:
    """Offset, bytes and what of them is plain text, sixteen to a line."""
    for start in range(0, len(data), LINE_BYTES):
        piece = data[start : start + LINE_BYTES]
        text = "".join(chr(byte) if byte in PRINTABLE else "." for byte in piece)
        yield f"{start:08x}  {piece.hex(' '):<{LINE_BYTES * 3 - 1}}  {text}"


def finite(data: Any) -> Any:
    """Plain data that JSON can say: NaN and infinities become words."""
    match data:
        case float() if not math.isfinite(data):
            return str(data)
        case dict():
            return {name: finite(value) for name, value in data.items()}
        case list():
            return [finite(value) for value in data]
        case _:
            return data


def _base64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()
