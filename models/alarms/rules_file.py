"""Read a rules file; whatever is wrong with it is said with its line and reason."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from models.alarms.rules import RulesFile
from models.alarms.rules_check import Fault, faults
from models.alarms.yaml_tree import Tree, YamlError, read
from models.profiles import Profiles

SHIPPED = Path(__file__).with_name("farm.yaml")
"""The rules that hold where nobody has written others."""

FAULTS_SHOWN = 50


class RulesError(ValueError):
    """The rules make no sense; each line of the message is ``file:line: field: reason``."""


def load_rules(path: Path, profiles: Profiles) -> RulesFile:
    """Read alarm rules, channels and how to notify from a YAML file.

    Raises:
        RulesError: it is no such file, or it contradicts itself or the profiles.

    """
    try:
        tree = read(path)
        found = RulesFile.model_validate(tree.value)
    # the causes would show the file's text, and text may hold what is nobody's business
    except YamlError as error:
        raise RulesError(f"{path}:{error}") from None
    except ValidationError as error:
        raise RulesError(_message(path, tree, _misfits(error))) from None
    contradictions = list(faults(found, profiles))
    if contradictions:
        raise RulesError(_message(path, tree, contradictions))
    return found


def _misfits(error: ValidationError) -> Iterator[Fault]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        loc = fault["loc"][:-1] if fault["loc"][-1:] == ("[key]",) else fault["loc"]
        yield loc, fault["msg"].removeprefix("Value error, ")


def _message(path: Path, tree: Tree, found: Iterable[Fault]) -> str:
    placed = sorted((*tree.place(loc), _one_line(reason)) for loc, reason in found)
    lines = [f"{path}:{line}: {field}: {reason}" for line, field, reason in placed[:FAULTS_SHOWN]]
    more = len(placed) - len(lines)
    return "\n".join([*lines, f"{path}: and {more} more"] if more > 0 else lines)


def _one_line(reason: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in reason[:300])
