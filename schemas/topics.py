"""The topic catalogue: every topic, the one record type it carries, and how it is kept.

Names are ``<plural noun>.<past participle>.v<major>``: dots only, because Kafka folds ``.`` and
``_`` together in metric names and would let two topics collide. Constants are the topic in
capitals.
"""

from dataclasses import replace
from typing import Any

from schemas.alarms import AlarmChange, AlarmRequest
from schemas.crowd import CrowdCounted, VisitEnded
from schemas.energy import EnergyRecommendation, EnrichedReading
from schemas.erasures import Erasure
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept, SceneAnalysed
from schemas.notifications import Notification, NotificationAttempt
from schemas.records import AcceptedTelemetry, DeadLetter, Telemetry
from schemas.shadows import DeviceCommand, DeviceReport, ShadowUpdate
from schemas.topic import MEBIBYTE, Topic, rejected, remembered
from schemas.weather import WeatherObserved, WeatherPoll

READINGS_RECEIVED: Topic[Telemetry] = Topic(
    name="readings.received.v1", record=Telemetry, key=("site", "device")
)
READINGS_ACCEPTED: Topic[AcceptedTelemetry] = Topic(
    name="readings.accepted.v1", record=AcceptedTelemetry, key=("site", "device")
)
READINGS_REJECTED = rejected("readings", max_message_bytes=12 * MEBIBYTE)

ALARMS_REQUESTED: Topic[AlarmRequest] = Topic(
    name="alarms.requested.v1", record=AlarmRequest, key=("alarm",), meeting=True
)
ALARMS_CHANGED: Topic[AlarmChange] = Topic(
    name="alarms.changed.v1",
    record=AlarmChange,
    key=("alarm",),
    # few records, and one place that sees them all: a channel's flood is counted there
    partitions=1,
    retention_h=30 * 24.0,
)
CONDITIONS_REMEMBERED = remembered("conditions")
ALARMS_REMEMBERED = remembered("alarms")
NOTIFICATIONS_REMEMBERED = remembered("notifications")
ALARMS_REJECTED = rejected("alarms")
NOTIFICATIONS_REQUESTED: Topic[Notification] = Topic(
    name="notifications.requested.v1",
    record=Notification,
    key=("channel",),
    lane="lane",
    partitions=16,
)
NOTIFICATIONS_SENT: Topic[NotificationAttempt] = Topic(
    name="notifications.sent.v1", record=NotificationAttempt, key=("channel",), ends=True
)
NOTIFICATIONS_REJECTED = rejected("notifications")

# What is joined to readings as of their time is kept as long as they are, and a day more: so a
# reading that is read again finds what was known when it was new.
WEATHER_OBSERVED: Topic[WeatherObserved] = Topic(
    name="weather.observed.v1",
    record=WeatherObserved,
    key=("site",),
    compacted=True,
    compaction_lag_h=8 * 24.0,
    partitions=1,
)
WEATHER_POLLED: Topic[WeatherPoll] = Topic(
    name="weather.polled.v1", record=WeatherPoll, key=("site",), ends=True, partitions=1
)
DEVICES_REPORTED: Topic[DeviceReport] = Topic(
    name="devices.reported.v1",
    record=DeviceReport,
    key=("site", "device"),
    compacted=True,
    compaction_lag_h=8 * 24.0,
)
DEVICES_COMMANDED: Topic[DeviceCommand] = Topic(
    name="devices.commanded.v1",
    record=DeviceCommand,
    key=("site", "device"),
    compacted=True,
    compaction_lag_h=8 * 24.0,
    ends=True,
)
DEVICES_REJECTED = rejected("devices")
ENERGY_ENRICHED: Topic[EnrichedReading] = Topic(
    name="energy.enriched.v1", record=EnrichedReading, key=("site", "device")
)
ENERGY_RECOMMENDED: Topic[EnergyRecommendation] = Topic(
    name="energy.recommended.v1", record=EnergyRecommendation, key=("site", "device")
)
ENERGY_REMEMBERED = remembered("energy")
ENERGY_REJECTED = rejected("energy")
SHADOWS_UPDATED: Topic[ShadowUpdate] = Topic(
    name="shadows.updated.v1", record=ShadowUpdate, key=("site", "device"), meeting=True
)
SHADOWS_REMEMBERED = remembered("shadows")
SHADOWS_REJECTED = rejected("shadows")

# Pictures of people are kept no longer than it takes to look at them.
FRAMES_CAPTURED: Topic[FrameCaptured] = Topic(
    name="frames.captured.v1", record=FrameCaptured, key=("site", "camera"), retention_h=24.0
)
FRAMES_REJECTED = replace(rejected("frames"), retention_h=24.0)
# by site, because a site's people are told apart across its cameras
FRAMES_ANALYSED: Topic[FrameAnalysed] = Topic(
    name="frames.analysed.v1", record=FrameAnalysed, key=("site",), retention_h=24.0
)
FRAMES_KEPT: Topic[FrameKept] = Topic(
    name="frames.kept.v1", record=FrameKept, key=("site", "camera"), retention_h=24.0
)
SCENES_ANALYSED: Topic[SceneAnalysed] = Topic(
    name="scenes.analysed.v1", record=SceneAnalysed, key=("site", "camera"), ends=True
)
CROWD_COUNTED: Topic[CrowdCounted] = Topic(
    name="crowd.counted.v1", record=CrowdCounted, key=("site",)
)
CROWD_REMEMBERED = remembered("crowd")
CROWD_REJECTED = rejected("crowd")
VISITS_ENDED: Topic[VisitEnded] = Topic(name="visits.ended.v1", record=VisitEnded, key=("site",))
VISITS_REJECTED = rejected("visits")

# Few, in one order, and kept longer than anything that could bring back what they forbid.
ERASURES_REQUESTED: Topic[Erasure] = Topic(
    name="erasures.requested.v1",
    record=Erasure,
    key=("site",),
    partitions=1,
    retention_h=60 * 24.0,
)

# A topic that one agent alone writes and no agent reads may stand beside that agent instead.
CATALOGUE: tuple[Topic[Any], ...] = (
    READINGS_RECEIVED,
    READINGS_ACCEPTED,
    READINGS_REJECTED,
    ALARMS_REQUESTED,
    ALARMS_CHANGED,
    CONDITIONS_REMEMBERED,
    ALARMS_REMEMBERED,
    ALARMS_REJECTED,
    NOTIFICATIONS_REQUESTED,
    NOTIFICATIONS_SENT,
    NOTIFICATIONS_REMEMBERED,
    NOTIFICATIONS_REJECTED,
    WEATHER_OBSERVED,
    WEATHER_POLLED,
    DEVICES_REPORTED,
    DEVICES_COMMANDED,
    DEVICES_REJECTED,
    ENERGY_ENRICHED,
    ENERGY_RECOMMENDED,
    ENERGY_REMEMBERED,
    ENERGY_REJECTED,
    SHADOWS_UPDATED,
    SHADOWS_REMEMBERED,
    SHADOWS_REJECTED,
    FRAMES_CAPTURED,
    FRAMES_REJECTED,
    FRAMES_ANALYSED,
    FRAMES_KEPT,
    SCENES_ANALYSED,
    CROWD_COUNTED,
    CROWD_REMEMBERED,
    CROWD_REJECTED,
    VISITS_ENDED,
    VISITS_REJECTED,
    ERASURES_REQUESTED,
)


def dead_letters(topic: Topic[Any], catalogue: tuple[Topic[Any], ...] = CATALOGUE) -> Topic[Any]:
    """The topic that takes what has to be set aside from ``topic``: its subject's ``rejected``.

    Raises:
        LookupError: the catalogue has none for this subject.

    """
    for candidate in catalogue:
        if candidate.record is DeadLetter and candidate.subject == topic.subject:
            return candidate
    raise LookupError(f"no dead-letter topic for {topic.name}: add {topic.subject}.rejected.v1")
