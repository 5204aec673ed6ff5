"""Subjects in turn, round by round, and what failed."""

from collections.abc import Callable, Iterator, Mapping

from rich.console import Console
from rich.text import Text

from tests.bench.report import summed_up
from tests.bench.stretch import Stretch
from tests.bench.subject import SubjectError
from tests.bench.targets import Row

FAILURES = (SubjectError, TimeoutError)


class Rounds:
    """Runs each subject of a work so many times, and keeps the names of what failed."""

    def __init__(self, rounds: int, console: Console) -> None:
        self._rounds, self._console = rounds, console
        self.failed: list[str] = []

    def rows(self, work: str, subjects: Mapping[str, Callable[[], Stretch]]) -> Iterator[Row]:
        """Every subject once in each round, so that what the machine does meanwhile hits all.

        One that fails is left out from then on: its figures do not count.
        """
        taken: dict[str, list[Stretch]] = {name: [] for name in subjects}
        for number in range(1, self._rounds + 1):
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
            self.fail(f"{work}: {name}", error)
            return None
        self._console.print(
            f"{work}: {name}: {found.cpu_us:.2f} µs CPU, {found.wall_us:.2f} µs", highlight=False
        )
        return found

    def fail(self, what: str, error: Exception) -> None:
        """Note and say what went wrong."""
        self.failed.append(what)
        self._console.print(Text(f"{what}: {error}", "red"))
