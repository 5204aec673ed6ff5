"""Settings as an operator knows them: one environment variable a line, secrets masked."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, RootModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

Row = Mapping[str, str]

MASK = "********"
EXTRA = "extra_forbidden"
WORDS = {
    EXTRA: "no such setting",
    "missing": "has to be set",
    "union_tag_not_found": "has to be set, as others of its group are",
}


def effective(settings: BaseSettings) -> list[Row]:
    """Every setting: its environment variable, its value, and where that came from.

    Where is ``environment``, ``.env`` or ``default``.
    """
    kind = type(settings)
    given = {".env": DotEnvSettingsSource(kind)(), "environment": EnvSettingsSource(kind)()}
    return [
        {
            "setting": _variable(kind, path),
            "value": masked(value),
            "from": next((s for s in reversed(given) if _has(given[s], path)), "default"),
        }
        for path, value in _leaves(settings, ())
    ]


def complaints(error: ValidationError, kind: type[BaseSettings]) -> list[Row]:
    """What is wrong with settings: the environment variable, and what is wrong; never a value."""
    return [
        {
            "setting": _variable(kind, (*_fields(kind, fault["loc"], fault["type"]), *_tag(fault))),
            "wrong": line,
        }
        for fault in error.errors(include_input=False, include_url=False)
        for line in _words(fault).splitlines()
    ]


def _words(fault: Any) -> str:
    words: str = WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return words


def unknown(kind: type[BaseSettings], *others: type[BaseSettings]) -> list[str]:
    """Variables that look like ours and are none of these settings: misspelt, most likely."""
    prefix = kind.model_config.get("env_prefix", "").lower()
    ours = (name for name in EnvSettingsSource(kind).env_vars if name.startswith(prefix))
    exact = {f"{prefix}{field}" for other in others for field in other.model_fields}
    return [
        name.upper()
        for name in ours
        if name not in exact
        and name.removeprefix(prefix).partition("__")[0] not in kind.model_fields
    ]


def masked(value: Any) -> str:
    """A setting's value, with nothing in it that is secret."""
    if value is None:
        return "(none)"
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else ""
    # an address may carry a user and a password
    return re.sub(r"(://)[^/@\s]+@", rf"\1{MASK}@", str(value))


def _leaves(model: BaseModel, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, RootModel):
            yield from (((*path, name, key), each) for key, each in value.root.items())
        elif isinstance(value, BaseModel):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _has(given: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(given, Mapping) or name not in given:
            return False
        given = given[name]
    return True


def _variable(kind: type[BaseSettings], path: tuple[str, ...]) -> str:
    if not path:
        return "settings"
    if path[0].isupper():  # a field with a variable name of its own
        return path[0]
    return (kind.model_config.get("env_prefix", "") + "__".join(path)).upper()


def _fields(kind: type[BaseModel], place: tuple[Any, ...], fault: str) -> tuple[str, ...]:
    """The names of fields in a fault's place, without the arms of unions that stand between."""
    models: list[type[BaseModel]] = [kind]
    path: list[str] = []
    for name in place:
        annotations = [m.model_fields[name].annotation for m in models if name in m.model_fields]
        if annotations:
            path.append(str(name))
            models = [model for each in annotations for model in _models(each)]
    unnamed = fault == EXTRA or not path
    return (*path, *map(str, place[-1:])) if unnamed else tuple(path)


def _tag(fault: Any) -> Iterator[str]:
    """The field that tells the arms of a union apart, if that is what is wrong."""
    if fault["type"].startswith("union_tag_"):
        yield fault["ctx"]["discriminator"].strip("'")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for arm in get_args(annotation):
        yield from _models(arm)
