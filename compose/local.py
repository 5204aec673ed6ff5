"""Real servers as processes of this machine: up and down.

Each checkout has its own (`.engawa/` in it); what is downloaded or built is shared by all.
"""

from collections.abc import Sequence
from pathlib import Path

from compose.errors import BusyPortError, StartError
from compose.install import install, needed_tools
from compose.lock import locked
from compose.place import Place
from compose.ports import is_busy, wait_until_free
from compose.prerequisites import require
from compose.process import Process, end, spawn
from compose.progress import Progress, Report, silent
from compose.readiness import await_ready
from compose.roster import RECIPES, STATE_DIR, places
from compose.settings import ServerSettings

PORTS_FREE_WITHIN_S = 10.0


def up(
    names: Sequence[str] = (),
    *,
    settings: ServerSettings,
    state_dir: Path = STATE_DIR,
    report: Report = silent,
) -> None:
    """Start these servers (all of them by default) and return when each has proven service.

    A server that already runs is left alone, and must still serve. Raises UnknownServerError,
    and before anything is started MissingPrerequisiteError, BusyPortError or InstallError; then
    StartError.
    """
    with locked(state_dir / "lock"):
        chosen = places(names, settings, state_dir)
        running = {place.name: _running(place) for place in chosen}
        idle = [place for place in chosen if not running[place.name]]
        needs = [(p.name, tool) for p in idle for tool in needed_tools(p.server, p.installed)]
        require(needs, java_home=settings.java_home)
        for place in idle:
            _check_ports(place)
        for place in idle:
            install(place.name, place.server, place.installed, report)
        started = {place.name: _start(place, report) for place in idle}
        for place in chosen:
            process = running[place.name] or started[place.name]
            await_ready(place, process, RECIPES[place.name].prove)
            report(Progress(name=place.name, stage="ready", detail=place.url()))


def down(
    names: Sequence[str] = (),
    *,
    settings: ServerSettings,
    state_dir: Path = STATE_DIR,
    report: Report = silent,
) -> None:
    """Stop these servers (all of them by default) and return when their ports are free.

    What they stored stays. Raises UnknownServerError, and BusyPortError if a port stays taken.
    """
    with locked(state_dir / "lock"):
        for place in reversed(places(names, settings, state_dir)):
            _stop(place, report)


def _running(place: Place) -> Process | None:
    record = place.record()
    if record is None or not record.process.is_alive():
        return None
    if record.ports != place.ports():
        raise StartError(
            f"{place.name} of this checkout already runs, on other ports than the settings say: "
            f"{dict(record.ports)} instead of {place.ports()}; stop it first"
        )
    return record.process


def _check_ports(place: Place) -> None:
    for name, port in place.ports().items():
        if is_busy(port):
            setting = place.server.ports[name].setting
            raise BusyPortError(
                f"{place.name} needs port {port} ({name}), where somebody else listens; "
                f"stop them, or set {setting} to a free port"
            )


def _start(place: Place, report: Report) -> Process:
    place.home.mkdir(parents=True, exist_ok=True)
    command = RECIPES[place.name].command(place, report)
    report(Progress(name=place.name, stage="starting"))
    place.log.write_text("")
    process = spawn(command, place.log)
    place.write_down(process)
    return process


def _stop(place: Place, report: Report) -> None:
    record = place.record()
    if record is None:
        return
    if record.process.is_alive():
        report(Progress(name=place.name, stage="stopping"))
        end(record.process, patience_s=RECIPES[place.name].end_within_s)
        if not wait_until_free(record.ports.values(), patience_s=PORTS_FREE_WITHIN_S):
            raise BusyPortError(f"{place.name} ended, but not all of {dict(record.ports)} are free")
    place.forget()
    report(Progress(name=place.name, stage="stopped"))
