"""What is true of a staged scene: who was before which camera in which window, and for how long.

It is found frame by frame, from the plan alone.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.crowd_plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueVisit:
    """Somebody came, stayed and left."""

    person: int
    camera: str | None
    """None: of the whole site."""

    first_seen: int
    last_seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueWindow:
    """The figures of one window."""

    camera: str | None
    """None: of the whole site."""

    start: int
    end: int
    people: tuple[int, ...]
    new: int
    """Of these, those seen on the first visit of theirs to the site."""

    peak: int
    """Most visits under way at once."""

    mean: float
    """Visits under way, on average."""

    @property
    def visitors(self) -> int:
        """How many different people."""
        return len(self.people)

    @property
    def returning(self) -> int:
        """Of these, those seen after they had been away."""
        return self.visitors - self.new


class Truth:
    """What is true of a plan; whoever is not seen for longer than ``gap_s`` has left."""

    def __init__(self, plan: Plan, *, gap_s: int) -> None:
        self._gap_ms = gap_s * 1000
        self._seen: dict[str | None, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for frame in range(plan.frames):
            for camera in plan.cameras:
                for stay in plan.seen(camera, frame):
                    for where in (camera, None):
                        self._seen[where][stay.person].append(plan.at(frame))
        self._plan = plan
        self._first = {visit.person: visit for visit in reversed(self.visits(None))}

    def visits(self, camera: str | None, *, until: int | None = None) -> list[TrueVisit]:
        """Visits of a camera, or the whole site, as seen before a time, in their order."""
        found = [
            TrueVisit(person=person, camera=camera, first_seen=some[0], last_seen=some[-1])
            for person, times in self._seen[camera].items()
            for some in self._parts([at for at in times if until is None or at < until])
        ]
        return sorted(found, key=lambda visit: (visit.first_seen, visit.person))

    def window(self, camera: str | None, start: int, end: int) -> TrueWindow:
        """The figures of a window."""
        inside = {
            person: [at for at in times if start <= at < end]
            for person, times in self._seen[camera].items()
        }
        people = tuple(sorted(person for person, times in inside.items() if times))
        present = [
            (max(visit.first_seen, start), visit.last_seen)
            for visit in self.visits(camera, until=end)
            if visit.last_seen >= start
        ]
        return TrueWindow(
            camera=camera,
            start=start,
            end=end,
            people=people,
            new=sum(inside[person][0] <= self._first[person].last_seen for person in people),
            peak=max((sum(a <= at <= b for a, b in present) for at, _ in present), default=0),
            mean=sum(b - a for a, b in present) / (end - start),
        )

    def windows(self, window_s: int) -> list[TrueWindow]:
        """All windows of this length, counted from the first frame: the site's, then cameras'."""
        step, begin = window_s * 1000, self._plan.start_ms
        last = self._plan.at(self._plan.frames - 1)
        return [
            self.window(camera, start, start + step)
            for camera in (None, *self._plan.cameras)
            for start in range(begin, last + 1, step)
        ]

    def _parts(self, times: list[int]) -> Iterator[list[int]]:
        part: list[int] = []
        for at in times:
            if part and at - part[-1] > self._gap_ms:
                yield part
                part = []
            if at not in part[-1:]:
                part.append(at)
        if part:
            yield part
