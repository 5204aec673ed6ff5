"""The notify agent: its file, its batches, its memory."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from agents.notify import Notify
from models.alarms.settings import AlarmSettings
from schemas.alarms import AlarmChange
from schemas.batch import Origin, Records
from schemas.codec import decode, encode
from schemas.notifications import Notification
from tests.models.alarm_changes import MINUTE, NOON, acknowledged, change, said

RULES = """
rules:
  warm:
    select: {profile: farm.climate}
    resource: temperature
    levels: {warning: {above: 31}}
    channels: [chat]
channels:
  chat: {kind: discord, url_secret: CHAT_URL, language: ko}
notify:
  reminders_min: [15]
"""


@pytest.fixture
def settings(tmp_path: Path) -> AlarmSettings:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return AlarmSettings(rules_file=path)


def batch(*changes: AlarmChange, at: int = NOON) -> Records[AlarmChange]:
    origin = Origin(
        topic="alarms.changed.v1",
        partition=0,
        offsets=np.arange(len(changes)),
        logged_at=np.full(len(changes), at),
    )
    return Records(record=AlarmChange, rows=changes, origin=origin)


def test_changes_become_notifications_as_the_file_says(settings: AlarmSettings) -> None:
    (told,) = Notify(settings)(batch(change()))

    assert told.title == "[경보] bleiswijk/air-1 temperature 32.4 °C > 31 °C"
    assert said([told]) == [("created", "chat")]
    assert decode(encode(told), Notification) == told


def test_the_same_changes_have_the_same_ids_in_every_run(settings: AlarmSettings) -> None:
    first, second = (Notify(settings)(batch(change())) for _ in range(2))

    assert first == second


def test_what_it_knows_survives_a_restart(settings: AlarmSettings) -> None:
    before, after = Notify(settings), Notify(settings)
    before(batch(change()))

    after.load(before.save())

    assert after(batch(change())) == []
    assert after.entries == before.entries == 1
    list(after.tick(NOON + 15 * MINUTE))
    assert said(after.tick(NOON + 16 * MINUTE)) == [("reminder", "chat")]
    assert said(after(batch(acknowledged()))) == [("acknowledged", "chat")]


def test_a_snapshot_of_another_version_is_refused(settings: AlarmSettings) -> None:
    data = json.loads(Notify(settings).save()) | {"version": 99}

    with pytest.raises(ValueError, match="version 99"):
        Notify(settings).load(json.dumps(data).encode())


def test_a_batch_without_its_origin_is_refused(settings: AlarmSettings) -> None:
    with pytest.raises(ValueError, match="origin"):
        Notify(settings)(Records(record=AlarmChange, rows=[change()]))


def test_a_file_that_makes_no_sense_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.replace("[chat]", "[chit]"))

    with pytest.raises(ValidationError, match=r"yaml:7: .*unknown channel"):
        AlarmSettings(rules_file=path)


def test_the_shipped_rules_can_be_told() -> None:
    assert Notify(AlarmSettings()).entries == 0
