"""Updates of shadows as tests write them, and a small site book."""

from collections.abc import Iterable, Sequence
from itertools import count, pairwise
from typing import Any

from hypothesis import strategies as st

from models.shadows.book import ShadowBook
from models.shadows.issue import Told, token
from models.shadows.settings import CommandSettings
from models.shadows.terms import terms_of
from models.sites import SiteBook
from schemas.alarms import AlarmRequest, Level
from schemas.reasons import Reason
from schemas.shadows import CommandState, DeviceCommand, Origin, ShadowUpdate

AT = 1_780_000_000_000
SECOND = 1000
MINUTE = 60 * SECOND
TTL = 300 * SECOND
HOUSE, LAB = "house", "lab"
"""A site that acts, and one that does not."""

BOOK: dict[str, Any] = {
    HOUSE: {
        "latitude": 35.0,
        "longitude": 126.0,
        "time_zone": "Asia/Seoul",
        "act": True,
        "rooms": {
            "one": {"sensor": "room-1", "air_conditioner": "ac-1", "rated_it_kw": 60},
            "two": {"sensor": "room-2", "air_conditioner": "ac-2", "rated_it_kw": 60},
            "bare": {"sensor": "room-3", "rated_it_kw": 60},
        },
    },
    LAB: {
        "latitude": 35.0,
        "longitude": 126.0,
        "time_zone": "Asia/Seoul",
        "rooms": {"one": {"sensor": "room-1", "air_conditioner": "ac-1", "rated_it_kw": 60}},
    },
}

Logged = tuple[ShadowUpdate, int]
"""An update and when Kafka logged it."""


def sites(*, act: bool = True, **limits: float) -> SiteBook:
    """The book; with other limits for the room of ``ac-1``."""
    house = BOOK[HOUSE]
    room = house["rooms"]["one"] | {"setpoint": limits}
    rooms = house["rooms"] | {"one": room}
    return SiteBook.model_validate(BOOK | {HOUSE: house | {"act": act, "rooms": rooms}})


def book(*, act: bool = True, remembered: int = 10_000, **limits: float) -> ShadowBook:
    terms = terms_of(sites(act=act, **limits), CommandSettings())
    return ShadowBook(terms, remembered_updates=remembered)


class Updates:
    """Makes updates of one device, ten seconds apart unless told otherwise."""

    def __init__(self, device: str = "ac-1", site: str = HOUSE) -> None:
        self.site, self.device = site, device
        self._count = count(1)
        self.now = AT

    def model(self, setpoint_c: float, **fields: Any) -> ShadowUpdate:
        return self._made(Origin.MODEL, setpoint_c, **{"by": "energy 1"} | fields)

    def person(self, setpoint_c: float | None, **fields: Any) -> ShadowUpdate:
        return self._made(Origin.PERSON, setpoint_c, **{"by": "ana"} | fields)

    def report(
        self, setpoint_c: float | None, version: int | None = None, **fields: Any
    ) -> ShadowUpdate:
        """A report, with the token that belongs to its version."""
        if version is not None:
            usual = {"version": version, "client_token": token(self.site, self.device, version)}
            fields = usual | fields
        return self._made(Origin.DEVICE, setpoint_c, **{"by": self.device} | fields)

    def _made(self, origin: Origin, setpoint_c: float | None, **fields: Any) -> ShadowUpdate:
        self.now += fields.pop("after", 10 * SECOND)
        usual: dict[str, Any] = {
            "update_id": f"{self.device}-{origin}-{next(self._count)}",
            "site": self.site,
            "device": self.device,
            "origin": origin,
            "at": self.now,
            "setpoint_c": setpoint_c,
        }
        return ShadowUpdate(**usual | fields)


def fold(log: Iterable[Logged | ShadowUpdate], into: ShadowBook | None = None) -> list[Told]:
    """What is told of these updates; each was logged at once unless told otherwise."""
    folding, told = book() if into is None else into, list[Told]()
    for each in log:
        update, logged_at = each if isinstance(each, tuple) else (each, each.at)
        told += folding.expire(logged_at)
        told += folding.take(update, logged_at=logged_at)[0]
    return told


def refused(update: ShadowUpdate, into: ShadowBook | None = None) -> Reason | None:
    _, found = (book() if into is None else into).take(update, logged_at=AT + 10 * SECOND)
    return found[0] if found else None


def commands(told: Iterable[object]) -> list[DeviceCommand]:
    return [each for each in told if isinstance(each, DeviceCommand)]


def states(told: Iterable[object]) -> list[tuple[int, CommandState, float]]:
    """Version, state and wanted setpoint of each command."""
    return [(each.version, each.state, each.desired_c) for each in commands(told)]


def alarms(told: Iterable[object]) -> list[Level]:
    found = [each.judgement for each in told if isinstance(each, AlarmRequest)]
    return [each.level for each in found if each]


SETPOINTS = [15.0, 18.0, 20.2, 22.0, 22.5, 23.0, 24.0, 26.5, 27.0, 35.0, 39.9]
WEIRD = [float("nan"), float("inf"), -40.0, 4.9, 40.1, 1e300]


@st.composite
def logs(draw: st.DrawFn) -> list[Logged]:
    """What may lie in a partition: wishes, people, reports, repeats, of any time and order."""
    makers = [Updates("ac-1"), Updates("ac-2"), Updates("ac-1", LAB), Updates("ac-9")]
    log: list[Logged] = []
    known = book()
    logged_at = AT
    for _ in range(draw(st.integers(0, 40))):
        logged_at += draw(st.sampled_from([0, 1, 10 * SECOND, 50 * SECOND, 4 * MINUTE, TTL]))
        if log and draw(st.integers(0, 6)) == 0:
            log.append((draw(st.sampled_from(log))[0], logged_at))
        else:
            make = draw(st.sampled_from(makers[:3] * 3 + makers[3:]))
            follows = draw(st.integers(0, 2)) == 0
            update = _followed(draw, make, known, logged_at) if follows else None
            log.append((update or _update(draw, make, logged_at), logged_at))
        fold(log[-1:], known)
    return log


def _followed(
    draw: st.DrawFn, make: Updates, known: ShadowBook, logged_at: int
) -> ShadowUpdate | None:
    """What a device says that does as it is told, or that somebody turns once it has done so."""
    shadow = known._shadows.get((make.site, make.device))
    if shadow is None or shadow.command is None:
        return None
    if shadow.command.state is not CommandState.ACKNOWLEDGED:
        version = draw(st.sampled_from([None, shadow.command.version]))
        return make.report(shadow.command.desired_c, version, at=logged_at)
    version = draw(st.sampled_from([None, shadow.answered, shadow.command.version]))
    return make.report(draw(st.sampled_from(SETPOINTS)), version, at=logged_at)


def _update(draw: st.DrawFn, make: Updates, logged_at: int) -> ShadowUpdate:
    early = draw(st.sampled_from([0] * 6 + [1, 15 * SECOND, 2 * TTL, -MINUTE, -2 * TTL]))
    at = logged_at - early
    setpoint_c = draw(st.sampled_from(SETPOINTS * 4 + WEIRD))
    kind = draw(st.sampled_from(["model"] * 5 + ["person", "report", "answer", "answer"]))
    if kind == "model":
        return make.model(setpoint_c, at=at)
    if kind == "person":
        hold_s = draw(st.sampled_from([None, 60.0, 600.0, 1e9]))
        return make.person(draw(st.sampled_from([None, setpoint_c])), at=at, hold_s=hold_s)
    version = draw(st.integers(0, 6)) if kind == "answer" else None
    return make.report(setpoint_c, version, at=at, refused=draw(st.integers(0, 3)) == 0)


def cut(log: Sequence[Logged], edges: Sequence[int]) -> list[Sequence[Logged]]:
    """The log in pieces."""
    places = [0, *sorted(min(edge, len(log)) for edge in edges), len(log)]
    return [log[first:end] for first, end in pairwise(places)]
