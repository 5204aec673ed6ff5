"""A site whose devices replay a measured trace: trace -> messages as devices would send them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count, cycle
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from connectors.faults import SPELL_EVENTS, Damage, Fault, Faults, damaged
from connectors.sensors import SENSORS, panel
from connectors.traces import DAY_S, Trace
from schemas.records import Position, Reading, Telemetry

BLOCK_EVENTS = 4096
"""Events computed at a time: enough to make numpy worth while."""

FAHRENHEIT_EVERY = 5
"""Every fifth device sends [degF], as mixed fleets do."""

LATE_INTERVALS = 6
"""A late event leaves at most so many intervals after its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A piece of ground, its trace, and how its devices are called."""

    name: str
    profile: str
    trace: str
    device: str
    """Format of a device's name, given its number from 1."""

    places: tuple[str, ...]
    """Places of the trace that have a device each; further devices begin with the first again."""

    position: Position | None = None


SITES: Mapping[str, Site] = {
    "farm": Site(
        name="bleiswijk",
        profile="farm.climate",
        trace="bleiswijk_2014",
        device="air-{:04d}",
        places=("outdoor",),
        position=Position(lat=52.03, lon=4.53),
    ),
    "rooms": Site(
        name="house",
        profile="room.climate",
        trace="appliances_house_2016",
        device="room-{}",
        # in the order of the data set, which counts the outside of the north wall as the sixth
        places=(
            *("kitchen", "living-room", "laundry", "office", "bathroom"),
            *("outside-north", "ironing-room", "teenager-room", "parents-room"),
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message of a device, and the truth about it."""

    record: Telemetry
    """What the device meant to say."""

    key: bytes
    value: bytes
    due_ms: int
    """When it leaves the device, epoch milliseconds UTC: the event's time unless it is late."""

    fault: Fault | None = None
    damage: Damage | None = None
    """What was done to ``value``, if the fault is ``malformed``."""


def events(
    site: Site,
    trace: Trace,
    *,
    devices: int,
    start_at_ms: int,
    interval_s: float,
    seed: int,
    faults: Faults,
    encode: Callable[[Telemetry], bytes],
) -> Iterator[Sent]:
    """What the devices of ``site`` send from ``start_at_ms`` on, without end, by ``due_ms``.

    The trace's clock is read as UTC, so noon stays noon; every set of places replays days of its
    own choice, and the trace begins again when it is over. An ``interval_s`` shorter than the
    trace's gives more readings of the same weather. The same arguments give the same messages.

    Raises:
        ValueError: no devices, or an interval under a millisecond.

    """
    if devices < 1 or interval_s < 0.001:  # noqa: PLR2004 -- said in words in the message
        raise ValueError("devices must be at least 1, interval_s at least 0.001")
    interval_ms = round(interval_s * 1000)
    rng = np.random.default_rng(seed)
    fleet = [_Device.of(site, trace, number) for number in range(1, devices + 1)]
    onsets = faults.onsets()
    ...
