"""What the recommender is measured against: setpoints that never move, simple rules, foresight."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.evaluation.conditioner import STEP_C, stepped
from tests.evaluation.loads import Load
from tests.evaluation.rack import offsets, target_c
from tests.evaluation.score import LIMIT_C
from tests.evaluation.view import View

COLD_C, HOT_C = 10.0, 30.0
RESET_COLD_C, RESET_HOT_C = 25.0, 23.0
AIM_C = 26.0
DEADBAND_C = 0.25


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same."""

    setpoint_c: float

    def wish(self, _: View) -> float:
        """That."""
        return self.setpoint_c


class OutdoorReset:
    """The colder outdoors the warmer indoors, on a straight line: building automation's classic."""

    def wish(self, view: View) -> float:
        """A point of the line."""
        if not view.readings:
            return view.setpoint_c
        outdoor_c = view.readings[-1].weather.temperature_c
        share = min(1.0, max(0.0, (outdoor_c - COLD_C) / (HOT_C - COLD_C)))
        return RESET_COLD_C + (RESET_HOT_C - RESET_COLD_C) * share


class Reactive:
    """Steps towards an inlet a degree below the limit, by what the sensor says."""

    def wish(self, view: View) -> float:
        """As much higher as the inlet is too cold, as much lower as it is too warm."""
        if not view.readings:
            return view.setpoint_c
        room_c = AIM_C - fmean(each.inlet_c for each in view.readings)
        if room_c >= STEP_C + DEADBAND_C:
            return view.setpoint_c + STEP_C
        return view.setpoint_c if room_c > -DEADBAND_C else stepped(view.setpoint_c + room_c)


class Planner:
    """Knows how much warmer than the room the inlet is going to be, for each minute.

    The warmest setpoint that then keeps the inlet below the limit, less a margin. Where a warmer
    room always saves that is as good as can be; in cold weather, when only fans run, and at full
    speed at most, letting the room swing may save a little more.
    """

    def __init__(self, warmer_c: Sequence[float], margin_c: float) -> None:
        self._warmer_c = warmer_c
        self._margin_c = margin_c

    def wish(self, view: View) -> float:
        """The limit less what is to come."""
        return LIMIT_C - self._margin_c - self._warmer_c[view.minute]


def foreseen(loads: Load, gain_c: float, lead_min: int) -> list[float]:
    """What nobody can know: the worst of so many minutes to come, in which the room may follow.

    How much can be saved at all.
    """
    coming = offsets(loads, gain_c)
    return [max(coming[minute : minute + lead_min]) for minute in range(len(coming))]


def known(loads: Load, gain_c: float) -> list[float]:
    """What could be known at best: the hot spot's law, and the load until now, not its future.

    How much can be saved without foresight.
    """
    now = offsets(loads, gain_c)
    return [
        max(now[last], target_c(loads[last], gain_c))
        for last in (max(0, minute - 1) for minute in range(len(now)))
    ]
