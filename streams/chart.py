"""The topology as a Mermaid flowchart: drawn from the page itself, so it is never out of date."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from schemas.records import DeadLetter
from schemas.topic import Topic
from schemas.topics import dead_letters
from streams.flow import Clockwork, Drain, Flow, Step, read_by

BEGIN, END = "<!-- chart -->", "<!-- /chart -->"


def chart(flows: Sequence[Flow]) -> str:
    """A Mermaid flowchart: a box for each flow, dashed arrows for dead letters."""
    lines = ["flowchart LR", *(f"  {_id(topic.name)}[({topic.name})]" for topic in _topics(flows))]
    for flow in flows:
        lines.append(f"  subgraph {flow.name}")
        lines += [f"    {_id(flow.name, part.name)}{_shape(part)}" for part in flow.parts]
        lines += [f"    {_id(flow.name, each.name)}{_rhythm(each)}" for each in flow.clockworks]
        lines.append("  end")
    for flow in flows:
        for part in flow.parts:
            lines += _arrows(flow, part)
        for each in flow.clockworks:
            lines += [
                f"  {_id(flow.name, each.name)} --> {_id(topic.name)}" for topic in each.writes
            ]
    return "\n".join(lines) + "\n"


def in_page(page: str, drawn: str) -> str:
    """The page with the chart between its two markers.

    Raises:
        ValueError: the page does not have both markers, once each, in order.

    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in after:
        raise ValueError(f"the page needs {BEGIN} and then {END}, once each")
    return f"{before}{BEGIN}\n```mermaid\n{drawn}```\n{END}{after}"


def _topics(flows: Sequence[Flow]) -> list[Topic[Any]]:
    """Every topic once, in the order in which a record meets them."""
    found: dict[str, Topic[Any]] = {}
    for flow in flows:
        for part in flow.parts:
            for topic in (*read_by(part), *_written(part)):
                found.setdefault(topic.name, topic)
        for each in flow.clockworks:
            found |= {topic.name: topic for topic in each.writes}
    return list(found.values())


def _written(part: Step | Drain) -> tuple[Topic[Any], ...]:
    return tuple(dict.fromkeys((*part.writes, dead_letters(part.reads))))


def _arrows(flow: Flow, part: Step | Drain) -> Iterator[str]:
    name = _id(flow.name, part.name)
    yield from (f"  {_id(topic.name)} --> {name}" for topic in read_by(part))
    for topic in _written(part):
        arrow = "-.->" if topic.record is DeadLetter else "-->"
        yield f"  {name} {arrow} {_id(topic.name)}"


def _shape(part: Step | Drain) -> str:
    return f"[{part.name}]" if isinstance(part, Step) else f"[/{part.name}/]"


def _rhythm(clockwork: Clockwork) -> str:
    return f"([{clockwork.name}, every {clockwork.every_s:g} s])"


def _id(*names: str) -> str:
    """A name as Mermaid takes it."""
    return re.sub(r"\W", "_", "_".join(names))
