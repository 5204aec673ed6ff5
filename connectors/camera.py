"""Cameras: what gives pictures one after another, recorded or as they happen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from models.faces.align import Pixels

Wait = Callable[[float], bool]
"""Waits for so many seconds, or until somebody stops it all; says whether that happened."""


class CameraError(ValueError):
    """The source is no camera; the message holds no password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture as a camera gave it."""

    at: int
    """When it was taken, epoch milliseconds UTC."""

    picture: bytes | Pixels
    """A JPEG, or pixels [height, width, 3], blue first."""


class Source(Protocol):
    """What a camera is read from."""

    live: bool
    """Whether it goes on by itself, and what is not taken is lost; else it waits for its reader."""

    span_ms: int | None
    """How long it lasts, if that is known."""

    def shots(self, start_ms: int) -> Iterator[Shot]:
        """Its pictures. What was recorded begins at ``start_ms``; what is live has its own time.

        Raises:
            CameraError: it cannot be opened.

        """
        ...


def shown(source: str) -> str:
    """A source as it may be shown and logged: of an address, only scheme, host and port.

    Cameras take passwords in front of the host, in the query, and some of them in the path.
    """
    if "://" not in source:
        return source.rpartition("@")[2]  # an address may be mistyped
    try:
        parts = urlsplit(source)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that makes no sense"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
