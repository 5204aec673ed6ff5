"""Whether the topology page holds together: every complaint names the flow, the part, the topic."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from schemas.batch import Records
from schemas.records import DeadLetter
from schemas.topic import Topic
from schemas.topics import dead_letters
from streams.flow import Drain, Flow, Step, read_by
from streams.shapes import gives, learns, takes


def complaints(flows: Sequence[Flow], *, catalogue: Sequence[Topic[Any]]) -> list[str]:
    """What is wrong with these flows; nothing if all is well.

    Flows and the parts of each have names of their own; agents and sinks take the records of the
    topic they read, and agents learn those of the topics beside it; agents give the records of the
    topics they write; every topic has one writing step at most, unless it is where several meet;
    what is read stands in the catalogue and has dead letters; whatever is written is read or is an
    end.
    """
    return [
        *_repeated("flow", [flow.name for flow in flows]),
        *(complaint for flow in flows for complaint in _flow(flow, catalogue)),
        *_writers(flows),
        *_loose(flows),
    ]


def _flow(flow: Flow, catalogue: Sequence[Topic[Any]]) -> Iterator[str]:
    yield from _repeated(f"{flow.name}: part", [part.name for part in flow.parts])
    for part in flow.parts:
        place = f"{flow.name}.{part.name}"
        yield from (f"{place}: {complaint}" for complaint in _part(part, catalogue))


def _part(part: Step | Drain, catalogue: Sequence[Topic[Any]]) -> Iterator[str]:
    if part.reads not in catalogue:
        yield f"{part.reads.name} is not in the catalogue"
    try:
        dead_letters(part.reads, tuple(catalogue))
        shape, record = takes(part.agent if isinstance(part, Step) else part.sink)
        given = gives(part.agent) if isinstance(part, Step) else set()
    except (LookupError, TypeError) as error:
        yield str(error)
        return
    if record not in (None, part.reads.record):
        yield f"takes {record.__name__}, but {part.reads.name} has {part.reads.record.__name__}"
    if isinstance(part, Step):
        if part.fetches and shape is not Records:
            yield "fetches what its records refer to, so it must take Records"
        yield from _outputs(part, given)
        yield from _beside(part, catalogue)


def _beside(part: Step, catalogue: Sequence[Topic[Any]]) -> Iterator[str]:
    for topic in part.beside:
        if topic not in catalogue:
            yield f"{topic.name} is not in the catalogue"
    learnt = learns(part.agent)
    if learnt != {topic.record for topic in part.beside}:
        yield f"learns {sorted(each.__name__ for each in learnt)}, which is not what is beside it"


def _outputs(part: Step, given: set[type]) -> Iterator[str]:
    carried = Counter(topic.record for topic in part.writes)
    for record in sorted(given - set(carried), key=str):
        yield f"gives {record.__name__}, which none of its topics carries"
    for topic in part.writes:
        if topic.record not in given and topic.record is not DeadLetter:
            yield f"never gives what {topic.name} carries, {topic.record.__name__}"
        if carried[topic.record] > 1:
            yield f"writes {topic.record.__name__} to more than one topic"


def _writers(flows: Sequence[Flow]) -> Iterator[str]:
    writers: dict[str, list[str]] = {}
    for flow in flows:
        for part in flow.parts:
            for topic in part.writes if isinstance(part, Step) else ():
                if topic.record is not DeadLetter and not topic.meeting:
                    writers.setdefault(topic.name, []).append(f"{flow.name}.{part.name}")
    for topic_name, names in writers.items():
        if len(names) > 1:
            yield f"{topic_name} has more than one writer: {', '.join(names)}"


def _loose(flows: Sequence[Flow]) -> Iterator[str]:
    parts = [part for flow in flows for part in flow.parts]
    known = {topic.name for part in parts for topic in read_by(part)}
    for part in parts:
        for topic in part.writes if isinstance(part, Step) else ():
            if topic.name not in known and not topic.ends:
                yield f"{topic.name} is written, but nobody reads it and it is no end"


def _repeated(kind: str, names: Sequence[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{kind} {name} stands {times} times"
