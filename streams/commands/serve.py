"""``engawa serve``: the models over HTTP, for TensorFlow Serving's clients."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import typer
import uvicorn

from connectors.serving_settings import ServingSettings
from connectors.tf_serving import serving
from models.energy.settings import EnergySettings
from models.energy.used import UsedModels
from streams.exits import UNAVAILABLE
from streams.logs import set_up
from streams.output import say
from streams.settings import Settings

FAREWELL_S = 5
"""How long requests may take to end once it is told to stop."""


def serve() -> None:
    """Serve the models over HTTP until SIGTERM or Ctrl-C, as TensorFlow Serving would.

    The original's clients ask for the model by the name of service; each model has its own name
    as well. New versions are taken as they come.

    Example: [bold]curl localhost:8501/v1/models/service[/bold]
    """
    settings = Settings()
    run(settings.energy, settings.serving)


def run(energy: EnergySettings, where: ServingSettings) -> None:
    """Serve until told to stop."""
    set_up()
    models = UsedModels(energy)
    with _listening(where) as listener:
        host, port = listener.getsockname()[:2]
        used = ", ".join(f"{each.card.name} {each.card.version}" for each in models())
        say(f"serving {used or 'no model'} on http://{host}:{port}/v1/models/…")
        app = serving(models, where)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=FAREWELL_S
        )
        asyncio.run(_serve(_Server(config), listener))


class _Server(uvicorn.Server):
    """Leaves signals alone: uvicorn would raise them again, and end with their code."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    def stop() -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await server.serve(sockets=[listener])


@contextmanager
def _listening(where: ServingSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    try:
        listener = socket.create_server((where.host, where.port), family=family)
    except OSError as error:
        say(f"cannot listen on {where.host}:{where.port}: {error.strerror}")
        raise typer.Exit(UNAVAILABLE) from None
    with listener:
        yield listener
