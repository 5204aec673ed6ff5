"""The rules of the dataflow, held against the one page that says it."""

from collections import Counter
from typing import Any

import pytest

from schemas.contracts import contract
from schemas.records import DeadLetter
from schemas.topic import Topic
from schemas.topics import dead_letters
from streams.flow import Drain, Step, read_by
from streams.settings import Settings
from streams.shapes import gives, settings_for, takes
from streams.topology import FLOWS, parts, topics

STEPS = [part for part in parts() if isinstance(part, Step)]
DRAINS = [part for part in parts() if isinstance(part, Drain)]
READ = {topic.name for part in parts() for topic in read_by(part)}
LETTERS = {dead_letters(part.reads).name for part in parts()}
WRITTEN = [topic for part in parts() for topic in part.writes]
TOLD = {topic.name for flow in FLOWS for each in flow.clockworks for topic in each.writes}
KEPT = {step.remembers.name for step in STEPS if step.remembers}

each_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
each_drain = pytest.mark.parametrize("drain", DRAINS, ids=lambda drain: drain.name)


@each_step
def test_an_agent_takes_the_record_of_the_topic_it_reads(step: Step) -> None:
    assert step.reads.record is takes(step.agent)[1]


@each_step
def test_an_agent_gives_the_records_of_the_topics_it_writes(step: Step) -> None:
    written = {topic.record for topic in step.writes} - {DeadLetter}

    assert written == gives(step.agent) - {DeadLetter}


@each_drain
def test_a_sink_takes_the_record_of_the_topic_it_drains(drain: Drain) -> None:
    assert takes(drain.sink)[1] in (None, drain.reads.record)


@each_drain
def test_a_sink_finds_its_settings(drain: Drain) -> None:
    assert [] != settings_for(drain.sink, Settings(_env_file=None))


@each_step
def test_an_agent_that_is_a_class_finds_its_settings(step: Step) -> None:
    if isinstance(step.agent, type):
        assert [] != settings_for(step.agent, Settings(_env_file=None))


@each_step
def test_a_step_writes_each_record_type_to_one_topic(step: Step) -> None:
    records = [topic.record for topic in step.writes]

    assert len(records) == len(set(records))


def test_a_topic_has_one_writer_unless_it_is_for_dead_letters_or_where_several_meet() -> None:
    alone = [each for each in WRITTEN if each.record is not DeadLetter and not each.meeting]
    writers = Counter(topic.name for topic in alone)

    assert {} == {name: count for name, count in writers.items() if count > 1}


def test_whatever_is_written_is_read_unless_it_is_for_people() -> None:
    ends = {topic.name for topic in topics() if topic.ends}

    assert {topic.name for topic in WRITTEN} <= READ | ends


@pytest.mark.parametrize("part", list(parts()), ids=lambda part: part.name)
def test_every_topic_that_is_read_has_dead_letters_that_its_reader_can_write(part: Any) -> None:
    letters = dead_letters(part.reads)

    assert DeadLetter is letters.record
    assert letters.max_message_bytes > part.reads.max_message_bytes


def test_names_are_unique() -> None:
    for names in ([part.name for part in parts()], [flow.name for flow in FLOWS]):
        assert len(names) == len(set(names))
    assert len(topics()) == len({topic.name for topic in topics()})


def test_every_topic_has_a_place_in_the_flow() -> None:
    written = {topic.name for topic in WRITTEN}

    assert {topic.name for topic in topics()} == READ | written | KEPT | LETTERS | TOLD


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: topic.name)
def test_a_key_is_made_of_fields_of_its_record(topic: Topic[Any]) -> None:
    fields = {field["name"] for field in contract(topic.record)["fields"]}

    assert set(topic.key) <= fields
