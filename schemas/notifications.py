"""The records of notifications: what is to be said on which channel, and how each attempt ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from schemas.alarms import Level


class Occasion(StrEnum):
    """Why something is said."""

    CREATED = "created"
    RAISED = "raised"
    LOWERED = "lowered"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    FLAPPING = "flapping"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DIGEST = "digest"


class Ending(StrEnum):
    """How an attempt to deliver ended."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message for one channel."""

    notification_id: Annotated[str, "UUID version 5 of what is said where; the idempotency key."]
    channel: Annotated[str, "Name of the channel, as the rules file has it."]
    lane: Annotated[int, "Partition of the channel, so that none waits for another."]
    occasion: Annotated[Occasion, "Why it is said."]
    alarm: Annotated[str | None, "Key of the alarm; null for a digest."]
    alarm_id: Annotated[str | None, "Id of the alarm's opening; null for a digest."]
    sequence: Annotated[int | None, "Sequence number of the change; null for a digest."]
    level: Annotated[Level, "Level of the alarm, or the worst of a digest."]
    title: Annotated[str, "One line in the channel's language."]
    text: Annotated[str, "The message in the channel's language."]
    runbook: Annotated[str | None, "Link to what to do."]
    fields: Annotated[Mapping[str, str], "Site, device, value and so on, for machines."]
    at: Annotated[int, "Event time of the change, epoch ms UTC."]
    seen_at: Annotated[int, "Kafka's timestamp of the reading behind it, epoch ms UTC; 0 if none."]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationAttempt:
    """One attempt to deliver a notification."""

    notification_id: Annotated[str, "The notification's id."]
    channel: Annotated[str, "Name of the channel."]
    occasion: Annotated[Occasion, "Why it is said."]
    alarm: Annotated[str | None, "Key of the alarm; null for a digest."]
    alarm_id: Annotated[str | None, "Id of the alarm's opening; null for a digest."]
    sequence: Annotated[int | None, "Sequence number of the change; null for a digest."]
    attempt: Annotated[int, "Counts the attempts of this notification since the worker's start."]
    ending: Annotated[Ending, "How it ended."]
    detail: Annotated[str, "The channel's answer, at most 200 characters, without secrets."]
    at: Annotated[int, "When it ended, epoch ms UTC."]
    took_ms: Annotated[int, "How long the channel took."]
    seen_at: Annotated[int, "Kafka's timestamp of the reading behind it, epoch ms UTC; 0 if none."]
