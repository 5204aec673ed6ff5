"""Record types to Avro contracts: the dataclass is the source, the ``.avsc`` file the promise."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

NAMESPACE = "engawa"
CONTRACTS = Path(__file__).parent / "avro"
RELEASED = CONTRACTS / "released"

T = TypeVar("T")

_PRIMITIVES: Mapping[Any, str] = {
    type(None): "null",
    float: "double",
    int: "long",
    str: "string",
    bool: "boolean",
    bytes: "bytes",
}


def once(function: Callable[[Any], T]) -> Callable[[Any], T]:
    """``functools.cache`` for functions of a type, which mypy does not believe to be hashable."""
    return cache(function)


def file_name(record: type) -> str:
    """The contract file of ``record``: ``AcceptedTelemetry`` is in ``accepted_telemetry.avsc``."""
    humps = "".join(
        f"_{letter.lower()}" if letter.isupper() else letter for letter in record.__name__
    )
    return f"{humps.lstrip('_')}.avsc"


@once
def contract(record: type) -> Any:
    """The Avro schema of ``record`` as plain JSON data, with a ``doc`` on every field.

    Raises:
        TypeError: a field has a type that Avro cannot say, or no text.

    """
    return _record(record, set())


def _record(record: type, seen: set[type]) -> Any:
    if record in seen:
        return f"{NAMESPACE}.{record.__name__}"
    seen.add(record)
    hints = get_type_hints(record, include_extras=True)
    return {
        "type": "record",
        "name": record.__name__,
        "namespace": NAMESPACE,
        "doc": (record.__doc__ or "").strip(),
        "fields": [_field(field, hints[field.name], seen) for field in fields(record)],
    }


def _field(field: Any, hint: Any, seen: set[type]) -> dict[str, Any]:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"field {field.name} has no text: write Annotated[type, 'meaning']")
    kind, doc = get_args(hint)[:2]
    described = {"name": field.name, "type": _type(kind, seen), "doc": doc}
    if field.default is not MISSING:
        described["default"] = list(field.default) if field.default == () else field.default
    return described


def _type(kind: Any, seen: set[type]) -> Any:  # noqa: PLR0911  # one return for each of Avro's kinds
    if kind in _PRIMITIVES:
        return _PRIMITIVES[kind]
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        # null first, because a default of null must match the first branch
        return [_type(arm, seen) for arm in sorted(args, key=lambda arm: arm is not type(None))]
    if origin is tuple:
        return {"type": "array", "items": _type(args[0], seen)}
    if origin is Mapping:
        return {"type": "map", "values": _type(args[1], seen)}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if kind in seen:
            return f"{NAMESPACE}.{kind.__name__}"
        seen.add(kind)
        return {
            "type": "enum",
            "name": kind.__name__,
            "namespace": NAMESPACE,
            "doc": (kind.__doc__ or "").strip(),
            "symbols": [member.value for member in kind],
            "default": next(iter(kind)).value,
        }
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, seen)
    raise TypeError(f"Avro has no word for {kind}")
