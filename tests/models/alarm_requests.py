"""Requests for alarms as tests write them, one word for each: ``warning``, ``ack``, ``ok``."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from hypothesis import strategies as st

from models.alarms.book import AlarmBook
from models.alarms.key import alarm_key
from schemas.alarms import Action, AlarmChange, AlarmRequest, Cause, Change, Judgement, Level

AT = 1_780_000_000_000
SECOND = 1000
ALARM = alarm_key("house", "room-1", "temperature", "too-warm")
LATCHED = alarm_key("house", "room-1", "co2", "latched")

Logged = tuple[AlarmRequest, int]
"""A request and when Kafka logged it."""


class Requests:
    """Makes requests, a second apart unless told otherwise."""

    def __init__(self) -> None:
        self._asked = count(1)
        self._numbers: dict[str, int] = {}
        self.now = AT

    def judge(self, level: str, alarm: str = ALARM, *, late: int = 0, **found: Any) -> AlarmRequest:
        self.now += SECOND
        number = found.pop("number", self._numbers.get(alarm, 0) + 1)
        self._numbers[alarm] = number
        at = found.pop("at", self.now - late)
        usual: dict[str, Any] = {"cause": Cause.VALUE, "value": 31.5, "since": at}
        return AlarmRequest(
            request_id=f"{alarm}#{number}",
            alarm=alarm,
            action=Action.JUDGE,
            at=at,
            by="rules",
            judgement=Judgement(number=number, level=Level(level), **usual | found),
        )

    def ask(self, action: Action, alarm: str = ALARM, **fields: Any) -> AlarmRequest:
        self.now += SECOND
        if action is Action.COMMENT:
            fields = {"text": "seen"} | fields
        if action is Action.SHELVE:
            fields = {"until": self.now + 3600 * SECOND} | fields
        usual: dict[str, Any] = {"request_id": f"p-{next(self._asked)}", "at": self.now}
        return AlarmRequest(alarm=alarm, action=action, **{"by": "ana"} | usual | fields)


def book(**bounds: int) -> AlarmBook:
    return AlarmBook(latched={"latched"}.__contains__, **bounds)


def fold(requests: Iterable[Logged], into: AlarmBook | None = None) -> list[AlarmChange]:
    """The changes by these requests, as the agent gives them; refusals are passed over."""
    folding = book() if into is None else into
    changes: list[AlarmChange] = []
    for request, logged_at in requests:
        changes += folding.expire(logged_at)
        taken = folding.take(request, logged_at=logged_at)
        changes += taken if isinstance(taken, list) else ()
    return changes


def named(changes: Iterable[AlarmChange]) -> list[Change]:
    return [each.change for each in changes]


@st.composite
def logs(draw: st.DrawFn) -> list[Logged]:
    """What may lie in a partition: judgements and people's requests on three alarms, repeats."""
    make = Requests()
    keys = [ALARM, LATCHED, alarm_key("house", "room-2", "temperature", "too-warm")]
    log: list[Logged] = []
    for _ in range(draw(st.integers(0, 40))):
        alarm = draw(st.sampled_from(keys))
        kind = draw(st.sampled_from(["judge"] * 4 + ["ask"] * 2 + ["again"]))
        if kind == "again" and log:
            log.append((draw(st.sampled_from(log))[0], make.now))
        elif kind == "judge":
            level = draw(st.sampled_from(list(Level)))
            flags = {
                flag: draw(st.integers(0, 5)) == 5
                for flag in ("flapping", "inhibited", "backfilled")
            }
            log.append((make.judge(level, alarm, **flags), make.now))
        else:
            action = draw(st.sampled_from([each for each in Action if each is not Action.JUDGE]))
            fields: dict[str, Any] = {}
            if action is Action.SHELVE:
                fields["until"] = make.now + draw(st.integers(0, 9)) * SECOND
            log.append((make.ask(action, alarm, **fields), make.now))
    return log
