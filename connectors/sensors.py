"""The sensors of many devices: what the air is -> what each of them would say it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What a data sheet says of a sensor, in the unit of its resource."""

    accuracy: float
    repeatability: float
    lowest: float
    highest: float

    spike: float
    """How far off a faulty reading is: more than the air ever changes between two readings."""


SENSORS: Mapping[str, Sensor] = {
    # Aosong AM2302 (DHT22) data sheet
    "temperature": Sensor(accuracy=0.5, repeatability=0.2, lowest=-40.0, highest=80.0, spike=30.0),
    "humidity": Sensor(accuracy=2.0, repeatability=1.0, lowest=0.0, highest=100.0, spike=45.0),
    # Sensirion SCD30 data sheet (NDIR): 30 ppm + 3 % of the value, here of 500 ppm
    "co2": Sensor(accuracy=45.0, repeatability=10.0, lowest=0.0, highest=40_000.0, spike=2000.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One sensor per device and resource, each with an error of its own that stays."""

    bias: Numbers
    """[devices, resources]"""

    noise: Numbers
    lowest: Numbers
    highest: Numbers
    """[resources]"""

    def read(self, true: Numbers, rng: np.random.Generator) -> Numbers:
        """Readings of the air as it is; both are [..., devices, resources].

        Beyond the end of its range a reading is folded back instead of cut off: a row of equal
        values would look like a stuck sensor.
        """
        said = true + self.bias + rng.normal(size=true.shape) * self.noise
        said = self.lowest + np.abs(said - self.lowest)
        folded: Numbers = self.highest - np.abs(self.highest - said)
        return folded


def panel(resources: tuple[str, ...], devices: int, rng: np.random.Generator) -> Panel:
    """Sensors for ``devices`` devices, as far off as their data sheets allow.

    The accuracy bounds each sensor's lasting error; its repeatability is taken as two standard
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
