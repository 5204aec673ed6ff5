"""Read a rules file; whatever is wrong with it is said with its line and reason."""

from pathlib import Path

from pydantic import ValidationError

from models.alarms.rules import RulesFile
from models.alarms.rules_check import faults
from models.profiles import Profiles
from models.yaml_faults import complaint, misfits
from models.yaml_tree import YamlError, read

SHIPPED = Path(__file__).with_name("farm.yaml")
"""The rules that hold where nobody has written others."""


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
        raise RulesError(complaint(path, tree, misfits(error))) from None
    contradictions = list(faults(found, profiles))
    if contradictions:
        raise RulesError(complaint(path, tree, contradictions))
    return found
