"""What sensors make of the truth: bias, noise, coarse steps, and getting stuck."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensors:
    """A temperature sensor at each room's hottest inlet, one element of each array for each."""

    bias_k: Floats
    noise_k: Floats
    resolution_k: Floats
    humidity_bias: Floats
    stuck_from_min: Floats
    """From which minute on it says the same for ever; infinite if it never does."""

    drift_k_min: Floats
    """By how much it goes wrong with each minute."""

    silent: Floats
    """Part of the readings that never arrive."""

    load_noise: Floats

    def temperature_c(
        self, inlet_c: Floats, last_c: Floats, minute: float, rng: np.random.Generator
    ) -> Floats:
        """What they say of an inlet; the last one's again if they are stuck or silent."""
        noise = self.noise_k * rng.standard_normal(len(self.bias_k))
        seen = inlet_c + self.bias_k + self.drift_k_min * minute + noise
        rounded = np.round(seen / self.resolution_k) * self.resolution_k
        same = (minute >= self.stuck_from_min) | (rng.random(len(seen)) < self.silent)
        return np.where(same, last_c, rounded)


def draw_sensors(rooms: int, minutes: int, rng: np.random.Generator, *, faulty: float) -> Sensors:
    """Sensors of all kinds; the part ``faulty`` of them gets stuck some time."""
    stuck = rng.random(rooms) < faulty
    return Sensors(
        bias_k=np.clip(0.12 * rng.standard_normal(rooms), -0.5, 0.5),
        noise_k=rng.uniform(0.03, 0.22, rooms),
        resolution_k=rng.choice([0.001, 0.01, 0.1], rooms),
        humidity_bias=rng.uniform(-5, 5, rooms),
        stuck_from_min=np.where(stuck, rng.uniform(0, minutes, rooms), np.inf),
        drift_k_min=np.zeros(rooms),
        silent=np.where(rng.random(rooms) < faulty, rng.uniform(0, 0.3, rooms), 0.0),
        load_noise=rng.uniform(0.0, 0.02, rooms),
    )
