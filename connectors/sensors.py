"""The sensors of many devices: the air of a trace -> what each of them says of it, and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from connectors.traces import DAY_S, Trace

Times = NDArray[np.int64]
Numbers = NDArray[np.float64]

BLOCK_EVENTS = 4096
"""Events computed at a time: enough to make numpy worth while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What a data sheet says of a sensor, in the unit of its resource."""

    accuracy: float
    repeatability: float
    lowest: float
    highest: float

    spike: float
    """How far off a faulty reading is: more than air changes from one reading to the next."""


SENSORS: Mapping[str, Sensor] = {
    # Aosong AM2302 (DHT22) data sheet
    "temperature": Sensor(accuracy=0.5, repeatability=0.2, lowest=-40.0, highest=80.0, spike=30.0),
    "humidity": Sensor(accuracy=2.0, repeatability=1.0, lowest=0.0, highest=100.0, spike=45.0),
    # Sensirion SCD30 data sheet (NDIR): 30 ppm + 3 % of the value, here of 500 ppm
    "co2": Sensor(accuracy=45.0, repeatability=10.0, lowest=0.0, highest=40_000.0, spike=2000.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One sensor per device and resource, each with a lasting error of its own.

    ``bias`` is [devices, resources]; the rest is [resources].
    """

    bias: Numbers
    noise: Numbers
    lowest: Numbers
    highest: Numbers

    def read(self, air: Numbers, rng: np.random.Generator) -> Numbers:
        """Read the ``air`` as it is, [..., devices, resources]; the readings have its shape.

        Beyond the end of its range a reading is folded back, not cut off: a run of equal values
        would pass for a stuck sensor.
        """
        said = air + self.bias + rng.normal(size=air.shape) * self.noise
        said = self.lowest + np.abs(said - self.lowest)
        folded: Numbers = self.highest - np.abs(self.highest - said)
        return folded


def panel(resources: Sequence[str], devices: int, rng: np.random.Generator) -> Panel:
    """Equip ``devices`` devices with sensors as far off as their data sheets allow.

    The accuracy bounds a sensor's lasting error; the repeatability is taken as two standard
    deviations of what changes from reading to reading.
    """
    sensors = [SENSORS[resource] for resource in resources]
    accuracy = np.array([sensor.accuracy for sensor in sensors])
    return Panel(
        bias=rng.uniform(-accuracy, accuracy, size=(devices, len(sensors))),
        noise=np.array([sensor.repeatability / 2 for sensor in sensors]),
        lowest=np.array([sensor.lowest for sensor in sensors]),
        highest=np.array([sensor.highest for sensor in sensors]),
    )


def sensed(
    trace: Trace,
    places: Sequence[str],
    *,
    devices: int,
    start_at_ms: int,
    interval_ms: int,
    rng: np.random.Generator,
) -> Iterator[tuple[Times, Numbers]]:
    """Give what all devices read, some rounds at a time, without end.

    Times are [rounds, devices], epoch milliseconds UTC, and rise from one to the next; values are
    [rounds, devices, resources] in the units of the trace.

    Each device has its own moment in the interval, and stands in the next of ``places``; each
    set of places replays the trace from a day of its own, at the time of day that UTC has.
    """
    number = np.arange(devices)
    place = np.array([trace.places.index(name) for name in places])[number % len(places)]
    day = rng.integers(trace.days, size=devices)[number // len(places)]
    phase_ms = np.sort(rng.integers(interval_ms, size=devices))
    sensors = panel([resource.name for resource in trace.resources], devices, rng)
    midnight_ms = start_at_ms - start_at_ms % (DAY_S * 1000)
    rounds = max(1, BLOCK_EVENTS // devices)
    for first in count(0, rounds):
        at = start_at_ms + phase_ms + interval_ms * np.arange(first, first + rounds)[:, None]
        elapsed_s = (at - midnight_ms) / 1000 + day * DAY_S
        yield at, sensors.read(trace.at(elapsed_s, place), rng)
