"""What is counted of a run: electricity, and how long and how far the servers were too warm."""

from dataclasses import dataclass

LIMIT_C = 27.0
"""ASHRAE's recommended upper bound at the servers' air inlet."""

SETTLING_MIN = 24 * 60
"""Not counted: every policy first finds its way from the same start, and sees a whole day."""

MIN_PER_DAY = 1440


@dataclass(slots=True)
class Score:
    """Sums over the minutes after settling; the inlet is the true one, without the sensor."""

    minutes: int = 0
    counted: int = 0
    hvac_kwh: float = 0.0
    violation_min: int = 0
    degree_min: float = 0.0
    setpoint_changes: int = 0

    def minute(self, inlet_c: float, hvac_kwh: float, *, changed: bool) -> None:
        """Count one minute."""
        self.minutes += 1
        if self.minutes <= SETTLING_MIN:
            return
        self.counted += 1
        self.hvac_kwh += hvac_kwh
        self.setpoint_changes += changed
        if inlet_c > LIMIT_C:
            self.violation_min += 1
            self.degree_min += inlet_c - LIMIT_C

    @property
    def hvac_kwh_day(self) -> float:
        """Electricity of the whole air conditioning in a day."""
        return self.hvac_kwh / max(self.counted, 1) * MIN_PER_DAY
