"""What is said of an alarm: title, text and fields, in the language and markup of a channel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.alarms.key import COMMAND
from models.alarms.rules import Rule
from models.notify.channels import Channel, Language
from models.notify.message_fields import template_error
from models.notify.plain_text import duration, escape, number, plain, shown_unit
from models.notify.wording import LANGUAGES, Words
from schemas.alarms import AlarmChange, Cause, Level
from schemas.notifications import Occasion

TITLE_LIMIT, TEXT_LIMIT = 300, 1100
"""With a link of 500 characters they stay below 1,900; Discord takes 2,000."""

LATEST_MS = 253_402_300_799_000
"""The end of the year 9999, the last that has a name."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is said."""

    title: str
    text: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One message within a digest."""

    alarm_id: str
    sequence: int
    occasion: Occasion
    level: Level
    at: int
    """Event time of the change, epoch ms UTC."""

    title: str

    @property
    def reference(self) -> str:
        """What it was about, for machines."""
        return f"{self.alarm_id}#{self.sequence}#{self.occasion}"


def message(
    change: AlarmChange, occasion: Occasion, *, channel: Channel, rule: Rule | None
) -> Message:
    """What is said of a change on a channel; whatever names devices have, it never fails."""
    words = LANGUAGES[channel.language]
    fields = fields_of(change, rule)
    harmless = escape(channel.kind)
    safe = _escaped(fields, harmless)
    tag = words.tags.get(occasion, "{level}").format(
        level=words.levels[standing(change)], previous=words.levels[change.previous_level]
    )
    title = f"[{tag}] {safe['site']}/{safe['device']} {_finding(change, safe, words)}"
    text = _own(rule, occasion, channel.language, safe)
    if not text and occasion is Occasion.ACKNOWLEDGED:
        text = _acknowledgement(change, harmless, words)
    text = text or (words.lasted if occasion is Occasion.CLEARED else words.since).format_map(safe)
    return Message(_cut(title, TITLE_LIMIT), _cut(text, TEXT_LIMIT), fields)


def digest(lines: Sequence[Line], *, channel: Channel) -> Message:
    """Many messages as one: the worst first, as many lines as fit, and how many are left."""
    words = LANGUAGES[channel.language]
    worst = worst_of(lines)
    title = words.digest.format(level=words.levels[worst], count=len(lines))
    shown: list[str] = []
    room = TEXT_LIMIT - 50
    for line in sorted(lines, key=lambda line: -RANK[line.level]):
        room -= len(line.title) + 1
        if room < 0:
            shown.append(words.more.format(count=len(lines) - len(shown)))
            break
        shown.append(line.title)
    references = " ".join(line.reference for line in lines)
    return Message(title, "\n".join(shown), {"count": str(len(lines)), "messages": references})


def standing(change: AlarmChange) -> Level:
    """The level at which an alarm stands: a latched one at its worst, until it is acknowledged."""
    return change.worst_level if change.latched else change.level


RANK = {level: place for place, level in enumerate(Level)}
"""How bad each level is."""


def worst_of(lines: Sequence[Line]) -> Level:
    """The worst level of a digest."""
    return max((line.level for line in lines), key=RANK.__getitem__)


def fields_of(change: AlarmChange, rule: Rule | None) -> dict[str, str]:
    """The fields of a message, ``models.notify.message_fields.FIELDS``, as plain text."""
    rate = "/min" if change.cause is Cause.RATE else ""
    return {
        "site": plain(change.site),
        "device": plain(change.device),
        "profile": plain(change.profile),
        "resource": plain(change.resource),
        "rule": plain(change.rule),
        "cause": str(change.cause),
        "level": str(change.level),
        "previous_level": str(change.previous_level),
        "value": "" if change.value is None else number(change.value),
        "threshold": "" if change.threshold is None else number(change.threshold),
        "unit": plain(shown_unit(change.unit) + rate),
        "since": moment(change.raised_at),
        "duration": duration(change.duration_s),
        "runbook": (rule and rule.runbook) or "",
    }


def moment(at_ms: int) -> str:
    """An instant in UTC, to the second."""
    instant = datetime.fromtimestamp(max(0, min(at_ms, LATEST_MS)) / 1000, UTC)
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _escaped(fields: Mapping[str, str], safe: Callable[[str], str]) -> dict[str, str]:
    return {name: text if name == "runbook" else safe(text) for name, text in fields.items()}


def _finding(change: AlarmChange, safe: Mapping[str, str], words: Words) -> str:
    """What was found: the value beside its limit if there are both."""
    commanded = (change.resource, change.rule) == COMMAND
    measured = commanded or change.cause in (Cause.VALUE, Cause.RATE)
    if not measured or change.value is None:
        wrong = words.disobeyed if commanded else words.causes[change.cause]
        return f"{safe['resource']} {wrong}"
    unit = f" {safe['unit']}".rstrip()
    value = f"{safe['resource']} {safe['value']}{unit}"
    if change.threshold is None:
        return value
    return f"{value} {_sign(change.value, change.threshold)} {safe['threshold']}{unit}"


def _sign(value: float, threshold: float) -> str:
    return "=" if value == threshold else ">" if value > threshold else "<"


def _own(rule: Rule | None, occasion: Occasion, language: Language, safe: Mapping[str, str]) -> str:
    """The rule's own message, if it has one that can be used."""
    if rule is None or occasion not in (Occasion.CREATED, Occasion.RAISED):
        return ""
    template = rule.messages.get(language, "")
    return "" if template_error(template) else template.format_map(safe)


def _acknowledgement(change: AlarmChange, harmless: Callable[[str], str], words: Words) -> str:
    by = words.by.format(by=harmless(plain(change.acknowledged_by or change.by)))
    return f"{by} {harmless(plain(change.text or '', 500))}".rstrip()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
