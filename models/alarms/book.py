"""The alarms of one partition: requests in, in the one order of their topic, changes out.

Everything follows from the requests and from when Kafka logged them, so the same log gives the
same changes with the same numbers, wherever batches are cut and whenever a worker starts anew.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from uuid import uuid5

from models.alarms.changes import NAMESPACE
from models.alarms.fold import Step, asked, judged
from models.alarms.key import parts
from models.alarms.refusals import Refusal, refusal
from models.alarms.state import AlarmState, opened, pages
from schemas.alarms import Action, AlarmChange, AlarmRequest, Change
from schemas.codec import encode

CLOCK = "clock"
"""Who ends a shelving whose time is over."""


class AlarmBook:
    """Folds requests into changes, and remembers how every alarm is.

    ``latched`` says by a rule's name whether its alarms stand until acknowledged.

    When more than ``remembered_alarms`` are known, those that are cleared, neither shelved nor
    disabled and longest untouched are forgotten; an alarm that is not so never is. A forgotten
    alarm begins anew: its sequence and openings count from 1 again, people cannot ask anything of
    it, and a judgement on it that comes again is a new one. Whoever orders changes should look at
    ``raised_at`` before ``sequence``.
    """

    def __init__(
        self,
        *,
        latched: Callable[[str], bool],
        remembered_alarms: int = 100_000,
        remembered_requests: int = 10_000,
    ) -> None:
        self._latched = latched
        self._most_alarms, self._most_requests = remembered_alarms, remembered_requests
        self._alarms: dict[str, AlarmState] = {}
        """By key, the longest untouched first."""

        self._idle: dict[str, None] = {}
        """Keys that may be forgotten, in the same order."""

        self._requests: dict[str, None] = {}
        self._shelved: list[tuple[int, str]] = []
        """A heap of ends and keys; what is no longer so is passed over."""

        self._encoded: dict[str, bytes] = {}
        """What of it needs no encoding when it is saved again."""

    def __len__(self) -> int:
        """Count the alarms and requests remembered."""
        return len(self._alarms) + len(self._requests)

    def take(self, request: AlarmRequest, *, logged_at: int) -> list[AlarmChange] | Refusal:
        """What a request changes, which may be nothing; or why it is set aside.

        ``logged_at`` is Kafka's timestamp of it, epoch milliseconds. Call ``expire`` with the
        same time before.
        """
        # judgements are told by their numbers, so that nobody can take their ids beforehand
        if request.action is not Action.JUDGE and request.request_id in self._requests:
            return []
        state = self._alarms.get(request.alarm)
        if refused := refusal(request, state, logged_at=logged_at):
            return refused
        if request.action is Action.JUDGE:
            rule = parts(request.alarm)[3].partition("!")[0]
            state = state or AlarmState(alarm=request.alarm)
            latch = self._latched(rule)
            return self._kept(state, judged(state, request, latch=latch, logged_at=logged_at))
        assert state is not None
        self._remember(request.request_id)
        return self._kept(state, asked(state, request))

    def expire(self, now_ms: int) -> list[AlarmChange]:
        """End the shelvings whose time is over."""
        changes: list[AlarmChange] = []
        while self._shelved and self._shelved[0][0] <= now_ms:
            until, alarm = heappop(self._shelved)
            state = self._alarms.get(alarm)
            if state and state.live and state.live.shelved_until == until:
                changes += self._kept(state, asked(state, _end(alarm, until)))
        return changes

    def save(self) -> bytes:
        """Everything it remembers."""
        for key, state in self._alarms.items():
            if key not in self._encoded:
                self._encoded[key] = encode(state)
        return pages((self._encoded[key] for key in self._alarms), self._requests)

    def load(self, data: bytes) -> None:
        """Remember what was saved, in place of everything else.

        Raises:
            UndecodableError: these bytes were not saved by a book.

        """
        states, requests = opened(data)
        self._alarms, self._encoded = {}, {}
        for state, body in states:
            self._alarms[state.alarm], self._encoded[state.alarm] = state, body
        self._requests = dict.fromkeys(requests)
        self._idle = {key: None for key, state in self._alarms.items() if _is_idle(state)}
        self._shelved = [
            (state.live.shelved_until, key)
            for key, state in self._alarms.items()
            if state.live and state.live.shelved_until is not None
        ]
        heapify(self._shelved)

    def _kept(self, before: AlarmState, step: Step) -> list[AlarmChange]:
        state, changes = step
        key, live = state.alarm, state.live
        if state is before:
            return []
        for order in (self._alarms, self._idle, self._encoded):
            order.pop(key, None)
        self._alarms[key] = state
        if _is_idle(state):
            self._idle[key] = None
        if live and live.change is Change.SHELVED and live.shelved_until is not None:
            heappush(self._shelved, (live.shelved_until, key))
        while len(self._alarms) > self._most_alarms and self._idle:
            forgotten = next(iter(self._idle))
            del self._idle[forgotten], self._alarms[forgotten]
            self._encoded.pop(forgotten, None)
        return changes

    def _remember(self, request_id: str) -> None:
        self._requests[request_id] = None
        if len(self._requests) > self._most_requests:
            del self._requests[next(iter(self._requests))]


def _is_idle(state: AlarmState) -> bool:
    live = state.live
    return live is None or not (live.active or live.disabled or live.shelved_until is not None)


def _end(alarm: str, until: int) -> AlarmRequest:
    return AlarmRequest(
        request_id=str(uuid5(NAMESPACE, f"{alarm} shelved until {until}")),
        alarm=alarm,
        action=Action.UNSHELVE,
        at=until,
        by=CLOCK,
    )
