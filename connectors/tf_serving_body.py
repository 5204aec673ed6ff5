"""Bodies of TensorFlow Serving's predict requests: rows or columns of numbers."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from models.energy.model import INPUTS, Float32s

FORMS: Mapping[str, str] = {"inputs": "outputs", "instances": "predictions"}
"""How inputs are given, and what the answer is then called."""


class MalformedError(ValueError):
    """The body is no predict request; the message says why."""


def inputs_of(body: bytes) -> tuple[str, Float32s]:
    """The form of a request, one of ``FORMS``, and its numbers.

    Raises:
        MalformedError: it is not JSON, or not of finite numbers in rows of equal length.

    """
    try:
        said = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"JSON Parse error: {_short(error)}") from error
    if not isinstance(said, dict):
        raise MalformedError("JSON Value is not an object")
    [form, *more] = [each for each in FORMS if each in said] or [""]
    if not form or more:
        raise MalformedError("exactly one of 'inputs' and 'instances' is expected")
    return form, _numbers(form, _unnamed(form, said[form]))


def _unnamed(form: str, given: Any) -> Any:
    """Without the input's name, which may stand before columns, or in each row."""
    if form == "inputs" and isinstance(given, dict):
        return _only(given)
    if form == "instances" and isinstance(given, list):
        return [_only(row) if isinstance(row, dict) else row for row in given]
    return given


def _only(named: Mapping[str, Any]) -> Any:
    if named.keys() != {INPUTS}:
        raise MalformedError(f"the only input is {INPUTS!r}")
    return named[INPUTS]


def _numbers(form: str, given: Any) -> Float32s:
    try:
        numbers = np.array(given)
    except ValueError as error:
        raise MalformedError(f"'{form}': lists are not all of the same length") from error
    if numbers.dtype.kind not in "iuf":
        raise MalformedError(f"'{form}': not all values are numbers of type float")
    with np.errstate(over="ignore"):  # said below
        found: Float32s = numbers.astype(np.float32)
    if not np.isfinite(found).all():
        raise MalformedError(f"'{form}': a value is not finite as a float")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _short(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
