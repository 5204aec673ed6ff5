"""Bounds on names that devices send: not empty, not too long, no control characters.

Everything else is a legal name; stores escape what means something to them.
"""

import re
from collections.abc import Iterator

import numpy as np

from models.arrays import Column, Ints, where
from schemas.reasons import Reason

NAME_LIMIT = 128
"""Longest site, device, profile and event id, in characters."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""Unicode's category Cc: among them whatever begins a new line in a log or a protocol."""

_SPACE, _TILDE = np.uint8(0x20), np.uint8(0x7E)
_TELLTALE = np.zeros(256, bool)
_TELLTALE[:32] = _TELLTALE[0x7F] = True
# UTF-8 writes U+0080 to U+00BF with this first byte, the second half of the controls among them
_TELLTALE[0xC2] = True


def fault(name: str, limit: int, *, shortest: int = 1) -> Reason | None:
    """What is wrong with a name, if anything. Lengths are in characters."""
    if len(name) < shortest:
        return Reason.EMPTY_NAME
    if len(name) > limit:
        return Reason.NAME_TOO_LONG
    return Reason.CONTROL_CHARACTER if _CONTROL.search(name) else None


def faults(names: Column, limit: int, *, shortest: int = 1) -> Iterator[tuple[int, str, Reason]]:
    """Place and text of each name that has a fault, and which."""
    for place in _suspects(names, limit, shortest).tolist():
        name = names[place].as_py()
        found = fault(name, limit, shortest=shortest)
        if found:
            yield place, name, found


def _suspects(names: Column, limit: int, shortest: int) -> Ints:
    """Places of the few names worth a look: by bytes too short, too long, or odd."""
    if not len(names):
        return np.empty(0, np.intp)
    _, ends, data = names.buffers()
    bounds = np.frombuffer(ends, np.int32, len(names) + 1, names.offset * 4)
    size = bounds[1:] - bounds[:-1]
    odd = (size < shortest) | (size > limit)
    text = np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]]
    if text.size and (text - _SPACE).max() > _TILDE - _SPACE:
        [places] = np.nonzero(_TELLTALE[text])
        odd[np.searchsorted(bounds, places + bounds[0], "right") - 1] = True
    return where(odd)
