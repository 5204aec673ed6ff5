"""More people at once than there may be, as judgements for the alarm book."""

from collections.abc import Iterator

from models.alarms.key import alarm_key
from models.crowd.privacy import Limit
from models.crowd.site import SiteCrowd
from models.crowd.telling import ALL
from models.crowd.windows import Span
from schemas.alarms import Action, AlarmRequest, Cause, Judgement, Level

RESOURCE, RULE, UNIT = "occupancy", "occupancy-limit", "{people}"


class Limits:
    """Judges how many people a site and its cameras have seen just now.

    Of so few that counts of them are withheld the number is left out. Where nobody is known beyond
    a window of a camera, a site has as many as its cameras together, so who is seen by two counts
    twice; and about a change of windows it is as many as in the one that has more of them, which
    may be too few, but raises no alarm for people who only stayed.
    """

    def __init__(self, crowd: SiteCrowd) -> None:
        self._crowd = crowd
        self.over: dict[str, int] = {}
        """Since when each is over its limit: cameras, and ``ALL`` for the site."""

    def judge(self, clock: int, seen_at: int) -> Iterator[AlarmRequest]:
        """What has changed when it is ``clock``; a judgement's number is that time."""
        site = self._crowd.site
        limits = {name: camera.limit for name, camera in site.cameras.items()} | {ALL: site.limit}
        for name in sorted(limits.keys() | self.over.keys()):
            limit = limits.get(name)
            present = self._present(name, clock) if limit else 0
            over = limit is not None and present > (limit.well if name in self.over else limit.most)
            if over != (name in self.over):
                since = self.over.setdefault(name, clock) if over else self.over.pop(name, clock)
                times = {"since": clock if over else since, "at": clock, "seen_at": seen_at}
                yield self._judged(name, present, limit, **times)

    def _present(self, name: str, clock: int) -> int:
        """People seen lately."""
        calendar, apart = self._crowd.calendar, not self._crowd.knows_again
        oldest = at = clock - self._crowd.settings.present_s * 1000
        seen: list[set[int]] = []
        while at <= clock:
            span = calendar.window_of(at) if apart else calendar.day_of(at)
            seen.append(self._seen(name, span, oldest, clock))
            at = span.end
        return max(map(len, seen)) if apart else len(set[int]().union(*seen))

    def _seen(self, name: str, span: Span, oldest: int, clock: int) -> set[int]:
        """Who was seen in a window or day from ``oldest`` to ``clock``."""
        crowd = self._crowd
        rows = crowd.stays(Span(max(span.start, oldest - crowd.calendar.piece_ms), span.end))
        rows = rows[(rows["last"] >= oldest) & (rows["first"] <= clock)]
        if name != ALL:
            rows = rows[rows["camera"] == crowd.camera(name)]
        return set(rows["person"].tolist())

    def _judged(
        self, name: str, present: int, limit: Limit | None, *, since: int, at: int, seen_at: int
    ) -> AlarmRequest:
        key = alarm_key(self._crowd.name, name, RESOURCE, RULE)
        few = 0 < present < self._crowd.site.privacy.smallest
        return AlarmRequest(
            request_id=f"{key}#{at}",
            alarm=key,
            action=Action.JUDGE,
            at=at,
            by="rules",
            judgement=Judgement(
                number=at,
                level=Level.WARNING if name in self.over else Level.OK,
                cause=Cause.VALUE,
                value=None if few else float(present),
                threshold=float(limit.most) if limit else None,
                unit=UNIT,
                since=since,
                seen_at=seen_at,
            ),
        )
