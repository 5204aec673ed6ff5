"""Measures what the recommender saves, on a plant it has never seen. See ``--help``."""

import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Annotated

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import typer
from rich.console import Console

from tests.evaluation import plan
from tests.evaluation.agent import used_models
from tests.evaluation.apart import processes
from tests.evaluation.cases import (
    CLIMATES,
    DEVELOPMENT,
    HELD_BACK,
    STRESSED,
    Case,
    calm,
    stressed,
)
from tests.evaluation.engine import engine
from tests.evaluation.loads import LOADS
from tests.evaluation.plan import Found, Run
from tests.evaluation.rack import GAIN_C
from tests.evaluation.report import show, write

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "build" / "energy.json"
WIDTH = 140


def main(
    *,
    quick: Annotated[bool, typer.Option(help="One climate, two days: does it run at all?")] = (
        False
    ),
    development: Annotated[
        bool, typer.Option(help="On the ground that was seen while the models were made.")
    ] = False,
    climate: Annotated[
        list[str] | None, typer.Option(help=f"Only this: {', '.join(CLIMATES)}.")
    ] = None,
    load: Annotated[list[str] | None, typer.Option(help=f"Only this: {', '.join(LOADS)}.")] = None,
    stress: Annotated[bool, typer.Option(help="Also under stress.")] = True,
    gain: Annotated[
        float, typer.Option(min=0, max=10, help="How hot the hot spot is at full load, K.")
    ] = GAIN_C,
    workers: Annotated[int, typer.Option(min=1, help="Simulations at the same time.")] = 2,
    figures: Annotated[Path, typer.Option(help="Where the figures go.")] = FIGURES,
) -> None:
    """Measure setpoint policies in closed loop on EnergyPlus; figures go to build/energy.json.

    By default on the held-back ground, which nobody looked at while the models were made. Takes
    about half an hour on two cores, with --quick two; EnergyPlus is fetched on first use.
    Everything here is simulated. Exits with 1 only if the measurement itself fails: targets that
    are not met are said.
    """
    ground = DEVELOPMENT if development or quick else HELD_BACK
    console, began = Console(width=None if sys.stdout.isatty() else WIDTH), monotonic()
    cases = [
        case
        for case in calm(ground, quick=quick, gain_c=gain)
        if (not climate or case.climate in climate) and (not load or case.load in load)
    ]
    if not cases:
        raise typer.BadParameter("no case has that climate and load")
    console.print(f"Ground: {ground}. Models: {used_models()}", highlight=False)
    with console.status("Fetching EnergyPlus …"):
        ready = engine()
    with processes(ready, workers) as run:
        measure = _Measure(run, console, workers)
        found = measure(cases, lambda case: plan.calm(case, run))
        if stress and not quick and (best_c := _best_c(ground, cases, found)) is not None:
            worse = list(stressed(ground, gain))
            found += measure(worse, lambda case: plan.stressed(case, best_c, run))
    rows = [row for each in found for row in each.rows]
    show(console, rows)
    figures.parent.mkdir(parents=True, exist_ok=True)
    write(figures, rows)
    console.print(f"Written to {figures} after {(monotonic() - began) / 60:.1f} min")


class _Measure:
    """Works on a few cases at once and says which are done."""

    def __init__(self, run: Run, console: Console, workers: int) -> None:
        self._run, self._console, self._workers = run, console, workers

    def __call__(self, cases: Sequence[Case], work: Callable[[Case], Found]) -> list[Found]:
        with ThreadPoolExecutor(self._workers) as pool:
            return list(self._told(cases, pool.map(work, cases)))

    def _told(self, cases: Sequence[Case], found: Iterable[Found]) -> Iterable[Found]:
        for number, (case, each) in enumerate(zip(cases, found, strict=True), 1):
            where = f"{case.climate}, {case.load}, stress {case.stress}"
            reasons = "; ".join(f"{name}: {_listed(told)}" for name, told in each.reasons.items())
            self._console.print(
                f"{number}/{len(cases)} {where}: best static {each.best_c:g} °C; {reasons}",
                highlight=False,
            )
            yield each


def _listed(reasons: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in reasons.items())


def _best_c(ground: str, cases: Sequence[Case], found: Sequence[Found]) -> float | None:
    best = {(case.climate, case.load): each.best_c for case, each in zip(cases, found, strict=True)}
    return best.get(STRESSED[ground])


if __name__ == "__main__":
    typer.run(main)
