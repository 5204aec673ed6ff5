"""The record of a wish to have somebody, a camera, or the past of a site forgotten."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What is to be forgotten of a site: a person, a camera, or all before a time; one of them."""

    erasure_id: Annotated[str, "UUID of the wish."]
    site: Annotated[str, "Site of which something is to be forgotten."]
    at: Annotated[int, "When it was asked, epoch milliseconds UTC."]
    by: Annotated[str, "Who asked."]
    person: Annotated[str | None, "A person's name or pseudonym."] = None
    camera: Annotated[str | None, "A camera."] = None
    before: Annotated[int | None, "All before this time, epoch milliseconds UTC."] = None
