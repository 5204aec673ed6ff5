"""The air conditioner: it takes no setpoint that its limits do not allow, whoever wishes it."""

import math
from dataclasses import dataclass

MIN_C, MAX_C, STEP_C = 18.0, 27.0, 0.5
RISE_C, RISE_MIN, HOLD_MIN = 1.0, 15, 10
START_C = 22.0


@dataclass(slots=True)
class Conditioner:
    """Down at once; up by 1 °C in any 15 minutes, and not within 10 of the last rise."""

    setpoint_c: float = START_C
    _rises: tuple[tuple[int, float], ...] = ()

    def obey(self, wish_c: float, minute: int) -> float:
        """Take a wish as far as the limits allow."""
        wished = min(MAX_C, max(MIN_C, stepped(wish_c)))
        self._rises = tuple(rise for rise in self._rises if minute - rise[0] < RISE_MIN)
        if wished > self.setpoint_c:
            wished = self._risen(wished, minute)
        self.setpoint_c = wished
        return wished

    def _risen(self, wished: float, minute: int) -> float:
        if self._rises and minute - self._rises[-1][0] < HOLD_MIN:
            return self.setpoint_c
        left = RISE_C - sum(by_c for _, by_c in self._rises)
        risen = min(wished, self.setpoint_c + left)
        if risen > self.setpoint_c:
            self._rises = (*self._rises, (minute, risen - self.setpoint_c))
        return risen


def stepped(wish_c: float) -> float:
    """The wish in the conditioner's steps, never above it."""
    return math.floor(wish_c / STEP_C + 1e-6) * STEP_C
