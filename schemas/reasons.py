"""Why a record is set aside: the whole list. Dead letters and metrics speak in these words."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Each value is a label in metrics and dead letters, so none is ever renamed."""

    # what arrived is no message of ours
    TOMBSTONE = "tombstone"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_FRAMING = "unknown_framing"
    UNKNOWN_SCHEMA = "unknown_schema"
    UNDECODABLE = "undecodable"
    TRAILING_BYTES = "trailing_bytes"
    # it decodes, but breaks its contract
    EMPTY_NAME = "empty_name"
    NAME_TOO_LONG = "name_too_long"
    CONTROL_CHARACTER = "control_character"
    NO_READINGS = "no_readings"
    TOO_MANY_READINGS = "too_many_readings"
    TOO_MANY_TAGS = "too_many_tags"
    REPEATED_RESOURCE = "repeated_resource"
    NOT_FINITE = "not_finite"
    TIME_TOO_EARLY = "time_too_early"
    TIME_IN_FUTURE = "time_in_future"
    UNKNOWN_PROFILE = "unknown_profile"
    UNKNOWN_RESOURCE = "unknown_resource"
    UNKNOWN_UNIT = "unknown_unit"
    WRONG_TYPE = "wrong_type"
    BAD_POSITION = "bad_position"
    DUPLICATE = "duplicate"
    # it is a frame that is not looked at
    NO_ANALYSIS = "no_analysis"
    UNKNOWN_ANALYSIS = "unknown_analysis"
    CAMERA_OFF = "camera_off"
    TOO_OFTEN = "too_often"
    NO_PICTURE = "no_picture"
    REFERENCE_MISSING = "reference_missing"
    REFERENCE_CHANGED = "reference_changed"
    REFERENCE_FOREIGN = "reference_foreign"
    # it is a picture that cannot be looked at
    NOT_AN_IMAGE = "not_an_image"
    DAMAGED_IMAGE = "damaged_image"
    IMAGE_TOO_LARGE = "image_too_large"
    IMAGE_TOO_SMALL = "image_too_small"
    # it asks something of an alarm that cannot be
    UNKNOWN_ALARM = "unknown_alarm"
    LATE_REQUEST = "late_request"
    BAD_REQUEST = "bad_request"
    # it asks something of a device that cannot be
    UNKNOWN_DEVICE = "unknown_device"
    ABSURD_VALUE = "absurd_value"
    # it is a frame that cannot be counted
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_CAMERA = "unknown_camera"
    TOO_LATE = "too_late"
    # it is fine, but a store or the broker will never take it
    REFUSED_BY_STORE = "refused_by_store"
    REFUSED_BY_BROKER = "refused_by_broker"


DETAIL_LIMIT = 500
"""Longest detail kept with a record set aside, in characters; hostile input is not echoed whole."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """One record of a batch that goes to the dead letters instead of on."""

    row: int
    """Its place in the batch."""

    reason: Reason
    detail: str = ""
