from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import islice, pairwise
from typing import Any

import pytest

from connectors.departures import Sent
from connectors.faults import Damage, Fault, Faults
from connectors.site import SITES, events
from connectors.traces import load
from schemas.codec import decode, encode_framed
from schemas.framing import SINGLE_OBJECT_HEADER_BYTES
from schemas.records import Telemetry

START_AT_MS = 1_760_000_000_000
EVERYTHING = Faults(dropout=0.1, stuck=0.1, spike=0.05, late=0.05, duplicate=0.05, malformed=0.05)

load_once = cache(load)


def plain(records: Sequence[Telemetry]) -> list[bytes]:
    """As short as an encoding can be; text stays UTF-8."""
    return [f"{each.device} {each.event_id} {each.readings[0].value}".encode() for each in records]


def one_by_one(records: Sequence[Telemetry]) -> list[bytes]:
    return [encode_framed(each) for each in records]


def sent(number: int, site: str = "farm", **overrides: Any) -> list[Sent]:
    arguments: dict[str, Any] = {
        "devices": 7,
        "start_at_ms": START_AT_MS,
        "interval_s": 300.0,
        "seed": 1,
        "faults": Faults(),
        "encode": plain,
    }
    chosen = SITES[site]
    return list(islice(events(chosen, load_once(chosen.trace), **arguments | overrides), number))


def test_a_farm_device_says_who_it_is_and_sends_three_quantities() -> None:
    first = sent(1)[0].record

    assert ("bleiswijk", "air-0001", "farm.climate") == (first.site, first.device, first.profile)
    assert [("temperature", "Cel"), ("humidity", "%"), ("co2", "ppm")] == [
        (reading.resource, reading.unit) for reading in first.readings
    ]
    assert {"place": "outdoor"} == first.tags


def test_rooms_are_numbered_and_tiled_beyond_the_ninth() -> None:
    records = [each.record for each in sent(20, "rooms", devices=20)]

    assert [f"room-{number}" for number in range(1, 21)] == [record.device for record in records]
    assert [record.tags["place"] for record in records[9:18]] == list(SITES["rooms"].places)
    assert records[9].tags == records[0].tags


def test_the_key_is_site_and_device() -> None:
    assert [b"house/room-1", b"house/room-2"] == [each.key for each in sent(2, "rooms")]


def test_the_value_is_the_encoded_event() -> None:
    for each in sent(50, encode=one_by_one):
        assert each.record == decode(each.value[SINGLE_OBJECT_HEADER_BYTES:], Telemetry)


def test_every_fifth_device_speaks_fahrenheit() -> None:
    degrees = {each.record.device: each.record.readings[0] for each in sent(6, devices=6)}

    assert ["Cel", "Cel", "Cel", "Cel", "[degF]", "Cel"] == [
        reading.unit for reading in degrees.values()
    ]
    assert 45.0 < float(degrees["air-0005"].value or 0.0) < 95.0


@pytest.mark.parametrize("site", SITES)
def test_the_same_arguments_give_the_same_messages(site: str) -> None:
    first = sent(5000, site, faults=EVERYTHING)

    assert sent(5000, site, faults=EVERYTHING) == first
    assert sent(5000, site, faults=EVERYTHING, seed=2) != first


def test_event_ids_are_unique_and_another_start_or_seed_has_others() -> None:
    def ids(**overrides: Any) -> set[str]:
        return {each.record.event_id for each in sent(3000, **overrides)}

    assert len(ids()) == 3000
    assert not ids() & ids(start_at_ms=START_AT_MS + 1)
    assert not ids() & ids(seed=2)


def test_each_device_keeps_its_interval_from_the_start_on() -> None:
    times = defaultdict(list)
    for each in sent(700, interval_s=10.0):
        times[each.record.device].append(each.record.at)

    assert len(times) == 7
    for at in times.values():
        assert START_AT_MS <= at[0] < START_AT_MS + 10_000
        assert [at[0] + 10_000 * turn for turn in range(100)] == at


def test_messages_come_in_the_order_in_which_they_are_due() -> None:
    due_ms = [each.due_ms for each in sent(10_000, faults=EVERYTHING)]

    assert sorted(due_ms) == due_ms


def test_only_a_late_event_comes_after_a_later_one_of_its_device() -> None:
    newest: Counter[str] = Counter()
    for each in sent(10_000, faults=EVERYTHING):
        record = each.record
        overtaken = record.at < newest[record.device]
        newest[record.device] = max(newest[record.device], record.at)

        assert each.fault is Fault.LATE or not overtaken
        assert (each.due_ms > record.at) == (each.fault is Fault.LATE)


def test_a_site_whose_every_event_is_late_still_sends() -> None:
    assert {Fault.LATE} == {each.fault for each in sent(1000, faults=Faults(late=1.0))}


def test_faults_take_the_share_of_events_that_was_asked_for() -> None:
    messages = sent(40_000, devices=50, faults=EVERYTHING)
    meant = len({each.record.event_id for each in messages}) / (1.0 - EVERYTHING.dropout)
    counts = Counter(each.fault for each in messages)

    for fault, share in EVERYTHING.shares().items():
        if fault is not Fault.DROPOUT:
            assert counts[fault] / meant == pytest.approx(share, rel=0.15)


def test_drop_outs_take_their_share_in_whole_spells() -> None:
    messages = sent(20_000, devices=1, faults=Faults(dropout=0.3))
    turns = [(each.record.at - messages[0].record.at) // 300_000 for each in messages]
    silences = [after - before - 1 for before, after in pairwise(turns)]

    assert {silence % 6 for silence in silences} == {0}
    assert 1.0 - len(turns) / turns[-1] == pytest.approx(0.3, rel=0.1)


def test_a_duplicate_is_the_same_message_again_at_once() -> None:
    messages = sent(2000, faults=Faults(duplicate=0.1))
    repeats = [turn for turn, each in enumerate(messages) if each.fault is Fault.DUPLICATE]

    assert repeats
    for turn in repeats:
        first, second = messages[turn - 1], messages[turn]
        assert first.fault is None
        assert (first.record, first.key, first.value) == (second.record, second.key, second.value)


def test_stuck_devices_repeat_themselves_and_others_do_not() -> None:
    last: dict[str, Any] = {}
    for each in sent(10_000, faults=Faults(stuck=0.1)):
        repeated = last.get(each.record.device) == each.record.readings
        assert repeated == (each.fault is Fault.STUCK) or each.record.device not in last
        last[each.record.device] = each.record.readings


def test_malformed_events_are_damaged_in_every_way_and_no_other_is() -> None:
    messages = sent(3000, faults=EVERYTHING, encode=one_by_one)
    damaged = [each for each in messages if each.fault is Fault.MALFORMED]

    assert set(Damage) == {each.damage for each in damaged}
    assert all((each.damage is None) == (each.fault is not Fault.MALFORMED) for each in messages)
    assert all(
        (each.value != encode_framed(each.record)) == (each.fault is Fault.MALFORMED)
        for each in messages
    )


@pytest.mark.parametrize("overrides", [{"devices": 0}, {"interval_s": 0.0}, {"interval_s": -1.0}])
def test_no_devices_or_no_interval_is_an_error_at_once(overrides: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="devices must be at least 1, interval_s at least"):
        sent(0, **overrides)
