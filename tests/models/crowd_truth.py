"""Counting by brute force: a set of frames, and everything that follows from it, one by one.

It knows the rules, and nothing of how the count keeps them: no arrays, no state, no shortcuts.
"""

from collections import defaultdict
from typing import Any

from schemas.frames import Gender
from tests.models.crowd_apart import Apart, Person

AGES = (16, 20, 30, 40, 50, 60)
EMOTIONS = ("anger", "contempt", "disgust", "fear", "happiness", "neutral", "sadness", "surprise")


class Truth(Apart):
    """What is to be said of one site's people."""

    def visits(self, camera: str | None, until: int, since: int) -> list[tuple[Person, list[Any]]]:
        """Visits of a day that begins at ``since``, by what was seen before ``until``."""
        seen: dict[int, list[Any]] = defaultdict(list)
        for _, where, group in self.groups:
            assert group.person
            if camera in (None, where):
                seen[group.person.number] += [
                    each for each in group.sightings if since <= each[0].at < until
                ]
        found = []
        for number, sightings in seen.items():
            sightings.sort(key=lambda each: each[0].at)
            visit: list[Any] = []
            for each in sightings:
                if visit and each[0].at - visit[-1][0].at > self.settings.gap_s * 1000:
                    found.append((self.people[number], visit))
                    visit = []
                visit.append(each)
            if visit:
                found.append((self.people[number], visit))
        return found

    def window_figures(  # noqa: C901  # a row of figures, each simple
        self, camera: str | None, span: tuple[int, int]
    ) -> dict[str, Any]:
        """The figures of a window, without its revision and state."""
        start, end = span
        day = self.day(start)[0]
        frames = [f for f in self.frames if camera in (None, f.camera) and start <= f.at < end]
        persons: dict[int, list[Any]] = defaultdict(list)
        for _, where, group in self.groups:
            for each in group.sightings:
                if camera in (None, where) and start <= each[0].at < end:
                    assert group.person
                    persons[group.person.number].append(each)
        genders: dict[Gender, list[tuple[int, Any]]] = defaultdict(list)
        for number, sightings in persons.items():
            genders[vote(sightings)[0]].append((number, sightings))
        site_visits = self.visits(None, end, day)

        def is_new(number: int) -> bool:
            visits = [v for p, v in site_visits if p.number == number]
            mine = {id(face) for _, face in persons[number]}
            touching = min(n for n, v in enumerate(visits) if any(id(f) in mine for _, f in v))
            return self.people[number].founded >= day and touching == 0

        def counts(gender: Gender) -> dict[str, Any]:
            them = genders[gender]
            ages, emotions = [0] * 7, [0] * 8
            for _, sightings in them:
                _, bucket, _, emotion = vote(sightings)
                if bucket is not None:
                    ages[bucket] += 1
                if emotion is not None:
                    emotions[EMOTIONS.index(emotion)] += 1
            new = sum(is_new(number) for number, _ in them)
            return {
                "visitors": len(them),
                "new": new,
                "returning": len(them) - new,
                "ages": ages,
                "emotions": emotions,
            }

        stays = []
        for _, visit in self.visits(camera, end, day):
            if visit[-1][0].at >= start:
                stays.append((visit[0][0].at, visit[-1][0].at))
        present = [(max(came, start), went) for came, went in stays]
        peak = max((sum(a <= at <= b for a, b in present) for at, _ in present), default=0)
        return {
            "visitors": len(persons),
            "males": counts(Gender.MALE),
            "females": counts(Gender.FEMALE),
            "ungendered": len(genders[Gender.UNKNOWN]),
            "unresolved": sum(
                1 for f in self.unresolved if camera in (None, f.camera) and start <= f.at < end
            ),
            "frames": len(frames),
            "faces": sum(len(f.faces) for f in frames),
            "peak_occupancy": peak,
            "mean_occupancy": round(sum(b - a for a, b in present) / (end - start), 6),
            "mean_dwell_s": round(sum(b - a for a, b in stays) / len(stays) / 1000, 3)
            if stays
            else None,
            "at": max((f.at for f in frames), default=start),
        }

    def all_figures(self, until: int) -> dict[str, dict[str, Any]]:
        """Every window, and day, that has ended by a time, by its id."""
        found = {}
        for camera in [None, *sorted({frame.camera for frame in self.frames})]:
            mine = [f.at for f in self.frames if camera in (None, f.camera)]
            for find in (self.window, self.day):
                span = find(min(mine))
                while span[1] <= until:
                    name = f"hall|{camera or '*'}|{span[0]}|{span[1]}"
                    found[name] = self.window_figures(camera, span)
                    span = find(span[1])
        return found

    def all_visits(self) -> list[tuple[Any, ...]]:
        """Camera, first and last seen, sightings, returning, gender, age and emotion."""
        found = []
        for camera in {frame.camera for frame in self.frames}:
            for day in {self.day(frame.at) for frame in self.frames}:
                at_site = self.visits(None, day[1], day[0])
                for person, visit in self.visits(camera, day[1], day[0]):
                    whole = [v for p, v in at_site if p is person]
                    ids = {id(face) for _, face in visit}
                    place = min(n for n, v in enumerate(whole) if any(id(f) in ids for _, f in v))
                    gender, _, age, emotion = vote(visit)
                    returning = place > 0 or person.founded < day[0]
                    first, last = visit[0][0].at, visit[-1][0].at
                    what = (len(visit), returning, str(gender), age, emotion)
                    found.append((camera, first, last, *what))
        return sorted(found, key=str)


def vote(sightings: list[Any]) -> tuple[Gender, int | None, float | None, str | None]:
    """Gender, bucket of ages, age and emotion of whoever these sightings are of."""
    male = age_weight = years = shown = 0
    emotions = dict.fromkeys(EMOTIONS, 0)
    for _, face in sightings:
        weight = max(1, round(face.quality * 1000))
        chance = face.male_probability
        if chance is None and face.gender is not Gender.UNKNOWN:
            chance = 1.0 if face.gender is Gender.MALE else 0.0
        if chance is not None:
            male += weight * round((2 * chance - 1) * 1000)
        if face.age is not None:
            age_weight += weight
            years += weight * round(face.age * 10)
        if face.emotions:
            shown += weight
            for name in EMOTIONS:
                emotions[name] += weight * round((getattr(face.emotions, name) or 0) * 1000)
    gender = Gender.MALE if male > 0 else Gender.FEMALE if male < 0 else Gender.UNKNOWN
    bucket = sum(years >= each * 10 * age_weight for each in AGES) if age_weight else None
    age = round(years / age_weight / 10, 1) if age_weight else None
    emotion = max(EMOTIONS, key=lambda name: (emotions[name], -EMOTIONS.index(name)))
    return gender, bucket, age, emotion if shown else None
