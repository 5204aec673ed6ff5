"""YAML from outside: its plain values with the line of each, or one complaint.

Of YAML's riches only what people mean: words in quotes or without, numbers, true, false, null,
lists and mappings. ``no``, ``on`` and ``18:00`` are words, as in YAML 1.2. No tags, no aliases
(a few lines of them can stand for gigabytes), no key twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SIZE_BYTES = 1 << 20
"""No file may be larger."""

DEPTH = 32
"""How deep lists and mappings may stand in one another."""

KEY_SHOWN = 64
"""So many characters of a key at most are said in a complaint."""

Loc = tuple[str | int, ...]
"""Where a value stands: keys and places from the top."""

_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TAGS = ("str", "seq", "map")


class YamlError(ValueError):
    """The text is not the YAML that is understood here."""

    def __init__(self, line: int, field: str, reason: str) -> None:
        super().__init__(f"{line}: {field}: {reason}")


@dataclass(frozen=True, slots=True)
class Tree:
    """What a file says, and in which line it says it."""

    value: Any
    lines: Mapping[Loc, int]

    def place(self, loc: Loc) -> tuple[int, str]:
        """Line and dotted name of a value, or of the one around it if the file does not have it.

        Parts between the two ends that the file does not have are left out: they name
        alternatives of a model, not keys.
        """
        at: Loc = ()
        for part in loc:
            at = (*at, part) if (*at, part) in self.lines else at
        missing = loc[-1:] if at[-1:] != loc[-1:] else ()
        return self.lines[at], dotted((*at, *missing))


def dotted(loc: Loc) -> str:
    """Where a value stands, for a message: on one line, not too long."""
    return ".".join(_shown(str(part)) for part in loc) or "file"


def _shown(key: str) -> str:
    return key if key.isprintable() and len(key) <= KEY_SHOWN else repr(key[:KEY_SHOWN])


def read(path: Path) -> Tree:
    """The only document in a file.

    Raises:
        YamlError: it is no such file.

    """
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise YamlError(1, "file", reason or "cannot be read") from error
    if len(data) > SIZE_BYTES:
        raise YamlError(1, "file", f"larger than {SIZE_BYTES} bytes")
    return parse(data)


def parse(data: bytes) -> Tree:
    """The only document in some bytes of UTF-8.

    Raises:
        YamlError: they are no such document.

    """
    try:
        text = data.decode("utf-8-sig")
        node = _Composer(text).get_single_node()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlError(line, "yaml", "not UTF-8") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(line, "yaml", f"character {error.character!r}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(f"{error.problem}".split())[:200]
        raise YamlError(mark.line + 1 if mark else 1, "yaml", reason) from error
    if node is None:
        raise YamlError(1, "file", "empty")
    lines: dict[Loc, int] = {(): node.start_mark.line + 1}
    return Tree(_plain(node, (), lines), lines)


class _Composer(yaml.SafeLoader):
    """Every scalar is a text at first; aliases and depths are refused."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.yaml_implicit_resolvers = {}
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """The next node."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it out
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(line, "yaml", "aliases are not taken")
        if self.depth == DEPTH:
            raise YamlError(line, "yaml", f"more than {DEPTH} levels deep")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _plain(node: yaml.Node, loc: Loc, lines: dict[Loc, int]) -> Any:
    if node.tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
        raise YamlError(node.start_mark.line + 1, dotted(loc), "tags are not taken")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, loc, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_at(each, each, (*loc, n), lines) for n, each in enumerate(node.value)]
    quoted = isinstance(node, yaml.ScalarNode) and node.style
    return node.value if quoted else _scalar(node.value)


def _mapping(node: yaml.MappingNode, loc: Loc, lines: dict[Loc, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlError(line, dotted(loc), "a key that is no word")
        if key.value in found:
            first = lines[*loc, key.value]
            raise YamlError(line, dotted((*loc, key.value)), f"already in line {first}")
        found[key.value] = _at(key, value, (*loc, key.value), lines)
    return found


def _at(start: yaml.Node, node: yaml.Node, loc: Loc, lines: dict[Loc, int]) -> Any:
    lines[loc] = start.start_mark.line + 1
    return _plain(node, loc, lines)


def _scalar(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    return float(word) if _NUMBER.fullmatch(word) else word
