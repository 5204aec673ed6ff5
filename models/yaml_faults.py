"""What is wrong with a YAML file, each fault with its line: ``file:line: field: reason``."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from models.yaml_tree import Loc, Tree

Fault = tuple[Loc, str]
"""Where it is, and the reason."""

FAULTS_SHOWN = 50


def misfits(error: ValidationError) -> Iterator[Fault]:
    """Where a file does not fit its model, without its text: that may be nobody's business."""
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        loc = fault["loc"][:-1] if fault["loc"][-1:] == ("[key]",) else fault["loc"]
        yield loc, fault["msg"].removeprefix("Value error, ")


def complaint(path: Path, tree: Tree, faults: Iterable[Fault]) -> str:
    """A line for each of the first faults, in the file's order."""
    placed = sorted((*tree.place(loc), _one_line(reason)) for loc, reason in faults)
    lines = [f"{path}:{line}: {field}: {reason}" for line, field, reason in placed[:FAULTS_SHOWN]]
    more = len(placed) - len(lines)
    return "\n".join([*lines, f"{path}: and {more} more"] if more > 0 else lines)


def _one_line(reason: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in reason[:300])
