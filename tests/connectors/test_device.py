from uuid import UUID

import numpy as np

from connectors.device import Device
from connectors.faults import Fault
from schemas.records import Reading, Telemetry

RNG = np.random.default_rng(1)


def device() -> Device:
    return Device(
        id=UUID(int=1),
        site="house",
        name="room-1",
        profile="room.climate",
        position=None,
        tags={"place": "kitchen"},
        units=(("temperature", "Cel"), ("humidity", "%")),
    )


def values(event: Telemetry) -> list[float]:
    return [float(reading.value or 0.0) for reading in event.readings]


def test_an_event_carries_its_values_in_the_units_of_the_device() -> None:
    event = device().event(1000, [20.5, 44.0], None, RNG)

    assert (
        Reading(resource="temperature", value=20.5, unit="Cel"),
        Reading(resource="humidity", value=44.0, unit="%"),
    ) == event.readings
    assert ("house", "room-1", "room.climate", 1000) == (
        event.site,
        event.device,
        event.profile,
        event.at,
    )


def test_an_id_follows_from_the_device_and_the_time_alone() -> None:
    first, again = device(), device()
    first.event(500, [1.0, 2.0], None, RNG)

    assert (
        again.event(1000, [9.0, 9.0], None, RNG).event_id
        == first.event(1000, [1.0, 2.0], None, RNG).event_id
    )
    assert (
        first.event(500, [1.0, 2.0], None, RNG).event_id
        != again.event(501, [1.0, 2.0], None, RNG).event_id
    )


def test_a_spell_lasts_its_number_of_events_whatever_else_begins() -> None:
    ill = device()
    faults = [ill.ails(Fault.DROPOUT), *(ill.ails(Fault.SPIKE) for _ in range(6))]

    assert [Fault.DROPOUT] * 6 + [Fault.SPIKE] == faults


def test_a_stuck_device_repeats_its_last_readings() -> None:
    stuck = device()
    stuck.event(1000, [20.5, 44.0], None, RNG)

    assert [20.5, 44.0] == values(stuck.event(2000, [21.0, 45.0], Fault.STUCK, RNG))
    assert [20.5, 44.0] == values(stuck.event(3000, [22.0, 46.0], Fault.STUCK, RNG))
    assert [23.0, 47.0] == values(stuck.event(4000, [23.0, 47.0], None, RNG))


def test_a_device_that_is_stuck_from_the_start_repeats_its_first_readings() -> None:
    stuck = device()
    stuck.event(1000, [20.5, 44.0], Fault.STUCK, RNG)

    assert [20.5, 44.0] == values(stuck.event(2000, [21.0, 45.0], Fault.STUCK, RNG))


def test_a_spike_throws_one_reading_far_off_and_is_not_remembered() -> None:
    spiking = device()
    good = [20.5, 44.0]
    event = spiking.event(1000, good, Fault.SPIKE, RNG)
    off = [abs(now - then) for now, then in zip(values(event), good, strict=True)]

    assert sorted(off) in ([0.0, 30.0], [0.0, 45.0])
    assert good == values(spiking.event(2000, [0.0, 0.0], Fault.STUCK, RNG))
