"""How the servers of a checkout are, and what a worker needs to find them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from compose.errors import NotReadyError
from compose.place import Place, Record
from compose.roster import RECIPES, STATE_DIR, places
from compose.settings import ServerSettings

State = Literal["stopped", "starting", "ready", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One server now: `failed` died, `starting` runs but does not serve (yet).

    `ports` are those it was started with, else those it would be; `since` (UTC) and `pid` are
    None when it was never started or was stopped. `note` says what a stand-in is not.
    """

    name: str
    title: str
    version: str
    state: State
    pid: int | None
    ports: Mapping[str, int]
    url: str
    since: datetime | None
    log: Path
    note: str


def status(
    names: Sequence[str] = (), *, settings: ServerSettings, state_dir: Path = STATE_DIR
) -> list[Status]:
    """Look at these servers (all of them by default), asking each that runs to prove service.

    Raises UnknownServerError.
    """
    return [_look(place) for place in places(names, settings, state_dir)]


def worker_environment(
    names: Sequence[str] = (), *, settings: ServerSettings, state_dir: Path = STATE_DIR
) -> dict[str, str]:
    """Return the environment, secrets in it, by which a worker finds those that run.

    Raises UnknownServerError.
    """
    found: dict[str, str] = {}
    for place in places(names, settings, state_dir):
        record = place.record()
        if record and record.process.is_alive():
            found |= place.as_recorded(record).worker_environment()
    return found


def _look(place: Place) -> Status:
    record = place.record()
    if record:
        place = place.as_recorded(record)
    return Status(
        name=place.name,
        title=place.server.title,
        version=record.version if record else place.server.version,
        state=_state(place, record),
        pid=record.process.pid if record else None,
        ports=place.ports(),
        url=place.url(),
        since=record.since if record else None,
        log=place.log,
        note=place.server.stand_in,
    )


def _state(place: Place, record: Record | None) -> State:
    if record is None:
        return "stopped"
    if not record.process.is_alive():
        return "failed"
    try:
        RECIPES[place.name].prove(place)
    except NotReadyError:
        return "starting"
    return "ready"
