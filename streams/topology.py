"""The dataflow on one page: what is read, what is done, what is written. Read this first."""

from collections.abc import Iterator
from typing import Any

from agents.alarm import Alarm
from agents.clean import Clean
from agents.command import Command
from agents.confirm import confirm
from agents.count import Count
from agents.enrich import Enrich
from agents.notify import Notify
from agents.propose import propose
from agents.recommend import Recommend
from agents.route import Route
from agents.watch import Watch
from connectors.alarm_documents import AlarmsSink
from connectors.alarm_points import AlarmPointsSink
from connectors.archive import ArchiveSink
from connectors.crowd_documents import CrowdSink
from connectors.crowd_points import CrowdPointsSink, VisitPointsSink
from connectors.deliver import DeliverSink
from connectors.energy_points import (
    CommandPointsSink,
    EnrichedPointsSink,
    RecommendationPointsSink,
    ReportPointsSink,
)
from connectors.frame_store import FrameStore
from connectors.influx import InfluxSink
from connectors.kept_frames import KeptFramesSink
from schemas.topic import MEBIBYTE, Topic
from schemas.topics import (
    ALARMS_CHANGED,
    ALARMS_REMEMBERED,
    ALARMS_REQUESTED,
    CATALOGUE,
    CONDITIONS_REMEMBERED,
    CROWD_COUNTED,
    CROWD_REMEMBERED,
    DEVICES_COMMANDED,
    DEVICES_REPORTED,
    ENERGY_ENRICHED,
    ENERGY_RECOMMENDED,
    ENERGY_REMEMBERED,
    ERASURES_REQUESTED,
    FRAMES_ANALYSED,
    FRAMES_CAPTURED,
    FRAMES_KEPT,
    NOTIFICATIONS_REMEMBERED,
    NOTIFICATIONS_REQUESTED,
    NOTIFICATIONS_SENT,
    READINGS_ACCEPTED,
    READINGS_RECEIVED,
    READINGS_REJECTED,
    SCENES_ANALYSED,
    SHADOWS_REMEMBERED,
    SHADOWS_UPDATED,
    VISITS_ENDED,
    WEATHER_OBSERVED,
    WEATHER_POLLED,
)
from streams.chores import PollWeather, RollUp
from streams.flow import Clockwork, Drain, Flow, Step

FLOWS: tuple[Flow, ...] = (
    Flow(
        "telemetry",
        (
            # name, topic read, agent, topics written
            Step("clean", READINGS_RECEIVED, Clean, writes=(READINGS_ACCEPTED, READINGS_REJECTED)),
        ),
    ),
    Flow(
        "alarms",
        (
            Step(
                "watch",
                READINGS_ACCEPTED,
                Watch,
                writes=(ALARMS_REQUESTED,),
                remembers=CONDITIONS_REMEMBERED,
            ),
            Step(
                "alarm",
                ALARMS_REQUESTED,
                Alarm,
                writes=(ALARMS_CHANGED,),
                remembers=ALARMS_REMEMBERED,
            ),
        ),
    ),
    Flow(
        "energy",
        (
            Step(
                "enrich",
                READINGS_ACCEPTED,
                Enrich,
                beside=(WEATHER_OBSERVED, DEVICES_REPORTED),
                writes=(ENERGY_ENRICHED,),
            ),
            Step(
                "recommend",
                ENERGY_ENRICHED,
                Recommend,
                writes=(ENERGY_RECOMMENDED,),
                remembers=ENERGY_REMEMBERED,
            ),
            Step("propose", ENERGY_RECOMMENDED, propose, writes=(SHADOWS_UPDATED,)),
            Step("confirm", DEVICES_REPORTED, confirm, writes=(SHADOWS_UPDATED,)),
            Step(
                "command",
                SHADOWS_UPDATED,
                Command,
                writes=(DEVICES_COMMANDED, ALARMS_REQUESTED),
                remembers=SHADOWS_REMEMBERED,
            ),
        ),
        clockworks=(
            Clockwork(
                "weather", PollWeather, every_s=10.0, writes=(WEATHER_OBSERVED, WEATHER_POLLED)
            ),
        ),
    ),
    Flow(
        "vision",
        (
            Step(
                "route",
                FRAMES_CAPTURED,
                Route,
                writes=(FRAMES_ANALYSED, FRAMES_KEPT, SCENES_ANALYSED, ALARMS_REQUESTED),
                fetches=FrameStore,
                at_once=16,
            ),
        ),
    ),
    Flow(
        "crowd",
        (
            Step(
                "count",
                FRAMES_ANALYSED,
                Count,
                beside=(ERASURES_REQUESTED,),
                writes=(CROWD_COUNTED, VISITS_ENDED, ALARMS_REQUESTED),
                remembers=CROWD_REMEMBERED,
            ),
        ),
    ),
    Flow(
        "notify",
        (
            Step(
                "notify",
                ALARMS_CHANGED,
                Notify,
                writes=(NOTIFICATIONS_REQUESTED,),
                remembers=NOTIFICATIONS_REMEMBERED,
            ),
            Drain("deliver", NOTIFICATIONS_REQUESTED, DeliverSink, writes=(NOTIFICATIONS_SENT,)),
        ),
    ),
    Flow(
        "store",
        (
            # name, topic read, sink
            Drain("influx", READINGS_ACCEPTED, InfluxSink, gather_s=0.2),
            Drain(
                "archive", READINGS_RECEIVED, ArchiveSink, gather_s=10.0, gather_bytes=8 * MEBIBYTE
            ),
            Drain("mongo", ALARMS_CHANGED, AlarmsSink),
            Drain("alarm-points", ALARMS_CHANGED, AlarmPointsSink),
            Drain("room-points", ENERGY_ENRICHED, EnrichedPointsSink, gather_s=0.2),
            Drain("setpoint-points", ENERGY_RECOMMENDED, RecommendationPointsSink),
            Drain("command-points", DEVICES_COMMANDED, CommandPointsSink),
            Drain("aircon-points", DEVICES_REPORTED, ReportPointsSink, gather_s=0.2),
            Drain("crowd", CROWD_COUNTED, CrowdSink),
            Drain("crowd-points", CROWD_COUNTED, CrowdPointsSink),
            Drain("visit-points", VISITS_ENDED, VisitPointsSink),
            Drain("kept-frames", FRAMES_KEPT, KeptFramesSink),
        ),
        clockworks=(Clockwork("roll-up", RollUp, every_s=10.0),),
    ),
)


def parts(flows: tuple[Flow, ...] = FLOWS) -> Iterator[Step | Drain]:
    """Every step and drain of these flows, in the order in which a record meets them."""
    for flow in flows:
        yield from flow.parts


def topics(flows: tuple[Flow, ...] = FLOWS) -> tuple[Topic[Any], ...]:
    """Every topic: the catalogue's, and those that stand beside the agents that write them."""
    written = [topic for part in parts(flows) for topic in part.writes]
    return tuple(dict.fromkeys([*CATALOGUE, *written]))
