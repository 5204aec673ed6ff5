"""Every work, in order: what is run, how often, and the rows that come of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console
from rich.text import Text

from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, Topic
from tests.bench import alarm_check, energy, in_out, influx, memory, one_by_one, two_workers
from tests.bench.ground import Ground
from tests.bench.in_out import Loads
from tests.bench.load import messages, start_of
from tests.bench.report import summed_up
from tests.bench.stretch import Stretch
from tests.bench.subject import SubjectError
from tests.bench.targets import Row

WARM = 5_000
WORKS = (
    *(in_out.WORK, influx.WORK, two_workers.WORK, memory.WORK, one_by_one.WORK, alarm_check.WORK),
    energy.WORK,
)

FAILURES = (SubjectError, TimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of what."""

    events: int
    rounds: int
    subjects: Sequence[str]
    memory_stops: tuple[int, ...]
    single_events: int


class Works:
    """Runs works on one ground; each gives its rows."""

    def __init__(self, ground: Ground, plan: Plan, console: Console) -> None:
        self._ground, self._plan, self._console = ground, plan, console
        self.failed: list[str] = []
        self._start_ms = start_of(max(plan.events * influx.STRETCHED, plan.memory_stops[-1]) + WARM)

    def rows(self, work: str) -> Iterator[Row]:
        """The rows of one of ``WORKS``; ``failed`` names what gave none."""
        run = {
            in_out.WORK: self._in_out,
            influx.WORK: self._influx,
            two_workers.WORK: self._two_workers,
            memory.WORK: self._memory,
            one_by_one.WORK: self._one_by_one,
            alarm_check.WORK: self._alarm_check,
            energy.WORK: self._energy,
        }[work]
        try:
            yield from run()
        except FAILURES as error:
            self._fail(work, error)

    def _in_out(self) -> Iterator[Row]:
        loads = self._loads(READINGS_RECEIVED)
        return self._rounds(
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
        yield from self._rounds(influx.WORK, subjects)
        yield from self._rounds(
            influx.APART,
            {name: partial(influx.apart, ground, measure) for name, measure in subjects.items()},
        )

    def _two_workers(self) -> Iterator[Row]:
        loads = self._loads(READINGS_RECEIVED)
        rows = {
            row["subject"]: row
            for row in self._rounds(
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

    def _loads(self, topic: Topic[Any], events: int = 0) -> Loads:
        with self._console.status("preparing the load …"):
            warm, main = (
                messages(topic, first, count, start_ms=self._start_ms)
                for first, count in ((0, WARM), (WARM, events or self._plan.events))
            )
        return Loads(warm=warm, main=main)

    def _rounds(self, work: str, subjects: Mapping[str, Callable[[], Stretch]]) -> Iterator[Row]:
        """Every subject once in each round, so that what the machine does meanwhile hits all.

        One that fails is left out from then on: its figures do not count.
        """
        taken: dict[str, list[Stretch]] = {name: [] for name in subjects}
        for number in range(1, self._plan.rounds + 1):
            for name in list(taken):
                with self._console.status(f"{work}, round {number}: {name} …"):
                    found = self._measured(work, name, subjects[name])
                if found:
                    taken[name].append(found)
                else:
                    del taken[name]
        for name, stretches in taken.items():
            yield summed_up(work, name, stretches)

    def _measured(self, work: str, name: str, measure: Callable[[], Stretch]) -> Stretch | None:
        try:
            found = measure()
        except FAILURES as error:
            self._fail(f"{work}: {name}", error)
            return None
        self._console.print(
            f"{work}: {name}: {found.cpu_us:.2f} µs CPU, {found.wall_us:.2f} µs", highlight=False
        )
        return found

    def _fail(self, what: str, error: Exception) -> None:
        self.failed.append(what)
        self._console.print(Text(f"{what}: {error}", "red"))
