"""What a flow does by the clock and not by the batch: roll-ups, polls of the weather."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from connectors.rollup import Roller
from connectors.weather import WeatherPoller
from models.profiles import Kind, load
from streams.observer import wall_ms
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


class Telling(Chore, Protocol):
    """A chore that says things, as records: one whose clockwork writes topics."""

    report: Callable[[Any], None]
    """Is called with each record; who runs the chore sets it."""

    def recall(self, records: Iterable[Any]) -> None:
        """Take in what was said lately, by whoever did the chore then; oldest first."""
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


class PollWeather:
    """The weather of every site, as often as its provider allows."""

    report: Callable[[Any], None]

    def __init__(self, settings: Settings, now_ms: Callable[[], int] = wall_ms) -> None:
        self._now_ms = now_ms
        self._poller = WeatherPoller(settings.weather, settings.sites)

    async def __call__(self) -> Pass:
        """Ask for the sites whose turn it is."""
        said = await asyncio.to_thread(self._poller.poll, self._now_ms())
        for record in said:
            self.report(record)
        return Pass(found=len(said), left=0)

    def recall(self, records: Iterable[Any]) -> None:
        """Know which calls were made in the last day, and what they brought."""
        self._poller.recall(records)
