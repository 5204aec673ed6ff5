"""Between the room's air and the servers: the hot spot at their inlet, and the sensor there."""

import math
from dataclasses import dataclass
from random import Random

BASE_C, GAIN_C, EXPONENT = 0.8, 3.0, 1.5
"""Some of the warm air comes round again, the more the harder servers blow. EnergyPlus' mixed
zones have no such thing, so this is assumed; ``--gain`` tries others."""

LAG_MIN = 8.0
NOISE_C, NOISE_PERCENT, NOISE_POWER = 0.15, 1.0, 0.01
"""DHT22: repeatability 0.2 °C and 1 %; resolution 0.1 (Aosong, AM2302 data sheet)."""

RESOLUTION = 1


@dataclass(slots=True, kw_only=True)
class HotSpot:
    """How much warmer the inlet is than the room's air; it follows the load with a lag."""

    gain_c: float = GAIN_C
    offset_c: float

    @classmethod
    def settled(cls, load: float, gain_c: float = GAIN_C) -> "HotSpot":
        """After the load has been so for long."""
        return cls(gain_c=gain_c, offset_c=target_c(load, gain_c))

    def step(self, load: float, minutes: float = 1.0) -> float:
        """The offset after so many minutes of this load."""
        share = 1 - math.exp(-minutes / LAG_MIN)
        self.offset_c += (target_c(load, self.gain_c) - self.offset_c) * share
        return self.offset_c


def target_c(load: float, gain_c: float = GAIN_C) -> float:
    """Where the offset goes to at this load, 0 to 1."""
    return BASE_C + gain_c * math.pow(load, EXPONENT)


def offsets(loads: tuple[float, ...], gain_c: float = GAIN_C) -> list[float]:
    """The offset at the end of each minute."""
    spot = HotSpot.settled(loads[0], gain_c)
    return [spot.step(load) for load in loads]


@dataclass(frozen=True, slots=True)
class Sensor:
    """Measures with noise and in tenths; the same noise for every policy."""

    random: Random

    def temperature_c(self, true_c: float) -> float:
        """What it says of this temperature."""
        return round(true_c + self.random.gauss(0, NOISE_C), RESOLUTION)

    def humidity_percent(self, true_percent: float) -> float:
        """What it says of this humidity."""
        noisy = true_percent + self.random.gauss(0, NOISE_PERCENT)
        return round(min(100.0, max(0.0, noisy)), RESOLUTION)

    def power_kw(self, true_kw: float) -> float:
        """What the meter says of this power."""
        return round(true_kw * (1 + self.random.gauss(0, NOISE_POWER)), RESOLUTION)
