from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.alarms.rules import Rule
from models.watch.vigil import Vigil
from schemas.alarms import AlarmRequest, Cause, Level
from schemas.batch import Columns
from schemas.records import AcceptedTelemetry, Quality
from tests.models.plain_watch import PlainWatch
from tests.models.telemetry import MINUTE, NOW, PROFILES
from tests.models.watched_logs import (
    Entry,
    Tick,
    batch,
    heard,
    levels,
    logs,
    minutes,
    read,
    rules,
    sent,
    told,
)


def vigil(by: dict[str, Rule], limit: int = 1000) -> Vigil:
    return Vigil(by, PROFILES, skew_ms=60_000, limit=limit)


def plainly(by: dict[str, Rule], log: Sequence[Entry | Tick]) -> Iterator[AlarmRequest]:
    plain = PlainWatch(by, PROFILES)
    for entry in log:
        yield from plain.tick(entry.now_ms) if isinstance(entry, Tick) else plain(*entry)


def parts(log: Sequence[Entry | Tick], cuts: set[int]) -> Iterator[list[Entry] | Tick]:
    part: list[Entry] = []
    for place, entry in enumerate(log):
        if place in cuts or isinstance(entry, Tick):
            yield part
            part = []
        if isinstance(entry, Tick):
            yield entry
        else:
            part.append(entry)
    yield part


@settings(deadline=None, max_examples=200)
@given(by=rules, log=logs(), cuts=st.sets(st.integers(0, 60)), saves=st.sets(st.integers(0, 60)))
def test_agrees_with_the_plain_watch_wherever_batches_begin_and_memory_is_kept(
    by: dict[str, Rule], log: list[Entry | Tick], cuts: set[int], saves: set[int]
) -> None:
    watch, found = vigil(by), []
    for number, part in enumerate(parts(log, cuts)):
        found += watch.tick(part.now_ms) if isinstance(part, Tick) else watch.judge(batch(part))
        if number in saves:
            data = watch.save()
            watch = vigil(by)
            watch.load(data)
    expected = list(plainly(by, log))
    for wanted, got in zip(expected, found, strict=False):
        assert wanted == got
    assert len(expected) == len(found)


def vigil_of(**rules: Any) -> Vigil:
    plain = {"resource": "temperature", "select": {"profile": "greenhouse"}}
    return vigil({name: Rule.model_validate(plain | each) for name, each in rules.items()})


def test_a_suspect_reading_is_trouble_and_not_judged() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}})
    log = minutes(20, read(35.0, Quality.STUCK), read(None, Quality.MISSING), 35)
    assert [
        (Cause.TROUBLE, Level.WARNING, 35.0),
        (Cause.VALUE, Level.WARNING, 35.0),
        (Cause.TROUBLE, Level.OK, 35.0),
    ] == told(heard(watch, *log), "cause", "level", "value")


def test_a_rule_may_trust_suspect_numbers() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}, "suspects": "judge"})
    log = minutes(read(None, Quality.MISSING), read(35.0, Quality.OUT_OF_RANGE))
    assert [(1, Level.WARNING)] == levels(heard(watch, *log))


def test_nan_counts_as_missing_and_other_types_as_nothing() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}})
    others = [read(value=True), read("hot"), read(float("nan"))]
    found = [told(heard(watch, event), "cause") for event in minutes(*others)]
    assert [[], [], [(Cause.TROUBLE,)]] == found


def test_late_data_are_marked_and_change_nothing() -> None:
    watch = vigil_of(heat={"levels": {"info": {"above": 31}, "critical": {"above": 40}}})
    late = minutes(35, 36, 41, 20, start=1)
    found = heard(watch, *minutes(20, start=9), *late, *minutes(20, 35, start=10))
    assert [(True, Level.INFO), (True, Level.CRITICAL), (False, Level.INFO)] == told(
        found, "backfilled", "level"
    )


def test_a_clock_that_jumps_ahead_is_trouble_and_makes_nothing_late() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}, "silence": {}})
    ahead = sent(NOW + 600 * MINUTE, read(35.0, Quality.CLOCK_SKEW), received_at=NOW + MINUTE)
    unsaid = sent(NOW + 600 * MINUTE, read(35.0, Quality.STUCK), received_at=NOW + MINUTE)
    found = heard(watch, *minutes(20), ahead, unsaid, *minutes(35, start=2))
    assert [
        (0, Level.WARNING),
        (2, Level.WARNING),
        (2, Level.OK),
    ] == levels(found)


def test_a_silent_device_is_told_with_what_is_wrong_on_it() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}, "silence": {"intervals": 3}})
    other = [sent(NOW + n * MINUTE, 20, device="air-2") for n in range(1, 9)]
    found = heard(watch, *minutes(35), *other, *minutes(36, start=8))
    assert [
        (0, Cause.VALUE, Level.WARNING, False),
        (3, Cause.SILENCE, Level.WARNING, False),
        (3, Cause.VALUE, Level.WARNING, True),
        (8, Cause.SILENCE, Level.OK, False),
        (8, Cause.VALUE, Level.WARNING, False),
    ] == [
        ((r.at - NOW) // MINUTE, *t)
        for r, t in zip(found, told(found, "cause", "level", "inhibited"), strict=True)
    ]


def test_the_clock_tells_silence_only_if_the_whole_partition_is_silent() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}, "silence": {"intervals": 3}})
    heard(watch, *minutes(20))
    assert [] == list(watch.tick(NOW + 3 * MINUTE))
    assert [(3, Level.WARNING)] == levels(list(watch.tick(NOW + 3 * MINUTE + 1000)))
    assert [] == list(watch.tick(NOW + 60 * MINUTE))


def test_old_data_that_flow_in_are_no_silence_by_the_clock() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}, "silence": {"intervals": 3}})
    years_late = NOW + 1_000_000 * MINUTE
    heard(watch, sent(NOW, 20, received_at=years_late))
    assert [] == list(watch.tick(years_late + MINUTE))


def test_a_level_that_changes_all_the_time_flaps() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}})
    found = heard(watch, *minutes(*[35, 20] * 12, *[20] * 30))
    assert [(Level.WARNING, True), (Level.OK, False)] == told(found, "level", "flapping")[-2:]
    # ten changes are news, the eleventh of twenty steps is flapping
    assert 12 == len(found)


def test_a_device_that_changes_its_profile_leaves_no_alarm_behind() -> None:
    watch = vigil_of(heat={"levels": {"warning": {"above": 31}}})
    cold = sent(NOW + MINUTE, 280, profile="cold.room")
    found = heard(watch, *minutes(35), cold, *minutes(35, start=2))
    assert [(0, Level.WARNING), (1, Level.OK), (2, Level.WARNING)] == levels(found)
    assert sorted({r.judgement.number for r in found if r.judgement}) == [1, 2, 3]


def test_tags_select() -> None:
    watch = vigil_of(
        heat={
            "levels": {"warning": {"above": 31}},
            "select": {"profile": "green*", "tags": {"crop": "tom*"}},
        }
    )
    events = [
        sent(NOW + n, 35, tags=tags)
        for n, tags in enumerate([{}, {"crop": "basil"}, {"crop": "tomato"}, {"crop": "basil"}])
    ]
    assert [(Level.WARNING, NOW + 2), (Level.OK, NOW + 3)] == told(
        heard(watch, *events), "level", "since"
    )


def test_a_slice_of_a_larger_batch_is_judged_like_any_other() -> None:
    events = minutes(20, 35, 20, 35)
    whole = batch([(event, event.at) for event in events])
    origin = batch([(event, event.at) for event in events[1:3]]).origin
    part = Columns(record=AcceptedTelemetry, rows=whole.rows.slice(1, 2), origin=origin)
    found = vigil_of(heat={"levels": {"warning": {"above": 31}}}).judge(part)
    assert [(1, Level.WARNING), (2, Level.OK)] == levels(found)
