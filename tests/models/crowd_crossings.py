"""People who come, stay, leave and return, as the cameras of a site see them; all of it seeded."""

import time
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from models.crowd.settings import CrowdRules, CrowdSettings
from models.crowd.windows import Calendar
from models.sites import SiteBook
from schemas.frames import Emotions, Face, FrameAnalysed
from tests.models.crowd_frames import MODEL, face, frame, somebody, told
from tests.models.crowd_said import figures, plain_visits
from tests.models.crowd_truth import Truth

ZONE = "Asia/Seoul"
MINUTE_MS, DAY_MS = 60_000, 86_400_000
SPAN_MS = 180 * MINUTE_MS
"""As long as people are about: from an hour and a half before a midnight till as long after it."""

RULES: Mapping[str, Any] = {
    "key": "a key",
    "lateness_s": 7 * 86_400,
    "matching": {MODEL: {"same": 0.9, "alike": 0.97, "sure": 0.95}},
}
"""Settings of the count: nothing that is sent is too late."""


def book(sites: Sequence[str], cameras: str = "ab") -> dict[str, Any]:
    """A site book of places with cameras."""
    hung = {camera: {"max_frames_per_s": 1000} for camera in cameras}
    place = {"latitude": 37.5, "longitude": 127.0, "time_zone": ZONE, "cameras": hung}
    return dict.fromkeys(sites, place)


def rules(sites: Sequence[str], cameras: str = "ab") -> CrowdRules:
    """The count's rules by that book."""
    settings = CrowdSettings.model_validate(dict(RULES))
    return CrowdRules.of(settings, SiteBook.model_validate(book(sites, cameras)))


def crossings(site: str, *, count: int, seed: int, cameras: str = "ab") -> list[FrameAnalysed]:
    """About ``count`` frames of a site in order of time, around a midnight two days ago."""
    random = Random(f"{site} {seed}")
    calendar = Calendar(ZoneInfo(ZONE), window_s=3600, gap_s=300)
    begin = calendar.day_of(time.time_ns() // 1_000_000 - 2 * DAY_MS).start - SPAN_MS // 2
    visits = [visit for person in range(20) for visit in _visits(random, person)]
    every = SPAN_MS * len(cameras) // count
    found = []
    for after in range(0, SPAN_MS, every):
        for camera in cameras:
            there = [who for who, where, a, b in visits if where == camera and a <= after <= b]
            faces = [
                _face(random, who) for who in dict.fromkeys(there) if random.random() < 0.9
            ]  # looking away, now and then
            at = begin + after + random.randrange(every)
            found.append(frame(at, *faces, camera=camera, site=site))
    return found


def closing(site: str, minutes_ago: int) -> FrameAnalysed:
    """A frame of nobody, by which everything before it is over, and told."""
    now = time.time_ns() // 1_000_000
    return frame(now - minutes_ago * MINUTE_MS, camera="a", site=site)


def disordered(
    frames: Sequence[FrameAnalysed], *, seed: int, twice: float = 0.1, late: float = 0.1
) -> list[FrameAnalysed]:
    """The same in another order: this share comes twice, that one long after its time."""
    random = Random(seed)
    places: list[tuple[float, FrameAnalysed]] = []
    for place, each in enumerate(frames):
        delay = random.expovariate(1 / 3)
        if random.random() < late:
            delay = random.uniform(0, len(frames))
        places.append((place + delay, each))
        if random.random() < twice:
            places.append((place + delay + random.expovariate(1 / 50), each))
    return [each for _, each in sorted(places, key=lambda placed: placed[0])]


def truth(
    frames: Sequence[FrameAnalysed], counting: CrowdRules, site: str
) -> tuple[dict[str, Any], list[Any]]:
    """The figures of every window that is over by a site's frames, and its visits."""
    mine = [each for each in frames if each.site == site]
    apart = Truth(mine, counting, site)
    newest = max(each.at for each in mine)
    until = newest // MINUTE_MS * MINUTE_MS - counting.grace_s * 1000
    windows = {
        site + name.removeprefix("hall"): each for name, each in apart.all_figures(until).items()
    }
    return windows, apart.all_visits()


def last_said(said: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
    """What was said last, in the same form: of each window, and all visits."""
    counted = {each.window_id: figures(each) for each in said if hasattr(each, "window_id")}
    return counted, plain_visits(said)


def _visits(random: Random, person: int) -> Iterator[tuple[int, str, int, int]]:
    """Who, at which camera, from when to when: along both of them, up to three times."""
    for _ in range(random.randint(1, 3)):
        came, stay = random.randrange(SPAN_MS), random.randrange(MINUTE_MS, 20 * MINUTE_MS)
        turned = came + random.randrange(stay)
        first, second = random.sample("ab", 2)
        yield person, first, came, turned
        yield person, second, turned, came + stay


def _face(random: Random, person: int) -> Face:
    if random.random() < 0.02:  # no template could be made, now and then
        return face(quality=0.1)
    known = Random(person)
    chance = min(1.0, max(0.0, known.choice((0.1, 0.9)) + random.gauss(0, 0.2)))
    glad = round(random.random(), 3)
    shown = Emotions(
        anger=0.0,
        disgust=0.0,
        fear=0.0,
        happiness=glad,
        neutral=round(1 - glad, 3),
        sadness=0.0,
        surprise=0.0,
    )
    what = told(
        age=round(max(0.0, known.uniform(5, 80) + random.gauss(0, 4)), 1),
        male_probability=round(chance, 3),
        emotions=shown,
    )
    template = somebody(person, random.gauss(0, 0.12))
    return face(template, quality=round(random.uniform(0.2, 0.95), 3), **what)
