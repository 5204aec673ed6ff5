"""The server rooms of a demonstration: what is told of them, and what has to add up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from connectors.message_log import MessageLog
from connectors.producer import BatchProducer
from connectors.topic_admin import TopicAdmin
from schemas.codec import schema_of
from schemas.energy import Reason
from schemas.shadows import CommandState
from schemas.topics import DEVICES_COMMANDED, DEVICES_REPORTED, ENERGY_RECOMMENDED
from streams.demo_energy import EnergyFigures, energy_figures
from streams.demo_report import energy_chart
from streams.settings import Settings
from streams.topology import topics
from streams.writer import message
from tests.models.energy_records import AT, command, recommendation, report

HOUR_MS = 3_600_000


def figures(
    states: Mapping[str, int],
    *,
    obeyed: int = 3,
    gaps: int = 0,
    recommended: Sequence[tuple[int, float]] = (),
) -> EnergyFigures:
    return EnergyFigures(
        rooms=[],
        readings=10,
        enriched=10,
        reasons={},
        states=states,
        obeyed=obeyed,
        gaps=gaps,
        recommended=recommended,
        reported=recommended,
    )


def differences(found: EnergyFigures) -> list[tuple[str, int, int]]:
    return [each for each in found.checks() if each[1] != each[2]]


def test_a_command_is_answered_or_superseded_before_its_answer_came() -> None:
    sent, settled = CommandState.SENT, CommandState.ACKNOWLEDGED
    assert [] == differences(figures({sent: 3, settled: 3}))
    assert [] == differences(figures({sent: 3, settled: 2, CommandState.SUPERSEDED: 1}))


@pytest.mark.parametrize("lost", [CommandState.EXPIRED, CommandState.REFUSED])
def test_a_command_that_was_not_followed_shows_as_a_difference(lost: CommandState) -> None:
    found = figures({CommandState.SENT: 3, CommandState.ACKNOWLEDGED: 2, lost: 1}, obeyed=2)
    assert [
        ("commands sent = acknowledged or superseded", 3, 2),
        ("commands sent = obeyed", 3, 2),
    ] == differences(found)


def test_a_missing_version_shows_as_a_difference() -> None:
    found = figures({CommandState.SENT: 3, CommandState.ACKNOWLEDGED: 3}, gaps=1)
    assert [("commands without a gap in their versions", 0, 1)] == differences(found)


def test_a_room_that_holds_its_setpoint_before_it_rises_can_be_drawn(
    capsys: pytest.CaptureFixture[str],
) -> None:
    held = [(at * HOUR_MS // 6, 18.0) for at in range(4)]
    energy_chart(figures({}, recommended=[*held, (HOUR_MS, 19.0)]))
    drawn = capsys.readouterr().out
    for said in ("setpoint, °C", "recommended", "actual", "18.0", "19.0"):
        assert said in drawn


def test_without_advice_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    energy_chart(figures({}))
    assert "" == capsys.readouterr().out


async def log_them(settings: Settings, room: str, aircon: str) -> None:
    """Some of what two rooms leave in their topics, some of it twice as after a crash."""
    site: dict[str, Any] = {"site": room}  # of its own: others look into these topics too
    own = {**site, "device": room, "air_conditioner": aircon}
    first, second = (
        recommendation(at, recommendation_id=f"{room} {at}", setpoint_c=setpoint, **own)
        for at, setpoint in ((AT + 60_000, 22.5), (AT, 22.0))
    )
    other = recommendation(recommendation_id=f"other {room}", device=f"other {room}", **site)
    one, two, four = (command(version=version, device=aircon, **site) for version in (1, 2, 4))
    changes = [
        *(one, replace(one, state=CommandState.SUPERSEDED)),
        *(two, two, replace(two, state=CommandState.ACKNOWLEDGED)),
        *(four, replace(four, state=CommandState.EXPIRED)),
    ]
    reports = [
        *(report(device=aircon, **site), report(device=aircon, setpoint_c=None, **site)),
        report(device=room, **site),
    ]
    producer = BatchProducer(settings.kafka)
    for topic, records in (
        (ENERGY_RECOMMENDED, [first, second, first, replace(other, reason=Reason.WEATHER_STALE)]),
        (DEVICES_COMMANDED, changes),
        (DEVICES_REPORTED, reports),
    ):
        header = schema_of(topic.record).header
        sent = [message(topic, header, each) for each in records]
        assert [] == await producer.send({topic.name: sent})
    producer.close()


@pytest.mark.integration
async def test_what_lies_there_counts_once_and_a_version_that_is_missing_shows(
    settings: Settings,
) -> None:
    TopicAdmin(settings.kafka).ensure(topics())
    room, aircon = f"room-{uuid4().hex}", f"aircon-{uuid4().hex}"
    rooms = [{"device": room, "commands_obeyed": 2}, {"device": "another", "commands_obeyed": 1}]
    said = {"rooms": rooms, "sent": {"readings.received.v1": 7}}
    with MessageLog(settings.kafka) as log:
        before = energy_figures(log, said)
        await log_them(settings, room, aircon)
        after = energy_figures(log, said)

    assert ([], 3, 7) == (before.recommended, after.obeyed, after.readings)
    assert [(AT, 22.0), (AT + 60_000, 22.5)] == after.recommended
    assert [(AT, 22.0)] == after.reported
    assert {"ok": 2, "weather_stale": 1} == Counter(after.reasons) - Counter(before.reasons)
    assert {
        CommandState.SENT: 3,
        CommandState.SUPERSEDED: 1,
        CommandState.ACKNOWLEDGED: 1,
        CommandState.EXPIRED: 1,
    } == Counter(after.states) - Counter(before.states)
    assert 1 == after.gaps - before.gaps
