"""What a part of the topology asks for and gives, read from its annotations."""

import types
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from schemas.batch import Columns, Raw, Records
from schemas.reasons import SetAside

Asked = tuple[type, type | None]
"""The shape of a batch (Columns, Records or Raw) and the record type in it."""


def takes(part: Any) -> Asked:
    """What an agent's or a sink's first parameter asks for.

    Raises:
        TypeError: it is not annotated as a batch.

    """
    hints = get_type_hints(_callable(part))
    hints.pop("return", None)
    for hint in hints.values():
        shape = get_origin(hint) or hint
        if shape in (Columns, Records):
            return shape, get_args(hint)[0]
        if shape is Raw:
            return Raw, None
    raise TypeError(f"{part} must annotate its batch as Columns[…], Records[…] or Raw")


def gives(agent: Any) -> set[type]:
    """The record types that an agent may return, in columns or one by one."""
    returned = get_type_hints(_callable(agent)).get("return")
    items = get_args(returned)[0] if get_args(returned) else type(None)
    arms = get_args(items) if get_origin(items) in (Union, types.UnionType) else (items,)
    return {
        get_args(arm)[0] if get_origin(arm) is Columns else arm
        for arm in arms
        if arm not in (SetAside, type(None))
    }


def learns(agent: Any) -> set[type]:
    """The record types that an agent learns from topics beside the one it reads."""
    if not hasattr(agent, "learn"):
        return set()
    hints = get_type_hints(agent.learn)
    hints.pop("return", None)
    [news] = hints.values()
    arms = get_args(news) if get_origin(news) in (Union, types.UnionType) else (news,)
    return {get_args(arm)[0] for arm in arms}


def settings_for(maker: type, settings: BaseModel) -> list[Any]:
    """The parts of ``settings`` that a class's constructor asks for, found by their types.

    Raises:
        TypeError: no field of the settings has that type.

    """
    hints = get_type_hints(vars(maker)["__init__"])
    hints.pop("return", None)
    groups = [getattr(settings, name) for name in type(settings).model_fields]
    found = []
    for asked in hints.values():
        if isinstance(asked, type) and issubclass(asked, BaseModel):
            matching = [group for group in groups if isinstance(group, asked)]
            if not matching:
                raise TypeError(f"{maker.__name__} asks for {asked}, which Settings does not have")
            found.append(matching[0])
    return found


def _callable(part: Any) -> Any:
    if hasattr(part, "write"):
        return part.write
    return part.__call__ if isinstance(part, type) else part
