"""A site whose devices replay a measured trace: trace -> messages as devices would send them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from connectors.departures import Encode, Meant, Sent, encoded, in_due_order
from connectors.device import Device
from connectors.faults import Fault, Faults
from connectors.sensors import Numbers, Times, sensed
from connectors.traces import Trace
from schemas.records import Position

Moment = tuple[Device, int, list[float], Fault | None]
"""Whose turn, when (epoch ms), the values in the device's units, and what begins with it."""

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


def events(
    site: Site,
    trace: Trace,
    *,
    devices: int,
    start_at_ms: int,
    interval_s: float,
    seed: int,
    faults: Faults,
    encode: Encode,
) -> Iterator[Sent]:
    """Give what the devices of ``site`` send from ``start_at_ms`` on, without end, by ``due_ms``.

    The trace's clock is read as UTC, so noon stays noon; every set of places replays days of its
    own choice, and the trace begins again when it is over. An ``interval_s`` shorter than the
    trace's gives more readings of the same weather. The same arguments give the same messages.

    Raises:
        ValueError: no devices, or an interval under a millisecond.

    """
    interval_ms = round(interval_s * 1000)
    if devices < 1 or interval_ms < 1:
        raise ValueError("devices must be at least 1, interval_s at least 0.001")
    rng = np.random.default_rng(seed)
    fleet = [_device(site, trace, number, seed) for number in range(1, devices + 1)]
    blocks = sensed(
        trace,
        site.places,
        devices=devices,
        start_at_ms=start_at_ms,
        interval_ms=interval_ms,
        rng=rng,
    )
    moments = _in_turn(fleet, blocks, faults.onsets(), rng)
    return encoded(in_due_order(_meant(moments, interval_ms, rng)), encode, rng)


def _device(site: Site, trace: Trace, number: int, seed: int) -> Device:
    name = site.device.format(number)
    celsius = "[degF]" if number % FAHRENHEIT_EVERY == 0 else "Cel"
    return Device(
        id=uuid5(NAMESPACE_URL, f"engawa:{seed}/{site.name}/{name}"),
        site=site.name,
        name=name,
        profile=site.profile,
        position=site.position,
        tags={"place": site.places[(number - 1) % len(site.places)]},
        units=tuple(
            (resource.name, celsius if resource.unit == "Cel" else resource.unit)
            for resource in trace.resources
        ),
    )


def _in_turn(
    fleet: Sequence[Device],
    blocks: Iterable[tuple[Times, Numbers]],
    onsets: Mapping[Fault | None, float],
    rng: np.random.Generator,
) -> Iterator[Moment]:
    """Each device after the other, with its values in its own units and what begins with it."""
    fahrenheit = np.array([[unit == "[degF]" for _, unit in device.units] for device in fleet])
    fates, chances = list(onsets), list(onsets.values())
    for at, values in blocks:
        said = np.round(np.where(fahrenheit, values * 1.8 + 32.0, values), 2).tolist()
        drawn = rng.choice(len(fates), size=at.shape, p=chances).tolist()
        for times, rows, row_fates in zip(at.tolist(), said, drawn, strict=True):
            for device, time, row, fate in zip(fleet, times, rows, row_fates, strict=True):
                yield device, time, row, fates[fate]


def _meant(
    moments: Iterable[Moment], interval_ms: int, rng: np.random.Generator
) -> Iterator[Meant]:
    for device, at, values, onset in moments:
        fault = device.ails(onset)
        if fault is Fault.DROPOUT:
            continue
        record = device.event(at, values, fault, rng)
        if fault is Fault.LATE:
            delay_ms = interval_ms * int(rng.integers(1, LATE_INTERVALS + 1))
            yield Meant(record, device.key, at + delay_ms, fault)
            continue
        if fault is Fault.DUPLICATE:
            yield Meant(record, device.key, at, None)
        yield Meant(record, device.key, at, fault)
