"""Records to Avro bodies and back, one at a time, by fastavro.

A *body* is what follows the framing header. The columnar twin is ``schemas.columns``; both give
the same verdict on every body, and a fuzz test holds them together.
"""

import json
import types
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import fastavro
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

from schemas.contracts import contract, once
from schemas.framing import single_object_header

R = TypeVar("R")

FINGERPRINT = "CRC-64-AVRO"


class UndecodableError(ValueError):
    """The body is no value of its schema; the message says what is wrong."""


class TrailingBytesError(UndecodableError):
    """The body goes on after the value has ended."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A writer's schema, ready for use."""

    text: str
    """The schema as JSON."""

    parsed: Any
    """What fastavro made of it."""

    header: bytes
    """Its single-object framing header."""


def schema(definition: Any) -> Schema:
    """Make a schema given as JSON data ready for use.

    Raises:
        fastavro.schema.SchemaParseException: it is no Avro schema.

    """
    parsed = parse_schema(definition)
    digest = bytes.fromhex(fingerprint(to_parsing_canonical_form(parsed), FINGERPRINT))
    # fastavro prints the digest's bytes in the order in which the specification frames them
    return Schema(json.dumps(definition), parsed, single_object_header(digest))


@once
def schema_of(record: type) -> Schema:
    """The schema of one of our records."""
    return schema(contract(record))


def read_body(body: bytes, writer: Schema, reader: Schema) -> Any:
    """Decode ``body`` into plain data in the shape of ``reader``.

    Raises:
        UndecodableError: it is truncated, corrupt, or of another schema.
        TrailingBytesError: bytes are left over.

    """
    source = BytesIO(body)
    same = writer.header == reader.header
    try:
        value = fastavro.schemaless_reader(
            source, writer.parsed, None if same else reader.parsed, return_record_name=False
        )
    except RecursionError as error:
        raise UndecodableError("nested too deeply") from error
    except Exception as error:
        # fastavro lets whatever its reading tripped over through: EOFError, IndexError, ...
        raise UndecodableError(f"{type(error).__name__}: {error}") from error
    if source.tell() != len(body):
        raise TrailingBytesError(f"{len(body) - source.tell()} bytes after the record")
    return value


def write_body(data: Any, writer: Schema) -> bytes:
    """Encode plain data as an Avro body."""
    target = BytesIO()
    fastavro.schemaless_writer(target, writer.parsed, data)
    return target.getvalue()


def encode(record: Any) -> bytes:
    """Encode one of our records as an Avro body."""
    return write_body(to_data(record), schema_of(type(record)))


def encode_framed(record: Any) -> bytes:
    """Encode one of our records in Avro single-object encoding, which needs no registry."""
    return schema_of(type(record)).header + encode(record)


def decode(body: bytes, record: type[R], writer: Schema | None = None) -> R:
    """Decode an Avro body into one of our records.

    Raises:
        UndecodableError: it is no such record.

    """
    reader = schema_of(record)
    return from_data(read_body(body, writer or reader, reader), record)


def to_data(value: Any) -> Any:
    """A record as plain dicts and lists, for fastavro."""
    if is_dataclass(value):
        return {name: to_data(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def from_data(data: Any, record: type[R]) -> R:
    """Plain data, as fastavro gives it, as a record."""
    made: R = _maker(record)(data)
    return made


@once
def _names(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


@once
def _maker(kind: Any) -> Callable[[Any], Any]:
    """The function that turns plain data into a value of ``kind``."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional_maker(tuple(arm for arm in args if arm is not type(None)))
    if origin is tuple:
        item = _maker(args[0])
        return lambda data: tuple([item(each) for each in data])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    if isinstance(kind, type) and is_dataclass(kind):
        makers = {name: _maker(hint) for name, hint in get_type_hints(kind).items()}
        return lambda data: kind(**{name: make(data[name]) for name, make in makers.items()})
    return _as_it_is


def _optional_maker(arms: tuple[Any, ...]) -> Callable[[Any], Any]:
    make = _maker(arms[0]) if len(arms) == 1 else _as_it_is
    return lambda data: None if data is None else make(data)


def _as_it_is(data: Any) -> Any:
    return data
