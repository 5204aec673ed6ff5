"""Plans of staged scenes as tests need them."""

from typing import Any

from connectors.crowd_plan import Plan, Stay, planned

TEN = 1_780_322_400_000
"""2026-06-01 10:00 in New York."""

SECOND = 1000


def plan(*stays: Stay, frames: int = 480) -> Plan:
    """A plan by hand, with a frame every 15 seconds from ten o'clock on."""
    return Plan(
        stays=stays, cameras=("a", "b"), frames=frames, start_ms=TEN, interval_ms=15 * SECOND
    )


def stay(person: int, camera: str, first: int, last: int, **more: Any) -> Stay:
    given = {"place": person, "face_px": 80.0, "look": person}
    return Stay(person=person, camera=camera, first=first, last=last, **given | more)


def made(seed: int = 1, *, people: int = 5, frames: int = 480) -> Plan:
    """A plan from a seed."""
    return planned(
        people=people,
        cameras=("a", "b"),
        frames=frames,
        start_ms=TEN,
        interval_ms=15 * SECOND,
        seed=seed,
    )
