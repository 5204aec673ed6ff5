"""Which servers run without Docker, how, and where those of a checkout live."""

from collections.abc import Sequence
from pathlib import Path

from compose import influxdb, kafka, mongodb, s3
from compose.errors import UnknownServerError
from compose.install import installed_at
from compose.manifest import load_manifest
from compose.place import Place, Recipe
from compose.settings import ServerSettings

STATE_DIR = Path(__file__).parents[1] / ".engawa"

RECIPES = {
    "kafka": Recipe(command=kafka.command, prove=kafka.prove),
    "influxdb": Recipe(command=influxdb.command, prove=influxdb.prove),
    "mongodb": Recipe(command=mongodb.command, prove=mongodb.prove),
    # SeaweedFS waits 15 s for callers that are parts of itself; its writes are with the system
    # by then, which keeps them when the process is killed
    "s3": Recipe(command=s3.command, prove=s3.prove, end_within_s=3),
}


def places(names: Sequence[str], settings: ServerSettings, state_dir: Path) -> list[Place]:
    """Find the place of each named server, of every local one if none is named.

    Raises UnknownServerError.
    """
    servers = {name: server for name, server in load_manifest().items() if server.source}
    unknown = sorted(set(names) - set(servers))
    if unknown:
        raise UnknownServerError(
            f"{', '.join(unknown)}: no such local server; there are {', '.join(servers)}"
        )
    return [
        Place(
            name=name,
            server=servers[name],
            settings=settings,
            home=state_dir.absolute() / name,
            installed=installed_at(name, servers[name], settings.cache_dir.absolute()),
        )
        for name in servers
        if not names or name in names
    ]
