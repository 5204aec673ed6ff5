"""The long fault run, figures in build/faults.json. See ``--help``."""

import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import typer
from rich.console import Console
from rich.table import Table

from tests.faults.audit import Verdict
from tests.faults.crowd_scenarios import CROWDS, Rush
from tests.faults.crowd_scenarios import run as run_crowd
from tests.faults.faces_killed import FACES_KILLED
from tests.faults.faces_killed import run as run_faces_killed
from tests.faults.frames_away import FRAMES_AWAY
from tests.faults.frames_away import run as run_frames_away
from tests.faults.rig import Rig
from tests.faults.scenarios import FAULTS, Severity, run
from tests.faults.storm_scenarios import STORMS, Fury
from tests.faults.storm_scenarios import run as run_storm

OUT = Path("build/faults.json")
STORM_S = RUSH_S = 60.0
FIGURES = ("sent", "lost", "duplicated", "repeated", "unexplained", "stalled_s")


def main(
    *,
    events: Annotated[int, typer.Option(help="Events sent per fault.")] = 100_000,
    per_s: Annotated[float, typer.Option(help="Events sent per second.")] = 2000.0,
    kills: Annotated[int, typer.Option(help="Workers killed, or relieved, per fault.")] = 10,
    outage_s: Annotated[float, typer.Option(help="How long a server is away.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Seed of the load.")] = 1,
    fault: Annotated[list[str] | None, typer.Option(help="Only this fault; repeatable.")] = None,
    alarms: Annotated[int, typer.Option(help="Alarms of a storm, raised in a minute.")] = 5000,
    frames: Annotated[int, typer.Option(help="Frames of a crowd, sent in a minute.")] = 10_000,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Let every fault happen under load on real servers; exit 1 if anything is lost."""
    console = Console()
    severity = Severity(events=events, per_s=per_s, kills=kills, outage_s=outage_s, seed=seed)
    fury = Fury(alarms=alarms, lasts_s=STORM_S, kills=kills, outage_s=outage_s)
    rush = Rush(frames=frames, lasts_s=RUSH_S, kills=kills, outage_s=outage_s, seed=seed)
    runs: dict[str, Callable[[Rig], Verdict]] = {
        **{name: partial(run, name, severity=severity) for name in FAULTS},
        **{name: partial(run_storm, name, fury=fury) for name in STORMS},
        **{name: partial(run_crowd, name, rush=rush) for name in CROWDS},
        FRAMES_AWAY: partial(run_frames_away, rush=rush),
        FACES_KILLED: partial(run_faces_killed, rush=rush),
    }
    rows: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        console.status("starting servers") as status,
        closing(Rig(Path(folder))) as rig,
    ):
        for name in fault or runs:
            status.update(name)
            verdict = runs[name](rig)
            rows.append(row(name, verdict, seed))
            console.print(f"{name}: {dict(verdict.notes) or 'as it should be'}")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=2) + "\n")
    console.print(table(rows))
    raise typer.Exit(any(wrong(each) for each in rows))


def row(fault: str, verdict: Verdict, seed: int) -> dict[str, Any]:
    """The figures of one fault."""
    return {"fault": fault, **{name: getattr(verdict, name) for name in FIGURES}, "seed": seed}


def wrong(figures: dict[str, Any]) -> bool:
    """Whether something was lost, doubled, or cannot be explained."""
    return bool(figures["lost"] or figures["duplicated"] or figures["unexplained"])


def table(rows: list[dict[str, Any]]) -> Table:
    """The figures for a terminal."""
    shown = Table("fault", *FIGURES, title="Faults under load")
    for each in rows:
        cells = [f"{each[name]:,}" for name in FIGURES]
        shown.add_row(each["fault"], *cells, style="red" if wrong(each) else "")
    return shown


if __name__ == "__main__":
    typer.run(main)
