"""The truth about messages that were sent, for whoever checks what arrived."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.departures import Sent


@dataclass(slots=True)
class Tally:
    """What was sent, and what was wrong with it on purpose."""

    sent: int = 0
    readings: int = 0
    by_fault: Counter[str] = field(default_factory=Counter)
    """Messages by ``Fault``; those without one are not among them."""

    by_damage: Counter[str] = field(default_factory=Counter)
    """Malformed messages by ``Damage``."""

    first_at: int | None = None
    last_at: int | None = None
    """Earliest and latest event time, epoch milliseconds UTC."""

    def add(self, messages: Sequence[Sent]) -> None:
        """Count messages."""
        self.sent += len(messages)
        self.readings += sum(len(each.record.readings) for each in messages)
        self.by_fault.update(each.fault.value for each in messages if each.fault)
        self.by_damage.update(each.damage.value for each in messages if each.damage)
        times = [each.record.at for each in messages]
        self.first_at = min(times if self.first_at is None else (*times, self.first_at))
        self.last_at = max(times if self.last_at is None else (*times, self.last_at))
