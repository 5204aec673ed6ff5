"""Whether two versions of a contract read each other, as Avro's own library sees it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from schemas.contracts import RELEASED


def releases(file_name: str) -> list[Any]:
    """Every released copy of a contract, the oldest first: ``released/telemetry.1.avsc``."""
    stem = file_name.removesuffix(".avsc")
    numbered = {
        int(found[1]): path
        for path in RELEASED.glob(f"{stem}.*.avsc")
        if (found := re.fullmatch(rf"{re.escape(stem)}\.(\d+)\.avsc", path.name))
    }
    return [json.loads(numbered[number].read_text("utf-8")) for number in sorted(numbered)]


def incompatibilities(old: Any, new: Any) -> Iterator[str]:
    """Why readers of either version could not read what the other has written."""
    # a development tool; nothing that is deployed needs it
    from avro.compatibility import ReaderWriterCompatibilityChecker  # noqa: PLC0415  # a development tool
    from avro.schema import parse  # noqa: PLC0415  # likewise

    older, newer = parse(json.dumps(old)), parse(json.dumps(new))
    for reader, writer, words in (
        (newer, older, "cannot read what the last release wrote"),
        (older, newer, "the last release could not read it"),
    ):
        checker: Any = ReaderWriterCompatibilityChecker
        found = checker().get_compatibility(reader, writer)
        if found.messages:
            places = ", ".join(sorted(found.locations))
            yield f"{words}: {'; '.join(sorted(found.messages))} ({places})"
