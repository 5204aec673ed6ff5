"""The ``--where`` of a query: a tiny language of our own, parsed to values, written as InfluxQL.

``value > 31 and quality = spike or value < -5``: ``value`` or ``quality``, an operator, a literal;
``and`` binds tighter than ``or``. What reaches InfluxDB is written anew from the parsed values, so
no text of the caller's does: InfluxQL binds literals only, and not in every place.
https://docs.influxdata.com/influxdb/v1/query_language/spec/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from connectors.influxql import quoted
from schemas.records import Quality

Literal = Decimal | str | bool
Token = tuple[str, str, int]
"""Its kind, its text and its position, counted from 1."""

LONGEST = 1000
MOST_COMPARISONS = 20

_TOKEN = re.compile(
    r"""(?P<number>[-+]?\d{1,15}(?:\.\d{1,15})?)(?![\w.])|(?P<text>'[^']*'|"[^"]*")"""
    r"""|(?P<word>[A-Za-z_]+)|(?P<operator>>=|<=|!=|[<>=])""",
    re.ASCII,
)
_SWITCHES = {"true": True, "false": False}
_END: Token = ("end", "the end", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One comparison of a point's value, or of its quality."""

    of_quality: bool
    operator: str
    literal: Literal


Condition = tuple[tuple[Comparison, ...], ...]
"""Any of these, each of which is all of those; empty where there is no condition."""


class WhereError(ValueError):
    """A condition that is none, and where."""


def parse(text: str) -> Condition:
    """The condition that a text says.

    Raises:
        WhereError: it says none, or one that InfluxDB cannot answer.

    """
    if len(text) > LONGEST:
        raise WhereError(f"longer than {LONGEST} characters")
    tokens = _tokens(text)
    groups: list[list[Comparison]] = [[]]
    while True:
        groups[-1].append(_comparison(tokens))
        if sum(map(len, groups)) > MOST_COMPARISONS:
            raise WhereError(f"more than {MOST_COMPARISONS} comparisons")
        kind, word, place = next(tokens, _END)
        if kind == "end":
            return tuple(map(tuple, groups))
        if word.lower() == "or":
            groups.append([])
        elif word.lower() != "and":
            raise _wrong(place, "'and', 'or' or the end", word)


def written(condition: Condition, *, value: str, quality: str | None) -> str:
    """The condition as InfluxQL, in brackets; the fields' names are given.

    Raises:
        WhereError: it asks for a quality where there is none.

    """
    return f"({' OR '.join(_all(group, value, quality) for group in condition)})"


def literal(value: Literal) -> str:
    """A value as InfluxQL takes it, whatever is in it."""
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            return format(value, "f")
        case str():
            escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
            return f"'{escaped}'"


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while rest := text[place:].lstrip():
        place = len(text) - len(rest)
        found = _TOKEN.match(text, place)
        if not found:
            raise WhereError(f"position {place + 1}: {rest[:20]!r} cannot be read")
        yield str(found.lastgroup), found[0], place + 1
        place = found.end()


def _comparison(tokens: Iterator[Token]) -> Comparison:
    _, name, place = next(tokens, _END)
    if name.lower() not in ("value", "quality"):
        raise _wrong(place, "'value' or 'quality'", name)
    kind, operator, place = next(tokens, _END)
    if kind != "operator":
        raise _wrong(place, "one of > >= < <= = !=", operator)
    token = next(tokens, _END)
    if name.lower() == "quality":
        return _of_quality(operator, place, token)
    return Comparison(of_quality=False, operator=operator, literal=_literal(token))


def _literal(token: Token) -> Literal:
    kind, text, place = token
    if kind == "number":
        return Decimal(text)
    if kind == "text" and text.isprintable():
        return text[1:-1]
    if text.lower() in _SWITCHES:
        return _SWITCHES[text.lower()]
    raise _wrong(place, "a number, a 'text', true or false", text)


def _of_quality(operator: str, place: int, token: Token) -> Comparison:
    """InfluxDB holds a quality only where it is not good, and cannot ask for what is not there."""
    text = token[1].strip("'\"")
    if text not in list(Quality):
        raise _wrong(token[2], f"one of {', '.join(Quality)}", text)
    wanted = "!=" if text == Quality.GOOD else "="
    if operator != wanted:
        raise WhereError(
            f"position {place}: only 'quality = spike' (or another flag) and 'quality != good'"
            " can be asked: good readings carry no flag that could be compared"
        )
    found = "" if text == Quality.GOOD else text
    return Comparison(of_quality=True, operator=operator, literal=found)


def _all(group: tuple[Comparison, ...], value: str, quality: str | None) -> str:
    return " AND ".join(_one(each, value, quality) for each in group)


def _one(comparison: Comparison, value: str, quality: str | None) -> str:
    name = quality if comparison.of_quality else value
    if name is None:
        raise WhereError("only readings have a quality")
    return f"{quoted(name)} {comparison.operator} {literal(comparison.literal)}"


def _wrong(place: int, expected: str, found: str) -> WhereError:
    where = f"position {place}" if place else "at the end"
    return WhereError(f"{where}: expected {expected}, found {found[:40]!r}")
