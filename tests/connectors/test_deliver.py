"""Notifications to their channels: in order, each once, every attempt told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.channel import ChannelError, Secrets
from connectors.deliver import DeliverSink
from connectors.outcome import RefusedError, UnavailableError
from models.alarms.settings import AlarmSettings
from schemas.batch import Records
from schemas.notifications import Notification, NotificationAttempt
from streams.settle import settle
from tests.connectors.hooks import Said, hooks, notification
from tests.models.alarm_changes import MINUTE, NOON, change, take, teller, until

RULES = """
rules:
  warm:
    select: {profile: farm.climate}
    resource: temperature
    levels: {warning: {above: 31}}
channels:
  chat: {kind: discord, url_secret: CHAT_URL, allow_private: true, timeout_s: 1}
  hook: {kind: webhook, url_secret: HOOK_URL, key_secret: HOOK_KEY, allow_private: true}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


def sink_of(
    rules: Path,
    url: str = "http://127.0.0.1:9/",
    *,
    secrets: dict[str, str] | None = None,
    remembered: int = 1000,
    **clocks: Any,
) -> DeliverSink:
    known = secrets or {"chat_url": url, "hook_url": url, "hook_key": "key"}
    hidden = Secrets({name: SecretStr(value) for name, value in known.items()})
    settings = AlarmSettings(rules_file=rules, remembered_notifications=remembered)
    return DeliverSink(settings, hidden, **clocks)


def told(sink: DeliverSink) -> list[NotificationAttempt]:
    """Attempts, as they are reported from now on."""
    attempts: list[NotificationAttempt] = []
    sink.report = attempts.append
    return attempts


def batch(*rows: Notification) -> Records[Notification]:
    return Records(record=Notification, rows=rows)


def endings(attempts: list[NotificationAttempt]) -> list[tuple[int | None, str, int]]:
    return [(each.sequence, str(each.ending), each.attempt) for each in attempts]


async def test_notifications_are_posted_in_order_and_every_attempt_is_told(rules: Path) -> None:
    async with hooks(Said(204)) as server:
        sink = sink_of(rules, server.url, now_ms=lambda: 5, clock=lambda: 1.0)
        attempts = told(sink)
        await sink.prepare()
        await sink.write(batch(notification(1), notification(2, channel="hook")))
        await sink.close()

    assert [b"content" in server.posts[0].body, b"alarm_id" in server.posts[1].body] == [True] * 2
    assert endings(attempts) == [(1, "delivered", 1), (2, "delivered", 1)]
    assert attempts[0] == NotificationAttempt(
        notification_id=notification(1).notification_id,
        channel="chat",
        occasion=notification(1).occasion,
        alarm=notification(1).alarm,
        alarm_id="a-1",
        sequence=1,
        attempt=1,
        ending=attempts[0].ending,
        detail="answered 204",
        at=5,
        took_ms=0,
        seen_at=notification(1).seen_at,
    )


async def test_what_was_delivered_is_not_posted_again_when_the_batch_is(rules: Path) -> None:
    async with hooks(Said(204), Said(429, headers={"Retry-After": "7"}), Said(204)) as server:
        sink = sink_of(rules, server.url)
        attempts = told(sink)
        rows = batch(notification(1), notification(2), notification(3))
        with pytest.raises(UnavailableError, match="channel chat: answered 429") as caught:
            await sink.write(rows)
        await sink.write(rows)
        await sink.close()

    assert caught.value.retry_after_s == 7.0
    assert len(server.posts) == 4
    assert endings(attempts) == [
        (1, "delivered", 1),
        (2, "waiting", 1),
        (2, "delivered", 2),
        (3, "delivered", 1),
    ]


async def test_a_refused_one_is_set_aside_once_and_the_others_are_delivered(rules: Path) -> None:
    async with hooks(*[Said(204)] * 2, Said(400, "no"), *[Said(204)] * 5) as server:
        sink = sink_of(rules, server.url)
        attempts = told(sink)
        rows = batch(*[notification(number) for number in range(1, 7)])
        aside = await settle(sink, rows, on_wait=lambda _: None)
        await sink.close()

    assert [(each.row, each.detail) for each in aside] == [(2, "channel chat: answered 400 no")]
    assert len(server.posts) == 6
    assert sorted(endings(attempts)) == [
        (number, "refused" if number == 3 else "delivered", 1) for number in range(1, 7)
    ]


async def test_the_wait_that_a_channel_asks_for_is_kept(rules: Path) -> None:
    slept: list[float] = []

    async def sleep(pause_s: float) -> None:
        slept.append(pause_s)

    busy = Said(429, '{"retry_after": 12.5}')
    async with hooks(busy, Said(204)) as server:
        sink = sink_of(rules, server.url)
        await settle(sink, batch(notification()), on_wait=lambda _: None, sleep=sleep)
        await sink.close()

    assert slept == [12.5]


async def test_what_an_earlier_worker_delivered_is_not_posted_again(rules: Path) -> None:
    async with hooks(Said(204), Said(500), Said(204)) as server:
        first, second = (sink_of(rules, server.url) for _ in range(2))
        attempts = told(first)
        rows = batch(notification(1), notification(2))
        with pytest.raises(UnavailableError):
            await first.write(rows)
        second.recall(attempts)
        await second.write(rows)
        await first.close()
        await second.close()

    assert len(server.posts) == 3


async def test_a_storm_is_told_once_through_a_kill_of_both_workers(rules: Path) -> None:
    storm = [change(device=f"air-{number}") for number in range(30)]
    async with hooks(*[Said(204)] * 6, Said(503), Said(204)) as server:
        first, second = (sink_of(rules, server.url) for _ in range(2))
        attempts = told(first)
        with pytest.raises(UnavailableError):
            await first.write(batch(*take(teller(), *storm)))
        second.recall(attempts)
        replayed = teller()
        await second.write(batch(*take(replayed, *storm)))
        await second.write(batch(*until(replayed, NOON + 10 * MINUTE)))
        await first.close()
        await second.close()

    # six, the one that failed, the other four of ten, and a digest of the rest
    assert len(server.posts) == 6 + 1 + 4 + 1
    assert len({post.body for post in server.posts}) == 10 + 1


async def test_a_channel_that_the_file_no_longer_has_is_set_aside(rules: Path) -> None:
    sink = sink_of(rules)

    with pytest.raises(RefusedError, match="channel gone is not in the rules file"):
        await sink.write(batch(notification(channel="gone")))


async def test_a_channel_that_is_away_holds_up_no_other(rules: Path) -> None:
    async with hooks(Said(204)) as server:
        secrets = {"chat_url": "http://127.0.0.1:9/", "hook_url": server.url, "hook_key": "key"}
        sink = sink_of(rules, secrets=secrets)
        with pytest.raises(UnavailableError):
            await sink.write(batch(notification(1)))
        await sink.write(batch(notification(2, channel="hook")))
        await sink.close()

    assert len(server.posts) == 1


async def test_only_so_many_ids_are_remembered(rules: Path) -> None:
    async with hooks(Said(204)) as server:
        sink = sink_of(rules, server.url, remembered=1000)
        attempts = told(sink)
        await sink.write(batch(notification(0)))
        numbers = (notification(number) for number in range(1, 1001))
        sink.recall(replace(attempts[0], notification_id=n.notification_id) for n in numbers)
        await sink.write(batch(notification(0), notification(1000)))
        await sink.close()

    assert len(server.posts) == 2


def test_a_missing_secret_stops_the_start_and_nothing_secret_is_said(rules: Path) -> None:
    secrets = {"chat_url": "https://discord.com/s3cret", "hook_key": "s3cret"}

    with pytest.raises(ChannelError) as caught:
        sink_of(rules, secrets=secrets)

    assert "channel hook: ENGAWA_SECRET__HOOK_URL is not set" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_the_shipped_rules_need_no_secret() -> None:
    DeliverSink(AlarmSettings(), Secrets())
