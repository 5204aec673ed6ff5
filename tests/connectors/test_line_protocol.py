"""Columns to line protocol: exact strings, and a parser of its own that reads everything back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.line_protocol import lines, payload
from connectors.outcome import RefusedError
from schemas.batch import Columns
from schemas.records import AcceptedReading, AcceptedTelemetry, Position, Quality

AT = 1_700_000_000_000

Events = Callable[..., AcceptedTelemetry]
Batches = Callable[..., Columns[AcceptedTelemetry]]
Written = Callable[..., str]


@pytest.fixture(scope="session")
def written(columns: Batches) -> Written:
    """Write events as line protocol."""
    return lambda *events: bytes(payload(lines(columns(*events).rows))).decode()


def reading(resource: str, value: Any, **changes: Any) -> AcceptedReading:
    return AcceptedReading(resource=resource, value=value, **changes)


def test_an_event_is_one_point_with_a_field_for_each_resource(
    event: Events, written: Written
) -> None:
    readings = (
        reading("temperature", 21.5),
        reading("door", value=True),
        reading("note", 'a "b" \\c, d=e'),
    )

    line = written(event(readings=readings))

    assert line == (
        "readings,site=bleiswijk,device=air-1,profile=farm.climate "
        'temperature=21.5,door=true,note="a \\"b\\" \\\\c, d=e" 1700000000000\n'
    )


def test_a_verdict_other_than_good_is_a_field_of_its_own(event: Events, written: Written) -> None:
    readings = (reading("co2", 9000.0, quality=Quality.SPIKE), reading("temperature", 20.0))

    line = written(event(readings=readings))

    assert line.split(" ")[1] == 'co2=9000,co2_quality="spike",temperature=20'


def test_an_event_without_any_value_is_still_a_point(event: Events, written: Written) -> None:
    readings = (reading("co2", None, quality=Quality.MISSING), reading("temperature", None))

    line = written(event(readings=readings))

    assert line.split(" ")[1] == 'co2_quality="missing",temperature_quality="good"'


def test_a_position_is_two_fields_and_only_where_there_is_one(
    event: Events, written: Written
) -> None:
    somewhere = event(position=Position(lat=52.03, lon=-4.5))

    fields = [line.split(" ")[1] for line in written(event(), somewhere).splitlines()]

    assert fields == ["temperature=21.5", "temperature=21.5,lat=52.03,lon=-4.5"]


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("a b,c=d", r"a\ b\,c\=d"),
        (r"hall\oven", r"hall\oven"),
        ("ends\\", "ends\uff3c"),
        (r"a\ b", "a\uff3c\\ b"),
        (r"a\\,b", "a\\\uff3c\\,b"),
        ("x#!~#y", "x#!\uff5e#y"),
        ('"quoted"', '"quoted"'),
        ("温室", "温室"),
    ],
)
def test_names_are_escaped_or_said_by_a_lookalike(
    event: Events, written: Written, name: str, tag: str
) -> None:
    line = written(event(device=name))

    assert line == (
        f"readings,site=bleiswijk,device={tag},profile=farm.climate "
        "temperature=21.5 1700000000000\n"
    )


@pytest.mark.parametrize("name", ["", "a\nreadings,site=x b=1", "a\0", "\x7f"])
def test_a_name_that_would_break_a_line_is_refused(
    event: Events, written: Written, name: str
) -> None:
    with pytest.raises(RefusedError, match="control characters"):
        written(event(device=name))
    with pytest.raises(RefusedError, match="control characters"):
        written(event(readings=(reading(name, 1.0),)))


def test_a_resource_that_would_hide_another_field_is_refused(
    event: Events, written: Written
) -> None:
    with pytest.raises(RefusedError, match="lat, lon, time"):
        written(event(readings=(reading("time", 1.0),)))


def test_an_event_with_nothing_to_store_has_no_line(event: Events, written: Written) -> None:
    assert written(event(readings=()), event()).count("\n") == 1


def test_no_events_are_no_lines(written: Written) -> None:
    assert written() == ""


def test_part_of_a_batch_is_written_as_that_part_alone(
    event: Events, columns: Batches, written: Written
) -> None:
    events = [
        event(at=AT + i, readings=(reading("n", float(i)), reading("t", f"v{i}"))[: 1 + i % 2])
        for i in range(10)
    ]
    whole = columns(*events).rows

    part = bytes(payload(lines(whole.slice(3, 4)))).decode()

    assert part == written(*events[3:7])


def test_a_part_of_the_lines_is_a_part_of_the_bytes(event: Events, columns: Batches) -> None:
    made = lines(columns(*(event(at=AT + i) for i in range(5))).rows)

    part = bytes(payload(made.slice(1, 2))).decode()

    assert part == "".join(str(line) for line in made.to_pylist()[1:3])


# A second reading of the format, after InfluxDB's reference, for the round trip below.

TAG = re.compile(r"((?:[^\\,= ]|\\.)+)=((?:[^\\,= ]|\\.)+)(?:,|(?= ))")
FIELD = re.compile(r'((?:[^\\,= ]|\\.)+)=("(?:[^"\\]|\\.)*"|[^", ]+)(?:,|(?= ))', re.DOTALL)


def parsed(text: str) -> list[tuple[dict[str, str], dict[str, Any], int]]:
    points = []
    place = 0
    while place < len(text):
        assert text.startswith("readings,", place)
        place += len("readings,")
        found: list[dict[str, Any]] = []
        for pattern in (TAG, FIELD):
            pairs: dict[str, Any] = {}
            while match := pattern.match(text, place):
                pairs[plain(match[1])] = match[2]
                place = match.end()
            assert text[place] == " "
            place += 1
            found.append(pairs)
        end = text.index("\n", place)
        tags = {key: plain(value) for key, value in found[0].items()}
        fields = {key: value_of(value) for key, value in found[1].items()}
        points.append((tags, fields, int(text[place:end])))
        place = end + 1
    return points


def plain(name: str) -> str:
    return re.sub(r"\\([,= ])", r"\1", name)


def value_of(text: str) -> float | str | bool:
    if text.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    return text == "true" if text in ("true", "false") else float(text)


def expected(record: AcceptedTelemetry) -> tuple[dict[str, str], dict[str, Any], int]:
    tags = {"site": record.site, "device": record.device, "profile": record.profile}
    fields: dict[str, Any] = {}
    for each in record.readings:
        if each.value is not None:
            fields[each.resource] = each.value
        if each.quality is not Quality.GOOD or each.value is None:
            fields[f"{each.resource}_quality"] = each.quality.value
    if record.position:
        fields |= {"lat": record.position.lat, "lon": record.position.lon}
    return tags, fields, record.at


def text(without: str = "", min_size: int = 0) -> st.SearchStrategy[str]:
    letters = st.characters(codec="utf-8", exclude_characters=without)
    return st.text(letters, min_size=min_size)


CONTROL = "".join(map(chr, [*range(32), 127]))
names = text(without=CONTROL + "\\#", min_size=1)
numbers = st.floats(allow_nan=False, allow_infinity=False)
readings = st.lists(
    st.builds(
        AcceptedReading,
        resource=names.filter(lambda name: name not in {"lat", "lon", "time"}),
        value=st.none() | st.booleans() | numbers | text(),
        quality=st.sampled_from(Quality),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda each: each.resource,
)
events = st.builds(
    AcceptedTelemetry,
    event_id=names,
    site=names,
    device=names,
    profile=names,
    at=st.integers(0, 2**52),
    received_at=st.just(AT),
    readings=readings.map(tuple),
    position=st.none() | st.builds(Position, lat=numbers, lon=numbers),
    tags=st.just({}),
)


@given(records=st.lists(events, max_size=12))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_reads_back_as_it_was(
    written: Written, records: list[AcceptedTelemetry]
) -> None:
    assert parsed(written(*records)) == [expected(each) for each in records]
