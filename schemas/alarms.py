"""The records of alarms: what rules find and people ask, and what becomes of each alarm.

An alarm is called by its key, ``site/device/resource/rule``: one thing that can be wrong. It may
open many times; each time has an id of its own. Times are UTC epoch milliseconds.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from schemas.records import Position


class Level(StrEnum):
    """How bad it is, in ascending order."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Cause(StrEnum):
    """What kind of thing is wrong."""

    VALUE = "value"
    RATE = "rate"
    SILENCE = "silence"
    TROUBLE = "trouble"


class Action(StrEnum):
    """What is asked for an alarm: ``judge`` by the rules, everything else by people."""

    JUDGE = "judge"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    DISABLE = "disable"
    ENABLE = "enable"
    COMMENT = "comment"


class Change(StrEnum):
    """What became of an alarm."""

    CREATED = "created"
    RAISED = "raised"
    LOWERED = "lowered"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    DISABLED = "disabled"
    ENABLED = "enabled"
    COMMENTED = "commented"
    FLAPPING = "flapping"
    STEADY = "steady"
    INHIBITED = "inhibited"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRequest:
    """What may change an alarm: a judgement of the rules, or something a person asks for."""

    request_id: Annotated[str, "Unique; a repeated id is the same request sent again."]
    alarm: Annotated[str, "Key of the alarm: site/device/resource/rule."]
    action: Annotated[Action, "What is asked."]
    at: Annotated[int, "Event time of the judgement, or when the person asked, epoch ms UTC."]
    by: Annotated[str, "Who asks; rules for a judgement."]
    until: Annotated[int | None, "End of a shelving, epoch ms UTC."] = None
    text: Annotated[str | None, "Comment or reason in the person's words."] = None
    judgement: Annotated["Judgement | None", "What the rules found; null from a person."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules found: the state that the alarm's condition has from now on."""

    number: Annotated[int, "Rises with each judgement on this alarm; a repeat has the same."]
    level: Annotated[Level, "Level from now on; ok means the condition is gone."]
    cause: Annotated[Cause, "What kind of thing is wrong."]
    value: Annotated[float | None, "The value that decided; null for silence or a text."] = None
    threshold: Annotated[float | None, "The limit that it crossed, in the same unit."] = None
    unit: Annotated[str | None, "Unit of value and threshold, UCUM code."] = None
    since: Annotated[int, "Event time from which on the condition held, epoch ms UTC."]
    flapping: Annotated[bool, "Whether the level changes too often to be followed."] = False
    inhibited: Annotated[bool, "Whether the device is silent, so its values mean nothing."] = False
    backfilled: Annotated[bool, "Whether it was found in late data; it pages nobody."] = False
    profile: Annotated[str, "Device profile."] = ""
    position: Annotated[Position | None, "Where the device is, if it says."] = None
    seen_at: Annotated[int, "Kafka's timestamp of the reading that decided, epoch ms UTC."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmChange:
    """One change of an alarm, with everything known of the alarm after it."""

    alarm: Annotated[str, "Key of the alarm: site/device/resource/rule."]
    alarm_id: Annotated[str, "Id of this opening: UUID version 5 of key and raised_at."]
    sequence: Annotated[int, "Counts the changes of this key from 1, without gaps."]
    change: Annotated[Change, "What happened."]
    at: Annotated[int, "When it happened, in event time, epoch ms UTC."]
    site: Annotated[str, "Site of the device."]
    device: Annotated[str, "Device, unique within its site."]
    profile: Annotated[str, "Device profile."]
    resource: Annotated[str, "Quantity that the rule watches."]
    rule: Annotated[str, "Name of the rule."]
    cause: Annotated[Cause, "What kind of thing is wrong."]
    level: Annotated[Level, "Level now; ok once cleared."]
    previous_level: Annotated[Level, "Level before this change."]
    worst_level: Annotated[Level, "Worst level of this opening."]
    active: Annotated[bool, "Whether the alarm stands; a latched one does until acknowledged."]
    acknowledged: Annotated[bool, "Whether somebody has seen it."]
    latched: Annotated[bool, "Whether only the acknowledgement is missing for it to clear."]
    flapping: Annotated[bool, "Whether the level changes too often to be followed."]
    inhibited: Annotated[bool, "Whether the device is silent, so its values mean nothing."]
    backfilled: Annotated[bool, "Whether it was found in late data; it pages nobody."]
    disabled: Annotated[bool, "Whether somebody switched it off."]
    shelved_until: Annotated[int | None, "End of a shelving, epoch ms UTC; null if there is none."]
    value: Annotated[float | None, "The value that decided last."]
    threshold: Annotated[float | None, "The limit that it crossed."]
    unit: Annotated[str | None, "Unit of value and threshold, UCUM code."]
    raised_at: Annotated[int, "Event time at which this opening was raised, epoch ms UTC."]
    cleared_at: Annotated[int | None, "Event time at which it cleared; null while active."]
    acknowledged_at: Annotated[int | None, "When it was acknowledged; null if it was not."]
    acknowledged_by: Annotated[str | None, "Who acknowledged it."]
    duration_s: Annotated[float, "From raised_at to cleared_at, or to at while active, seconds."]
    openings: Annotated[int, "How many times this key has opened so far."]
    by: Annotated[str, "Who caused the change; rules for a judgement."]
    text: Annotated[str | None, "Comment or reason in the person's words."]
    judged: Annotated[int, "Number of the last judgement taken in; 0 before the first."]
    request_id: Annotated[str, "The request that caused the change."]
    position: Annotated[Position | None, "Where the device is, if it says."]
    seen_at: Annotated[int, "Kafka's timestamp of the reading that decided, epoch ms UTC."]
