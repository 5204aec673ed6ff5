"""One step at work on one batch: decode, hand to the agent, encode what it says.

Bytes in, bytes out: sending, waiting and acknowledging are the lane's business.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.batch import Columns, Raw
from schemas.reasons import SetAside
from streams.reader import Reader
from streams.writer import Outgoing, Writer, dead_letter

Agent = Callable[[Any], Iterable[Any]]
"""Takes a batch; gives columns, records and rows set aside. May remember its partition."""


@dataclass(slots=True)
class Result:
    """What became of one batch."""

    messages: dict[str, list[Outgoing]] = field(default_factory=dict)
    """By topic, ready to be sent; dead letters among them."""

    aside: Counter[str] = field(default_factory=Counter)
    """How many records were set aside, by reason."""

    records_out: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """A step's name, how it reads and how it writes; the agent comes with each partition."""

    name: str
    read: Reader
    write: Writer

    def process(self, raw: Raw, agent: Agent, *, now_ms: int) -> Result:
        """Everything that has to be sent because of ``raw``."""
        read = self.read(raw)
        result, aside = self.said(agent(read.batch) if read.size else ())
        aside = [*read.aside, *map(read.in_messages, aside)]
        if aside:
            self.set_aside(result, raw, aside, now_ms=now_ms)
        return result

    def said(self, outputs: Iterable[Any]) -> tuple[Result, list[SetAside]]:
        """What has to be sent because of an agent's words; what it sets aside comes back."""
        result, aside = Result(), []
        records: dict[type, list[Any]] = {}
        for output in outputs:
            if isinstance(output, Columns):
                self._add(result, *self.write.columns(output))
            elif isinstance(output, SetAside):
                aside.append(output)
            else:
                records.setdefault(type(output), []).append(output)
        for same_type in records.values():
            self._add(result, *self.write.records(same_type))
        return result, aside

    def set_aside(
        self, result: Result, raw: Raw, aside: Iterable[SetAside], *, now_ms: int
    ) -> None:
        """Add a dead letter for each message set aside."""
        in_order = sorted(aside, key=lambda each: each.row)
        letters = [dead_letter(raw, each, step=self.name, now_ms=now_ms) for each in in_order]
        topic, messages = self.write.records(letters)
        result.messages.setdefault(topic, []).extend(messages)
        result.aside.update(each.reason.value for each in in_order)

    def _add(self, result: Result, topic: str, messages: list[Outgoing]) -> None:
        result.messages.setdefault(topic, []).extend(messages)
        result.records_out += len(messages)
