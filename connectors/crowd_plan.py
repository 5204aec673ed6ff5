"""Who stands before which camera when, in a staged scene: made from a seed, so the truth is known.

Everybody comes, stays for minutes, and leaves, perhaps past the other camera, to come back later.
Nobody is before two cameras at once, and nobody hides another. Frames are numbered from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PLACES = 5
"""People before one camera at most."""

STAY_FRAMES = (4, 40)
"""How long somebody is before one camera: 1 to 10 minutes, if there are four frames a minute."""

WALK_FRAMES = (2, 7)
"""From one camera to the other."""

AWAY_FRAMES = (24, 80)
"""Until somebody comes back."""

GOES_ON = 0.4
"""How likely somebody who leaves a camera comes past the other."""

FACES_PX = (55.0, 115.0)
"""Height of faces: whoever stands far away or near."""

FIRST_FRAMES = 60
"""By when everybody has come once, unless there is no place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Somebody before a camera."""

    person: int
    camera: str
    first: int
    """Number of the first frame."""

    last: int
    place: int
    """Where in the picture, from the left."""

    face_px: float
    """How high the face is, about."""

    look: int
    """Says which portrait, and how it moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everybody's stays, in the order in which they begin."""

    stays: tuple[Stay, ...]
    cameras: tuple[str, ...]
    frames: int
    """Of each camera."""

    start_ms: int
    """When the first is taken, epoch milliseconds UTC."""

    interval_ms: int

    def at(self, frame: int) -> int:
        """When a frame is taken."""
        return self.start_ms + frame * self.interval_ms

    def seen(self, camera: str, frame: int) -> list[Stay]:
        """Who is in a frame, the largest face first."""
        here = [
            stay
            for stay in self.stays
            if stay.camera == camera and stay.first <= frame <= stay.last
        ]
        return sorted(here, key=lambda stay: -stay.face_px)


def planned(
    *,
    people: int,
    cameras: Sequence[str],
    frames: int,
    start_ms: int,
    interval_ms: int,
    seed: int,
) -> Plan:
    """A plan for so many people; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    stays: list[Stay] = []
    for person in range(people):
        now = int(rng.integers(FIRST_FRAMES))
        camera = int(rng.integers(len(cameras)))
        while now < frames:
            last = min(now + int(rng.integers(*STAY_FRAMES)), frames) - 1
            free = _free(stays, cameras[camera], now, last)
            if not free:
                now += 1
                continue
            stays.append(
                Stay(
                    person=person,
                    camera=cameras[camera],
                    first=now,
                    last=last,
                    place=int(rng.choice(free)),
                    face_px=float(rng.uniform(*FACES_PX)),
                    look=int(rng.integers(2**31)),
                )
            )
            goes_on = rng.random() < GOES_ON
            camera = (camera + goes_on) % len(cameras)
            now = last + int(rng.integers(*(WALK_FRAMES if goes_on else AWAY_FRAMES)))
    return Plan(
        stays=tuple(sorted(stays, key=lambda stay: (stay.first, stay.person))),
        cameras=tuple(cameras),
        frames=frames,
        start_ms=start_ms,
        interval_ms=interval_ms,
    )


def _free(stays: Sequence[Stay], camera: str, first: int, last: int) -> list[int]:
    """Places before a camera that nobody takes meanwhile."""
    taken = {
        stay.place
        for stay in stays
        if stay.camera == camera and stay.first <= last and first <= stay.last
    }
    return [place for place in range(PLACES) if place not in taken]
