"""What a person watching is told while servers are installed, started and stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["installing", "preparing", "starting", "ready", "stopping", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One step of one server; `detail` is a file, a package or a reason, often empty."""

    name: str
    stage: Stage
    detail: str = ""


Report = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Tell nobody."""
