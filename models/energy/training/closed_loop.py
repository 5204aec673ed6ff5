"""Simulated rooms under a policy: measure for a minute, decide, let the limits have their say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.arrays import Floats
from models.energy.training.limiter import Limiter
from models.plant.climates import Weather, draw_weather
from models.plant.design import RoomDesign, draw_designs
from models.plant.loads import draw_loads
from models.plant.room import Around, RoomState, settled, step
from models.plant.sensors import Sensors, draw_sensors
from models.sites import SetpointLimits

SETS = 6
INTERVAL_S = 10.0
LIMIT_C = 27.0
"""ASHRAE's highest recommended temperature at the inlet."""

COLUMNS = (
    "ext_humidity",
    "ext_temperature",
    "indoor_humidity",
    "indoor_temperature",
    "weather_state",
    "setpoint",
    "it_load",
)

Windows = npt.NDArray[np.float32]
"""(rooms, SETS, len(COLUMNS))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Rooms with all that happens to them; (rooms,) or (rooms, minutes + 1)."""

    design: RoomDesign
    sensors: Sensors
    weather: Weather
    load: Floats
    wander_k: Floats
    derate: Floats

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int(self.load.shape[1]) - 1

    def around(self, minute: float) -> Around:
        """What acts at a time, between two minutes in proportion."""
        whole = min(int(minute), self.minutes - 1)
        part = minute - whole

        def at(values: Floats) -> Floats:
            return np.asarray(values[:, whole] * (1 - part) + values[:, whole + 1] * part)

        return Around(
            outdoor_c=at(self.weather.temperature_c),
            outdoor_percent=at(self.weather.humidity_percent),
            it_load=at(self.load),
            derate=at(self.derate),
            wander_k=at(self.wander_k),
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """All there is to know when a policy decides; only the planner may look past ``windows``."""

    minute: int
    windows: Windows
    world: World
    state: RoomState
    setpoint_c: Floats


Policy = Callable[[Moment], Floats]


@dataclass(slots=True)
class Log:
    """What happened, minute by minute: lists of (rooms,)."""

    windows: list[Windows] = field(default_factory=list)
    states: list[RoomState] = field(default_factory=list)
    setpoint_c: list[Floats] = field(default_factory=list)
    inlet_c: list[Floats] = field(default_factory=list)
    hvac_kw: list[Floats] = field(default_factory=list)


def draw_world(
    rooms: int,
    minutes: int,
    rng: np.random.Generator,
    *,
    designs: Callable[[int, np.random.Generator], RoomDesign] = draw_designs,
    weather: Callable[[int, int, np.random.Generator], Weather] = draw_weather,
    faulty: float = 0.0,
) -> World:
    """Rooms drawn at random; in the part ``faulty`` of them, sensors or cooling fail."""
    lasting = np.exp(-1.0 / rng.uniform(10, 60, rooms))
    wander = np.empty((rooms, minutes + 1))
    size = np.maximum(0.0, rng.uniform(-0.1, 0.25, rooms))
    wander[:, 0] = size * rng.standard_normal(rooms)
    for minute in range(minutes):
        push = size * np.sqrt(1 - lasting**2) * rng.standard_normal(rooms)
        wander[:, minute + 1] = lasting * wander[:, minute] + push
    begins = rng.integers(0, minutes + 1, rooms)[:, None]
    derated = (rng.random((rooms, 1)) < faulty) & (np.arange(minutes + 1) >= begins)
    return World(
        design=designs(rooms, rng),
        sensors=draw_sensors(rooms, minutes, rng, faulty=faulty),
        weather=weather(rooms, minutes, rng),
        load=draw_loads(rooms, minutes, rng),
        wander_k=wander,
        derate=derated * rng.uniform(0.1, 0.5, (rooms, 1)),
    )


def run(world: World, policy: Policy, limits: SetpointLimits, start_c: Floats, *, seed: int) -> Log:
    """Let a policy decide every minute."""
    rng = np.random.default_rng(seed)
    limiter, log = Limiter(start_c, limits), Log()
    state = settled(world.design, start_c, world.around(0))
    seen_c = state.inlet_c + world.sensors.bias_k
    for minute in range(world.minutes):
        setpoint = limiter.setpoint_c
        sets: list[Floats] = []
        hvac = np.zeros(len(start_c))
        for tick in range(SETS):
            at = minute + (tick + 1) / SETS
            around = world.around(at)
            state = step(world.design, state, setpoint, around, INTERVAL_S)
            seen_c = world.sensors.temperature_c(state.inlet_c, seen_c, at, rng)
            sets.append(
                _measure(
                    world, state, around, seen_c=seen_c, setpoint_c=setpoint, rng=rng, minute=minute
                )
            )
            hvac += state.hvac_kw / SETS
        windows = np.stack(sets, axis=1).astype(np.float32)
        _write(log, windows, state, setpoint, hvac)
        limiter(policy(Moment(minute + 1, windows, world, state, setpoint)))
    return log


def _measure(
    world: World,
    state: RoomState,
    around: Around,
    *,
    seen_c: Floats,
    setpoint_c: Floats,
    rng: np.random.Generator,
    minute: int,
) -> Floats:
    sensors = world.sensors
    load = around.it_load + sensors.load_noise * rng.standard_normal(len(seen_c))
    values: Sequence[Floats] = (
        around.outdoor_percent,
        around.outdoor_c,
        np.clip(state.humidity_percent + sensors.humidity_bias, 0, 100),
        seen_c,
        world.weather.state[:, minute].astype(float),
        setpoint_c,
        np.clip(load, 0.0, 1.2),
    )
    return np.stack(values, axis=1)


def _write(log: Log, windows: Windows, state: RoomState, setpoint: Floats, hvac: Floats) -> None:
    log.windows.append(windows)
    log.states.append(state)
    log.setpoint_c.append(setpoint)
    log.inlet_c.append(state.inlet_c)
    log.hvac_kw.append(hvac)
