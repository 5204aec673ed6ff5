"""What a flow does by the clock and not by the batch: roll-ups."""

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from connectors.outcome import UnavailableError
from connectors.rollup import Roller
from models.profiles import Kind, load
from streams.observer import Observer, wall_ms
from streams.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of a chore: what waited when it began, and what it left for the next."""

    found: int
    left: int


class Chore(Protocol):
    """Something to be done again and again."""

    async def __call__(self) -> Pass:
        """Do as much of it as one pass takes."""
        ...


MakeChore = Callable[[Settings], Chore]


class RollUp:
    """Minutes and hours of whatever the InfluxDB sink has written to."""

    def __init__(self, settings: Settings, now_ms: Callable[[], int] = wall_ms) -> None:
        self._now_ms = now_ms
        specs = load(settings.clean.profiles_file).specs()
        numbers = {name for _, name, resource in specs if resource.type is Kind.NUMBER}
        name = f"{socket.gethostname()}/{os.getpid()}"
        self._roller = Roller(settings.influx, resources=tuple(sorted(numbers)), name=name)

    async def __call__(self) -> Pass:
        """Roll up what was touched last."""
        rolled = await self._roller.roll(self._now_ms())
        if rolled.expired:
            log.warning("minutes too old to be rolled up", minutes=rolled.expired)
        found = rolled.windows + rolled.left + rolled.others
        return Pass(found=found, left=rolled.left)


async def keep_doing(
    make: MakeChore, settings: Settings, observer: Observer, every_s: float
) -> None:
    """Do a chore, pause, and so on; wait while its store is away."""
    chore = make(settings)
    while True:
        try:
            done = await chore()
            observer.passed(done.found)
        except UnavailableError as error:
            observer.waiting(error)
            done = Pass(0, 0)
        await asyncio.sleep(0 if done.left else every_s)
