"""Measures this flow against peers, in one run on one real broker. See ``--help``."""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import typer
from rich.console import Console

from compose.progress import Progress
from tests.bench import in_out
from tests.bench.environments import make_peers
from tests.bench.ground import Ground, ground
from tests.bench.in_out import KINDS
from tests.bench.report import show, write
from tests.bench.subject import PEERS, ROOT
from tests.bench.targets import Row, judged
from tests.bench.works import WORKS, Plan, Works

SERVERS = ("kafka", "influxdb", "s3", "mongodb")
FIGURES = ROOT / "build" / "bench.json"
QUIET_LOAD = 0.5
WIDTH = 120
MILLION = 1_000_000


def main(
    *,
    events: Annotated[int, typer.Option(min=20_000, help="Events of each measured stretch.")] = (
        300_000
    ),
    rounds: Annotated[int, typer.Option(min=1, help="Times that each subject is measured.")] = 3,
    only: Annotated[
        list[str] | None, typer.Option(help=f"Subjects in → out: {', '.join(KINDS)}.")
    ] = None,
    work: Annotated[list[str] | None, typer.Option(help=f"Works: {', '.join(WORKS)}.")] = None,
    quick: Annotated[bool, typer.Option(help="Does it run at all? So few events tell nothing.")] = (
        False
    ),
    long: Annotated[bool, typer.Option(help="Memory after 10 M events instead of 3 M.")] = False,
) -> None:
    """Measure the telemetry flow against its peers; figures go to build/bench.json.

    Wants a quiet machine with Java 17: every server and every peer is installed on first use.
    Exits with 1 if a subject failed; targets that are not met are only said.
    """
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if not Path("/proc/self/status").exists():
        raise typer.BadParameter("only on Linux: what a subject uses is read from /proc")
    works = _known("--work", work, WORKS)
    plan = Plan(
        events=20_000 if quick else events,
        rounds=1 if quick else rounds,
        subjects=_known("--only", only, tuple(KINDS)),
        memory_stops=(MILLION // 10, 3 * MILLION // 10)
        if quick
        else (MILLION, (10 if long else 3) * MILLION),
        single_events=100 if quick else 500,
        frames=8 if quick else 100,
        faces=MILLION // 50 if quick else MILLION,
    )
    rows = [_machine(console)]
    if in_out.WORK in works and any(KINDS[name].python == PEERS for name in plan.subjects):
        make_peers(console)
    FIGURES.parent.mkdir(exist_ok=True)
    with (
        TemporaryDirectory(prefix="bench-", dir=FIGURES.parent) as folder,
        ExitStack() as stack,
    ):

        @cache
        def servers() -> Ground:
            return stack.enter_context(ground(SERVERS, Path(folder), _reporter(console)))

        measured = Works(servers, plan, console)
        for name in works:
            rows += measured.rows(name)
    targets = judged(rows)
    show(console, rows, targets)
    write(FIGURES, [*rows, *targets])
    console.print(f"Written to {FIGURES.relative_to(ROOT)}", highlight=False)
    raise typer.Exit(1 if measured.failed else 0)


def _known(option: str, asked: list[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    for name in asked or ():
        if name not in known:
            raise typer.BadParameter(f"{option} {name}: there are {', '.join(known)}")
    return tuple(name for name in known if not asked or name in asked)


def _machine(console: Console) -> Row:
    """What it was measured on."""
    load = os.getloadavg()[0]
    if load > QUIET_LOAD:
        console.print(f"[yellow]This machine is not quiet: load {load:.2f}[/yellow]")
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "work": "machine",
        "subject": (names or ["unknown"])[0],
        "cores": os.cpu_count(),
        "load": round(load, 2),
        "python": sys.version.split()[0],
    }


def _reporter(console: Console) -> Callable[[Progress], None]:
    def report(progress: Progress) -> None:
        console.print(f"{progress.name}: {progress.stage} {progress.detail}", highlight=False)

    return report


if __name__ == "__main__":
    typer.run(main)
