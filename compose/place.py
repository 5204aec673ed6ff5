"""Where one server of one checkout lives, and what is written down about it while it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from compose.manifest import Server
from compose.process import Process
from compose.progress import Report
from compose.settings import ServerSettings


class Record(BaseModel):
    """A server that was started: kept until it is stopped, also when it dies."""

    model_config = ConfigDict(frozen=True)

    process: Process
    version: str
    ports: Mapping[str, int]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One server: `home` holds its state and log, `installed` its program."""

    name: str
    server: Server
    settings: ServerSettings
    home: Path
    installed: Path

    @property
    def data(self) -> Path:
        """The folder of what the server stores."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server said since it was last started."""
        return self.home / "server.log"

    def ports(self) -> dict[str, int]:
        """Port numbers by their name in the manifest, as the settings have them now."""
        numbers = self.settings.ports()
        return {name: numbers[port.setting] for name, port in self.server.ports.items()}

    def url(self) -> str:
        """Return where clients find it."""
        return self.server.url.format(**self.ports())

    def worker_environment(self) -> dict[str, str]:
        """Return the environment, secrets in it, by which a worker finds this server."""
        known = {
            "url": self.url(),
            "access_key": self.settings.s3_access_key,
            "secret_key": self.settings.s3_secret_key.get_secret_value(),
        }
        return {name: value.format(**known) for name, value in self.server.environment.items()}

    def record(self) -> Record | None:
        """Return what was written down at the last start; None if it was stopped since."""
        try:
            return Record.model_validate_json((self.home / "server.json").read_text())
        except FileNotFoundError:
            return None

    def as_recorded(self, record: Record) -> Self:
        """Return this place with the ports the server was started with."""
        started = {self.server.ports[name].setting: port for name, port in record.ports.items()}
        return replace(self, settings=self.settings.with_ports(started))

    def write_down(self, process: Process) -> None:
        """Keep what is needed to find this process again."""
        record = Record(
            process=process,
            version=self.server.version,
            ports=self.ports(),
            since=datetime.now(UTC),
        )
        draft = self.home / "server.json.draft"
        draft.write_text(record.model_dump_json(indent=2))
        draft.replace(self.home / "server.json")

    def forget(self) -> None:
        """Drop the record of a server that was stopped."""
        (self.home / "server.json").unlink(missing_ok=True)

    def last_words(self, count: int = 15) -> str:
        """Return the last lines of the log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-count:]) or "(its log is empty)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one server is run: `command` writes its files, `prove` raises NotReadyError.

    After `end_within_s` of asking it to end, it is killed.
    """

    command: Callable[[Place, Report], list[str]]
    prove: Callable[[Place], None]
    end_within_s: float = 30.0
