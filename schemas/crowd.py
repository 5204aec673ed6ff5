"""The records of crowds: how many people were there, of what kind, and how long they stayed.

Times are UTC epoch milliseconds. Windows are of event time, aligned to the site's own day.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from schemas.frames import Gender


class WindowState(StrEnum):
    """How final a window's figures are."""

    UPDATED = "updated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeCounts:
    """People by guessed age; buckets as shops have long used them."""

    age_0_to_15: Annotated[int, "Under 16 years."] = 0
    age_16_to_19: Annotated[int, "16 to 19 years."] = 0
    age_20s: Annotated[int, "20 to 29 years."] = 0
    age_30s: Annotated[int, "30 to 39 years."] = 0
    age_40s: Annotated[int, "40 to 49 years."] = 0
    age_50s: Annotated[int, "50 to 59 years."] = 0
    age_60_and_older: Annotated[int, "60 years and older."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmotionCounts:
    """People by the emotion they showed most."""

    anger: Annotated[int, "Anger."] = 0
    contempt: Annotated[int | None, "Contempt; null until a model has it."] = None
    disgust: Annotated[int, "Disgust."] = 0
    fear: Annotated[int, "Fear."] = 0
    happiness: Annotated[int, "Happiness."] = 0
    neutral: Annotated[int, "Nothing in particular."] = 0
    sadness: Annotated[int, "Sadness."] = 0
    surprise: Annotated[int, "Surprise."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GenderCounts:
    """People of one guessed gender."""

    visitors: Annotated[int, "How many different people."] = 0
    new: Annotated[int, "Of these, seen for the first time."] = 0
    returning: Annotated[int, "Of these, seen before this window's day or visit."] = 0
    ages: Annotated[AgeCounts, "By guessed age."]
    emotions: Annotated[EmotionCounts, "By the emotion shown most."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdCounted:
    """Everything counted in one window of one camera, or of a whole site; the last one counts."""

    window_id: Annotated[str, "site|camera|start|end; camera is * for the whole site."]
    site: Annotated[str, "Site that was counted."]
    camera: Annotated[str | None, "Camera that counted; null for the whole site."]
    window_start: Annotated[int, "First moment of the window, epoch milliseconds UTC."]
    window_end: Annotated[int, "First moment after the window, epoch milliseconds UTC."]
    window_s: Annotated[int, "Length of the window as configured, seconds; a day has 86400."]
    state: Annotated[WindowState, "Whether more may come."]
    revision: Annotated[int, "Counts what was said of this window, from 1."]
    at: Annotated[int, "Event time of what changed it last, epoch milliseconds UTC."]
    visitors: Annotated[int | None, "Different people; null if there were too few to say."]
    males: Annotated[GenderCounts | None, "Those guessed male; null if not asked, or too few."]
    females: Annotated[GenderCounts | None, "Those guessed female; null likewise."]
    ungendered: Annotated[int | None, "People whose gender could not be guessed."]
    unresolved: Annotated[int, "Faces too poor to say whose they are, counted apart."]
    identified: Annotated[tuple[str, ...], "Persons recognised, who consented; sorted."]
    peak_occupancy: Annotated[int, "Most people present at once."]
    mean_occupancy: Annotated[float, "People present on average over the window."]
    mean_dwell_s: Annotated[float | None, "Mean stay of the visits in it; null if none."]
    frames: Annotated[int, "Frames analysed."]
    faces: Annotated[int, "Faces found in them."]
    suppressed: Annotated[bool, "Whether counts under the site's smallest were withheld."]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEnded:
    """Somebody came, stayed and left."""

    visit_id: Annotated[str, "UUID version 5 of camera, person and first_seen."]
    site: Annotated[str, "Site of the camera."]
    camera: Annotated[str, "Camera that saw it."]
    person: Annotated[str, "Pseudonym within the key's period; a name only with consent."]
    first_seen: Annotated[int, "First sighting, epoch milliseconds UTC."]
    last_seen: Annotated[int, "Last sighting, epoch milliseconds UTC."]
    dwell_s: Annotated[float, "From the first sighting to the last, seconds."]
    sightings: Annotated[int, "In how many frames."]
    returning: Annotated[bool, "Whether the person had been here before."]
    gender: Annotated[Gender, "Guessed gender by weighted vote."]
    age: Annotated[float | None, "Guessed age by weighted mean; null if not asked."]
    emotion: Annotated[str | None, "Emotion shown most; null if not asked."]
