"""Every work, in order: what is run, how often, and the rows that come of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console

from schemas.topic import Topic
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED
from tests.bench import (
    alarm_check,
    crowd,
    energy,
    faces,
    in_out,
    influx,
    memory,
    one_by_one,
    two_workers,
    vision,
)
from tests.bench.ground import Ground
from tests.bench.in_out import Loads
from tests.bench.load import messages, start_of
from tests.bench.rounds import FAILURES, Rounds
from tests.bench.stretch import Stretch
from tests.bench.targets import Row

WARM = 5_000
WORKS = (
    *(in_out.WORK, influx.WORK, two_workers.WORK, memory.WORK, one_by_one.WORK, alarm_check.WORK),
    *(energy.WORK, *faces.WORKS, crowd.WORK, vision.LATENCY, vision.TWO),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of what."""

    events: int
    rounds: int
    subjects: Sequence[str]
    memory_stops: tuple[int, ...]
    single_events: int
    frames: int
    """Frames with one face; of those with more faces there are fewer."""

    faces: int
    """Faces that are counted."""


class Works:
    """Runs works on one ground; each gives its rows."""

    def __init__(self, ground: Callable[[], Ground], plan: Plan, console: Console) -> None:
        """Ask for the ground once a work needs it: some need no server."""
        self._started, self._plan, self._console = ground, plan, console
        self._rounds = Rounds(plan.rounds, console)
        self._start_ms = start_of(max(plan.events * influx.STRETCHED, plan.memory_stops[-1]) + WARM)

    @property
    def failed(self) -> list[str]:
        """What gave no figures."""
        return self._rounds.failed

    @property
    def _ground(self) -> Ground:
        return self._started()

    def rows(self, work: str) -> Iterator[Row]:
        """The rows of one of ``WORKS``."""
        runs: Mapping[str, Callable[[], Iterator[Row]]] = {
            in_out.WORK: self._in_out,
            influx.WORK: self._influx,
            two_workers.WORK: self._two_workers,
            memory.WORK: self._memory,
            one_by_one.WORK: self._one_by_one,
            alarm_check.WORK: self._alarm_check,
            energy.WORK: self._energy,
            **{name: partial(self._faces, name) for name in faces.WORKS},
            crowd.WORK: self._crowd,
            vision.LATENCY: self._vision_latency,
            vision.TWO: self._vision_workers,
        }
        try:
            yield from runs[work]()
        except FAILURES as error:
            self._rounds.fail(work, error)

    def _in_out(self) -> Iterator[Row]:
        loads = self._loads(READINGS_RECEIVED)
        return self._rounds.rows(
            in_out.WORK,
            {
                name: partial(in_out.in_out, self._ground, name, loads)
                for name in self._plan.subjects
            },
        )

    def _influx(self) -> Iterator[Row]:
        ground, events = self._ground, self._plan.events * influx.STRETCHED
        loads = self._loads(READINGS_ACCEPTED, events)
        subjects: dict[str, Callable[[], Stretch]] = {
            "engawa": partial(influx.through_worker, ground, loads),
            "prebuilt": partial(
                influx.prebuilt, ground, warm=WARM, events=events, start_ms=self._start_ms
            ),
        }
        yield from self._rounds.rows(influx.WORK, subjects)
        yield from self._rounds.rows(
            influx.APART,
            {name: partial(influx.apart, ground, measure) for name, measure in subjects.items()},
        )

    def _two_workers(self) -> Iterator[Row]:
        loads = self._loads(READINGS_RECEIVED)
        rows = {
            row["subject"]: row
            for row in self._rounds.rows(
                two_workers.WORK,
                {
                    name: partial(two_workers.workers, self._ground, name, loads)
                    for name in two_workers.SUBJECTS
                },
            )
        }
        for row in rows.values():
            if row["subject"].endswith("1"):
                row["possible"] = two_workers.most_possible(row["idle_cores"])
        yield from rows.values()

    def _memory(self) -> Iterator[Row]:
        with self._console.status(f"{memory.WORK} …") as status:
            found = memory.memory(
                self._ground,
                self._plan.memory_stops,
                start_ms=self._start_ms,
                report=lambda events: status.update(f"{memory.WORK}: {events:,} events …"),
            )
        for row, subject in zip(found, ("engawa", "engawa, longer"), strict=True):
            yield {"work": memory.WORK, "subject": subject, **row}

    def _one_by_one(self) -> Iterator[Row]:
        with self._console.status(f"{one_by_one.WORK} …"):
            found = one_by_one.one_by_one(
                self._ground, self._plan.single_events, start_ms=self._start_ms
            )
        yield {"work": one_by_one.WORK, "subject": "engawa", **found}

    def _alarm_check(self) -> Iterator[Row]:
        with self._console.status(f"{alarm_check.WORK} …"):
            yield from alarm_check.alarm_check(self._plan.events // alarm_check.BATCH)

    def _energy(self) -> Iterator[Row]:
        with self._console.status(f"{energy.WORK} …"):
            yield from energy.energy(self._plan.events // alarm_check.BATCH)

    def _faces(self, work: str) -> Iterator[Row]:
        seers = faces.prepare(self._console, self._rounds.fail)
        self._console.print(f"{work}: {len(seers)} subjects in turn …", highlight=False)
        yield from faces.faces(
            work, seers, count=self._plan.frames, rounds=self._plan.rounds, fail=self._rounds.fail
        )

    def _crowd(self) -> Iterator[Row]:
        self._console.print(f"{crowd.WORK}: {self._plan.faces:,} faces …", highlight=False)
        yield crowd.row(self._plan.faces)

    def _vision_latency(self) -> Iterator[Row]:
        with self._console.status(f"{vision.LATENCY} …"):
            found = vision.latency(self._ground, self._plan.single_events)
        yield {"work": vision.LATENCY, "subject": "engawa", **found}

    def _vision_workers(self) -> Iterator[Row]:
        count = self._plan.frames * vision.STRETCHED
        subjects = {
            name: partial(vision.workers, self._ground, name, count) for name in vision.SUBJECTS
        }
        rows = {row["subject"]: row for row in self._rounds.rows(vision.TWO, subjects)}
        if one := rows.get(vision.SUBJECTS[0]):
            by_broker = two_workers.most_possible(one["idle_cores"])
            one["possible"] = min(vision.most_possible(), by_broker)
        yield from rows.values()

    def _loads(self, topic: Topic[Any], events: int = 0) -> Loads:
        with self._console.status("preparing the load …"):
            warm, main = (
                messages(topic, first, count, start_ms=self._start_ms)
                for first, count in ((0, WARM), (WARM, events or self._plan.events))
            )
        return Loads(warm=warm, main=main)
