"""Every schema that a release has ever written with: what may still be read from a topic."""

import json
from collections.abc import Iterable
from functools import cache

from schemas.codec import Schema, schema, schema_of
from schemas.contracts import RELEASED
from schemas.topics import CATALOGUE


@cache
def released() -> tuple[Schema, ...]:
    """The schemas of all releases, and today's."""
    return (*map(schema, _files()), *(schema_of(topic.record) for topic in CATALOGUE))


def _files() -> Iterable[object]:
    for path in sorted(RELEASED.glob("*.avsc")):
        yield json.loads(path.read_text())
