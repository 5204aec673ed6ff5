from dataclasses import replace
from typing import Any

import pytest

from schemas.batch import Columns, Raw, Records
from schemas.reasons import Reason, SetAside
from schemas.records import AcceptedTelemetry, Telemetry
from schemas.topic import Topic
from schemas.topics import CATALOGUE, READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED
from streams.flow import Drain, Flow, Step
from streams.soundness import complaints
from streams.topology import FLOWS

WRITES = (READINGS_ACCEPTED, READINGS_REJECTED)
COPY = replace(READINGS_ACCEPTED, name="readings.copied.v1")
ELSEWHERE: Topic[Telemetry] = Topic(name="weathers.observed.v1", record=Telemetry, key=("site",))


def agent(batch: Columns[Telemetry]) -> list[Columns[AcceptedTelemetry] | SetAside]:
    return [Columns(record=AcceptedTelemetry, rows=batch.rows)]


def listener(batch: Records[AcceptedTelemetry]) -> list[SetAside]:
    return [SetAside(row, Reason.DUPLICATE) for row in range(len(batch.rows))]


def unannotated(batch):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201  # the case
    return batch


class Sink:
    async def write(self, batch: Records[AcceptedTelemetry]) -> None:
        assert batch


class RawSink:
    async def write(self, batch: Raw) -> None:
        assert batch


STEP = Step("clean", READINGS_RECEIVED, agent, writes=WRITES)
DRAIN = Drain("influx", READINGS_ACCEPTED, Sink)
GOOD = Flow("telemetry", (STEP, DRAIN, Drain("archive", READINGS_RECEIVED, RawSink)))


def wrong(*flows: Flow, **changes: Any) -> list[str]:
    return complaints(flows, **{"catalogue": CATALOGUE} | changes)


def test_the_topology_page_is_sound() -> None:
    assert [] == wrong(*FLOWS)


def test_a_topology_that_holds_together_has_no_complaints() -> None:
    assert [] == wrong(GOOD)


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        (replace(STEP, agent=listener), "takes AcceptedTelemetry, but readings.received.v1"),
        (replace(DRAIN, reads=READINGS_RECEIVED), "takes AcceptedTelemetry, but readings.rec"),
        (replace(STEP, agent=listener), "never gives what readings.accepted.v1 carries"),
        (replace(STEP, fetches=Sink), "fetches what its records refer to, so it must take Records"),
        (replace(STEP, agent=unannotated), "must annotate its batch"),
        (replace(STEP, writes=(READINGS_REJECTED,)), "which none of its topics carries"),
        (replace(STEP, writes=(*WRITES, COPY)), "AcceptedTelemetry to more than one topic"),
        (replace(STEP, reads=ELSEWHERE), "weathers.observed.v1 is not in the catalogue"),
        (replace(STEP, reads=ELSEWHERE), "no dead-letter topic for weathers.observed.v1"),
    ],
)
def test_a_part_that_does_not_fit_is_named(part: Step | Drain, complaint: str) -> None:
    found = [each for each in wrong(Flow("f", (part, DRAIN))) if complaint in each]

    assert found
    assert found[0].startswith(f"f.{part.name}: ")


def test_a_topic_with_two_writers_is_named() -> None:
    [found] = wrong(GOOD, Flow("second", (replace(STEP, name="again"),)))

    assert found == "readings.accepted.v1 has more than one writer: telemetry.clean, second.again"


def test_several_may_write_where_they_meet() -> None:
    meeting = replace(READINGS_ACCEPTED, meeting=True)
    step = replace(STEP, writes=(meeting, READINGS_REJECTED))

    assert [] == wrong(
        Flow("telemetry", (step, DRAIN)), Flow("second", (replace(step, name="again"),))
    )


class Learner:
    def __call__(self, batch: Records[AcceptedTelemetry]) -> list[SetAside]:
        return [SetAside(row, Reason.DUPLICATE) for row in range(len(batch.rows))]

    def learn(self, news: Records[Telemetry]) -> None:
        assert news


@pytest.mark.parametrize(
    ("beside", "complaint"),
    [
        ((), "f.learn: learns ['Telemetry'], which is not what is beside it"),
        ((COPY,), "f.learn: readings.copied.v1 is not in the catalogue"),
        ((READINGS_ACCEPTED,), "f.learn: learns ['Telemetry'], which is not what is beside it"),
    ],
)
def test_a_topic_beside_that_does_not_fit_is_named(
    beside: tuple[Topic[Any], ...], complaint: str
) -> None:
    step = Step("learn", READINGS_ACCEPTED, Learner, writes=(), beside=beside)

    assert complaint in wrong(GOOD, Flow("f", (step,)))


def test_a_topic_beside_that_fits_counts_as_read() -> None:
    step = Step("learn", READINGS_ACCEPTED, Learner, writes=(), beside=(READINGS_RECEIVED,))

    assert [] == wrong(GOOD, Flow("f", (step,)))


def test_what_nobody_reads_is_named() -> None:
    [found] = wrong(Flow("telemetry", (STEP,)))

    assert found == "readings.accepted.v1 is written, but nobody reads it and it is no end"


def test_names_that_stand_twice_are_named() -> None:
    assert "flow telemetry stands 2 times" in wrong(GOOD, GOOD)
    assert "telemetry: part clean stands 2 times" in wrong(Flow("telemetry", (STEP, STEP, DRAIN)))
