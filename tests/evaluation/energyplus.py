"""Runs EnergyPlus in this process, its controls in the hands of Python, minute by minute.

By the C functions that ``libenergyplusapi`` exports (EnergyPlus 25.2, ``api/datatransfer.h``).
A process can run it once: another run needs another process.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.evaluation.building import COOLING, LOAD

Address = ctypes.c_void_p
Callback = ctypes.CFUNCTYPE(None, Address)
EAST, WEST, OUTDOORS = "East Zone", "West Zone", "Environment"
VARIABLES = (
    ("Zone Mean Air Temperature", EAST),
    ("Zone Mean Air Temperature", WEST),
    ("Zone Air Relative Humidity", WEST),
    ("Site Outdoor Air Drybulb Temperature", OUTDOORS),
    ("Site Outdoor Air Relative Humidity", OUTDOORS),
)
METER = "Electricity:HVAC"
WEATHER_RUN = 3
"""The kind of simulation that a weather file drives; others size the equipment."""

J_PER_KWH = 3.6e6


class EngineError(RuntimeError):
    """EnergyPlus did not finish; the message says where it tells why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What is set for the next minute."""

    setpoint_c: float
    load: float
    """The servers' power as a share of that at full load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a minute."""

    room_c: float
    """The air of the warmer half."""

    humidity_percent: float
    outdoor_c: float
    outdoor_percent: float
    hvac_kwh: float


class Controller(Protocol):
    """Who decides."""

    def begin(self, *, warming_up: bool) -> Controls:
        """Decide on the next minute."""
        ...

    def end(self, outcome: Outcome) -> None:
        """Learn what came of it."""
        ...


class Simulation:
    """One run."""

    def __init__(self, payload: Path, controller: Controller) -> None:
        self._library = ctypes.CDLL(str(payload / "libenergyplusapi.so"))
        self._library.stateNew.restype = Address
        for function in ("getVariableValue", "getMeterValue"):
            getattr(self._library, function).restype = ctypes.c_double
        self._state = Address(self._library.stateNew())
        self._library.setConsoleOutputState(self._state, 0)
        self._library.setEnergyPlusRootDirectory(self._state, str(payload).encode())
        self._controller = controller
        self._variables: list[int] = []
        self._meter = self._setpoint = self._load = -1
        self._error: Exception | None = None

    def run(self, model: Path, weather: Path, folder: Path) -> None:
        """Simulate the model in this weather; EnergyPlus writes its files into the folder.

        Raises:
            EngineError: it did not finish.
            Exception: whatever the controller raised.

        """
        for kind, of in VARIABLES:
            self._library.requestVariable(self._state, kind.encode(), of.encode())
        begin, end = Callback(self._guarded(self._begin)), Callback(self._guarded(self._end))
        self._library.callbackBeginZoneTimeStepBeforeInitHeatBalance(self._state, begin)
        self._library.callbackEndOfZoneTimeStepAfterZoneReporting(self._state, end)
        arguments = ["energyplus", "-w", str(weather), "-d", str(folder), str(model)]
        encoded = (ctypes.c_char_p * len(arguments))(*(each.encode() for each in arguments))
        code = self._library.energyplus(self._state, len(arguments), encoded)
        if self._error:
            raise self._error
        if code:
            raise EngineError(f"EnergyPlus ended with {code}, see {folder / 'eplusout.err'}")

    def _guarded(self, work: Callable[[], None]) -> Callable[[int], None]:
        """An exception cannot pass through C: it waits until the run has ended."""

        def step(_: int) -> None:
            if self._error or not self._library.apiDataFullyReady(self._state):
                return
            try:
                work()
            except Exception as error:  # noqa: BLE001  # it is raised again by run()
                self._error = error
                self._library.stopSimulation(self._state)

        return step

    def _begin(self) -> None:
        if not self._variables:
            self._find()
        warming_up = bool(self._library.warmupFlag(self._state))
        controls = self._controller.begin(warming_up=warming_up)
        self._actuate(self._setpoint, controls.setpoint_c)
        self._actuate(self._load, controls.load)

    def _end(self) -> None:
        asked = self._library
        sizing = asked.kindOfSim(self._state) != WEATHER_RUN
        if sizing or asked.warmupFlag(self._state) or not self._variables:
            return
        east, west, humidity, outdoor_c, outdoor_percent = (
            asked.getVariableValue(self._state, handle) for handle in self._variables
        )
        self._controller.end(
            Outcome(
                room_c=max(east, west),
                humidity_percent=humidity,
                outdoor_c=outdoor_c,
                outdoor_percent=outdoor_percent,
                hvac_kwh=asked.getMeterValue(self._state, self._meter) / J_PER_KWH,
            )
        )

    def _find(self) -> None:
        find = self._library
        self._variables = [
            find.getVariableHandle(self._state, kind.encode(), of.encode())
            for kind, of in VARIABLES
        ]
        self._meter = find.getMeterHandle(self._state, METER.encode())
        schedule = b"Schedule:Compact", b"Schedule Value"
        self._setpoint = find.getActuatorHandle(self._state, *schedule, COOLING.encode())
        self._load = find.getActuatorHandle(self._state, *schedule, LOAD.encode())
        if min(*self._variables, self._meter, self._setpoint, self._load) < 0:
            raise EngineError(
                "EnergyPlus lacks a variable, a meter or an actuator of this building"
            )

    def _actuate(self, handle: int, value: float) -> None:
        self._library.setActuatorValue(self._state, handle, ctypes.c_double(value))
