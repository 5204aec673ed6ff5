"""Simulated server rooms at work: they send, report and obey, in accelerated time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from connectors.message_log import Logged, MessageLog
from connectors.outcome import UnavailableError
from connectors.producer import BatchProducer
from connectors.server_load import server_load
from connectors.server_room import STEP_S, ServerRoom
from connectors.weather_provider import WeatherProvider
from models.sites import SiteBook
from schemas.batch import SETTLING_MS
from schemas.codec import decode, schema_of
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.shadows import DeviceCommand
from schemas.topic import Topic
from schemas.topics import DEVICES_COMMANDED, DEVICES_REPORTED, READINGS_RECEIVED, WEATHER_OBSERVED
from schemas.weather import WeatherObserved
from streams.beside import SharedLog
from streams.observer import wall_ms
from streams.settings import Settings
from streams.writer import Writer

WEATHER_EVERY_S = 600
SAID: tuple[Topic[Any], ...] = (READINGS_RECEIVED, DEVICES_REPORTED, WEATHER_OBSERVED)


@dataclass(slots=True)
class Simulation:
    """Every room of a site book, from ``start_ms`` on, at ``speed`` seconds a second."""

    settings: Settings
    rooms: Sequence[ServerRoom]
    places: dict[str, tuple[float, float]]
    weather: WeatherProvider
    start_ms: int
    speed: float
    sent: dict[str, int] = field(default_factory=dict)
    """Messages by topic."""

    _observed: dict[str, WeatherObserved] = field(default_factory=dict, init=False)
    _places_read: dict[int, int] = field(default_factory=dict, init=False)

    async def run(self, steps: int | None, stop: asyncio.Event) -> None:
        """Go on for so many steps of ``STEP_S``, or until told to stop.

        Raises:
            UnavailableError: no broker answers.

        """
        producer = BatchProducer(self.settings.kafka)
        commands = SharedLog(partial(MessageLog, self.settings.kafka))
        write = Writer(SAID, {topic.name: schema_of(topic.record).header for topic in SAID})
        try:
            await self._begin(producer, write)
            began_s, number = asyncio.get_running_loop().time(), 0
            while not stop.is_set() and (steps is None or number < steps):
                number += 1
                at = self.start_ms + number * STEP_S * 1000
                records = [*self._weather(at), *await self._answers(commands, at)]
                for room in self.rooms:
                    records += room.step(at, self._observed[room.site])
                await self._send(producer, write, records)
                due_s = began_s + number * STEP_S / self.speed
                await asyncio.sleep(due_s - asyncio.get_running_loop().time())
        finally:
            producer.close()

    async def _begin(self, producer: BatchProducer, write: Writer) -> None:
        """Say the weather and the setpoints, long enough before the first reading to count."""
        reports = [room.report(self.start_ms) for room in self.rooms]
        await self._send(producer, write, [*self._weather(self.start_ms), *reports])
        await asyncio.sleep(2 * SETTLING_MS / 1000)

    def _weather(self, at: int) -> list[WeatherObserved]:
        if (at - self.start_ms) // 1000 % WEATHER_EVERY_S:
            return []
        self._observed = {
            site: self.weather.observe(site, *place, at) for site, place in self.places.items()
        }
        return list(self._observed.values())

    async def _answers(self, log: SharedLog, at: int) -> list[Any]:
        """What the air conditioners say to the commands that came since the last step."""
        since_ms = wall_ms()
        found = await log.read(DEVICES_COMMANDED.name, self._places_read, since_ms=since_ms)
        devices = {(room.site, room.book.air_conditioner): room for room in self.rooms}
        answers = []
        for command in (_command(each) for some in found for each in some):
            room = devices.get((command.site, command.device))
            if room and (answer := room.obey(command, at)):
                answers.append(answer)
        return answers

    async def _send(self, producer: BatchProducer, write: Writer, records: Sequence[Any]) -> None:
        kinds: dict[type, list[Any]] = {}
        for record in records:
            kinds.setdefault(type(record), []).append(record)
        messages = dict(write.records(some) for some in kinds.values())
        if refused := await producer.send(messages):
            raise UnavailableError(f"kafka: {refused[0].reason}")
        for topic, some in messages.items():
            self.sent[topic] = self.sent.get(topic, 0) + len(some)


def simulated(
    settings: Settings,
    book: SiteBook,
    weather: WeatherProvider,
    *,
    start_ms: int,
    speed: float,
    seed: int,
) -> Simulation:
    """The rooms of a site book; each begins somewhere else in the trace of the load."""
    rng = np.random.default_rng(seed)
    loads = server_load()
    rooms = [
        ServerRoom(site, name, room, np.roll(loads, rng.integers(len(loads))), rng)
        for site, place in book.root.items()
        for name, room in place.rooms.items()
    ]
    places = {name: (site.latitude, site.longitude) for name, site in book.root.items()}
    start_ms -= start_ms % (STEP_S * 1000)
    return Simulation(settings, rooms, places, weather, start_ms, speed)


def _command(logged: Logged) -> DeviceCommand:
    return decode((logged.value or b"")[SINGLE_OBJECT_HEADER_BYTES:], DeviceCommand)
