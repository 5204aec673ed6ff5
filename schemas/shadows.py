"""The records of device shadows: what a device is wanted to be set to, and what it says it is.

Everything that changes a shadow lies in one topic, so its order is one and a replay gives the
same commands. Times are UTC epoch milliseconds.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReport:
    """What a device that can be set says of itself: by itself, or in answer to a command."""

    report_id: Annotated[str, "Unique; a repeated id is the same report sent again."]
    site: Annotated[str, "Site the device stands in."]
    device: Annotated[str, "Device, unique within its site."]
    at: Annotated[int, "When it was so, epoch milliseconds UTC."]
    setpoint_c: Annotated[float | None, "What it is set to, degrees Celsius; null if unknown."]
    power_kw: Annotated[float | None, "Electric power it takes; null if not measured."] = None
    version: Annotated[int | None, "Version of the command that it answers; null if none."] = None
    client_token: Annotated[str | None, "Token of the command that it answers."] = None
    refused: Annotated[bool, "Whether it will not do what the command says."] = False
    detail: Annotated[str, "Why, in the device's words, at most 500 characters."] = ""


class Origin(StrEnum):
    """Who updates a shadow."""

    MODEL = "model"
    PERSON = "person"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowUpdate:
    """One update of a device's shadow: a wish of the model or of a person, or a report."""

    update_id: Annotated[str, "Unique; a repeated id is the same update sent again."]
    site: Annotated[str, "Site the device stands in."]
    device: Annotated[str, "Device that is to be set, or has been."]
    origin: Annotated[Origin, "Who updates it."]
    at: Annotated[int, "Event time of the wish or the report, epoch milliseconds UTC."]
    by: Annotated[str, "Name of the person, of the model with its version, or of the device."]
    setpoint_c: Annotated[
        float | None, "Wanted or reported setpoint; null from a person gives the model its way."
    ]
    hold_s: Annotated[float | None, "How long a person's wish goes before the model's."] = None
    version: Annotated[int | None, "Of a report: version of the command it answers."] = None
    client_token: Annotated[str | None, "Of a report: token of the command it answers."] = None
    refused: Annotated[bool, "Of a report: whether the device will not do it."] = False
    text: Annotated[str, "Reason in words, at most 500 characters."] = ""


class CommandState(StrEnum):
    """What became of a command."""

    PROPOSED = "proposed"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCommand:
    """A device's shadow after a change. A device obeys ``sent`` alone, until ``expires_at``."""

    site: Annotated[str, "Site the device stands in."]
    device: Annotated[str, "Device that is to be set."]
    version: Annotated[int, "Rises with each wish for this device, without gaps."]
    client_token: Annotated[str, "UUID version 5 of site, device and version; goes back with it."]
    state: Annotated[CommandState, "proposed is a dry run: computed, shown, and not to be done."]
    at: Annotated[int, "Event time of this change, epoch milliseconds UTC."]
    origin: Annotated[Origin, "Whose wish it is."]
    by: Annotated[str, "Name of the person, 'at the device', or the model with its version."]
    desired_c: Annotated[float, "Wanted setpoint after all limits, degrees Celsius."]
    reported_c: Annotated[float | None, "What the device last said it is set to; null before."]
    delta_c: Annotated[float | None, "desired_c less reported_c; null if nothing was reported."]
    wished_at: Annotated[int, "When the wish was made, epoch milliseconds UTC."]
    expires_at: Annotated[int, "When a device must no longer begin to do it, epoch ms UTC."]
    manual_until: Annotated[int | None, "Until when a person's setpoint goes first; null if not."]
    update_id: Annotated[str, "The update that caused the change; empty if the clock did."]
    text: Annotated[str, "Why, in words, at most 500 characters."] = ""
