"""Discord, Slack and our own webhook against a real web server."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.channel import ChannelError, Poster, Secrets
from connectors.discord import Discord
from connectors.outcome import RefusedError, UnavailableError
from connectors.signature import HEADER, verify
from connectors.slack import Slack
from connectors.webhook import Webhook
from models.notify.channels import DiscordChannel, SlackChannel, WebhookChannel
from schemas.codec import to_data
from tests.connectors.hooks import Said, hooks, notification

KEY = "k" * 32
Maker = Callable[..., Poster]


def secrets(**known: str) -> Secrets:
    return Secrets({name: SecretStr(value) for name, value in known.items()})


def discord(url: str, **fields: Any) -> Poster:
    row = {"kind": "discord", "url_secret": "URL", "allow_private": True} | fields
    return Discord("chat", DiscordChannel.model_validate(row), secrets(url=url))


def slack(url: str, **fields: Any) -> Poster:
    row = {"kind": "slack", "url_secret": "URL", "allow_private": True} | fields
    return Slack("chat", SlackChannel.model_validate(row), secrets(url=url))


def webhook(url: str, **fields: Any) -> Poster:
    row = {
        "kind": "webhook",
        "url_secret": "URL",
        "key_secret": "KEY",
        "allow_private": True,
    } | fields
    known = secrets(url=url, key=KEY)
    return Webhook("chat", WebhookChannel.model_validate(row), known, clock=lambda: 1_000_000.7)


EVERY = pytest.mark.parametrize("make", [discord, slack, webhook])


async def test_discord_gets_title_text_and_link_and_mentions_nobody() -> None:
    async with hooks(Said(204)) as server:
        chat = discord(server.url)
        answer = await chat.post(notification())
        await chat.close()

    said = json.loads(server.posts[0].body)
    assert answer == "answered 204"
    assert server.posts[0].path == "/hooks/42/s3cret-t0ken"
    assert server.posts[0].headers["Host"] == f"127.0.0.1:{server.port}"
    assert said["content"].splitlines() == [
        "**[경보] bleiswijk/air-1 temperature 32.4 °C > 31 °C**",
        "발생: 2026-03-01 12:00:00 UTC.",
        "https://farm.example/warm",
    ]
    assert said["allowed_mentions"] == {"parse": []}


async def test_discord_gets_no_more_than_it_takes() -> None:
    async with hooks() as server:
        chat = discord(server.url)
        await chat.post(notification(text="x" * 5000))
        await chat.close()

    assert len(json.loads(server.posts[0].body)["content"]) == 1900


async def test_slack_gets_title_text_and_link() -> None:
    async with hooks(Said(body="ok")) as server:
        chat = slack(server.url)
        answer = await chat.post(notification(runbook=None))
        await chat.close()

    assert answer == "answered 200 ok"
    assert json.loads(server.posts[0].body)["text"].splitlines() == [
        "*[경보] bleiswijk/air-1 temperature 32.4 °C > 31 °C*",
        "발생: 2026-03-01 12:00:00 UTC.",
    ]


async def test_our_webhook_gets_the_notification_signed_and_with_its_key() -> None:
    async with hooks() as server:
        hook = webhook(server.url)
        await hook.post(notification())
        await hook.close()

    post = server.posts[0]
    assert json.loads(post.body) == to_data(notification())
    assert post.headers["Idempotency-Key"] == notification().notification_id
    assert verify(KEY, post.headers[HEADER], post.body, 1_000_100)
    assert not verify(KEY, post.headers[HEADER], post.body + b" ", 1_000_100)


async def test_an_id_that_is_no_header_is_made_one() -> None:
    async with hooks() as server:
        hook = webhook(server.url)
        await hook.post(notification(notification_id="a\r\nX-Evil: 1 경보"))
        await hook.close()

    assert "X-Evil" not in server.posts[0].headers


@EVERY
@pytest.mark.parametrize(
    ("answer", "pause_s"),
    [
        (Said(429, headers={"Retry-After": "7"}), 7.0),
        (Said(429, '{"message": "slow down", "retry_after": 0.65, "global": false}'), 0.65),
        (Said(429, '{"retry_after": 2.5}', {"Retry-After": "2"}), 2.5),
        (Said(429), None),
        (Said(500), None),
        (Said(503, headers={"Retry-After": "120"}), 120.0),
        (Said(408), None),
    ],
)
async def test_a_server_that_asks_for_time_gets_it(
    make: Maker, answer: Said, pause_s: float | None
) -> None:
    async with hooks(answer) as server:
        chat = make(server.url)
        with pytest.raises(UnavailableError) as caught:
            await chat.post(notification())
        await chat.close()

    assert caught.value.retry_after_s == pause_s


@EVERY
@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_what_a_server_will_never_take_is_set_aside(make: Maker, status: int) -> None:
    async with hooks(Said(status, "invalid payload")) as server:
        chat = make(server.url)
        with pytest.raises(RefusedError, match=f"answered {status} invalid payload"):
            await chat.post(notification())
        await chat.close()


@EVERY
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(make: Maker, status: int) -> None:
    async with hooks(Said(status, headers={"Location": "/elsewhere"})) as server:
        chat = make(server.url)
        with pytest.raises(RefusedError, match=f"answered {status}"):
            await chat.post(notification())
        await chat.close()

    assert len(server.posts) == 1


@EVERY
async def test_a_server_that_hangs_is_waited_for_only_so_long(make: Maker) -> None:
    async with hooks(Said(hangs=True)) as server:
        chat = make(server.url, timeout_s=1)
        with pytest.raises(UnavailableError, match="no answer in 1 s"):
            await chat.post(notification())
        await chat.close()


@EVERY
async def test_a_server_that_is_not_there_is_waited_for(make: Maker) -> None:
    async with hooks() as server:
        gone = server.url
    chat = make(gone)
    with pytest.raises(UnavailableError, match="no connection: ConnectError"):
        await chat.post(notification())
    await chat.close()


@EVERY
async def test_a_name_that_nobody_knows_is_waited_for(make: Maker) -> None:
    chat = make("http://engawa.invalid/hook")
    with pytest.raises(UnavailableError, match="cannot be looked up"):
        await chat.post(notification())
    await chat.close()


@EVERY
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "localhost"]
)
async def test_a_private_address_is_refused_unless_it_is_allowed(make: Maker, host: str) -> None:
    chat = make(f"https://{host}/hook", allow_private=False)
    with pytest.raises(RefusedError, match="private address"):
        await chat.post(notification())
    await chat.close()


@EVERY
@pytest.mark.parametrize(
    "url",
    [
        "http://discord.com/api/webhooks/1/s3cret-t0ken",
        "https://user:s3cret-t0ken@discord.com/api",
        "https://discord.com/api#s3cret-t0ken",
        "ftp://discord.com/s3cret-t0ken",
        "https:///s3cret-t0ken",
        "s3cret-t0ken",
        "https://[s3cret-t0ken",
        "https://discord.com:s3cret-t0ken/",
    ],
)
def test_a_url_that_may_not_be_posted_to_is_refused_at_start(make: Maker, url: str) -> None:
    with pytest.raises(ChannelError) as caught:
        make(url, allow_private=False)

    assert "channel chat: ENGAWA_SECRET__URL" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("known", [{}, {"url": ""}])
def test_a_secret_that_is_not_set_is_named_with_its_channel(known: dict[str, str]) -> None:
    row = DiscordChannel(kind="discord", url_secret="URL")

    with pytest.raises(ChannelError, match="channel chat: ENGAWA_SECRET__URL is not set"):
        Discord("chat", row, secrets(**known))


@EVERY
async def test_an_answer_does_not_give_the_url_away(make: Maker) -> None:
    echo = "no hook at /hooks/42/s3cret-t0ken, s3cret-t0ken\x1b[31m is\nnot known"
    async with hooks(Said(404, echo)) as server:
        chat = make(server.url)
        with pytest.raises(RefusedError) as caught:
            await chat.post(notification())
        await chat.close()

    assert "s3cret" not in str(caught.value)
    assert str(caught.value).isprintable()


@EVERY
async def test_nothing_secret_is_logged(make: Maker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with hooks() as server:
        chat = make(server.url)
        await chat.post(notification())
        await chat.close()

    assert "s3cret" not in caplog.text
    assert KEY not in caplog.text


@EVERY
async def test_a_long_answer_is_not_read_to_its_end(make: Maker) -> None:
    async with hooks(Said(400, "x" * 50_000_000)) as server:
        chat = make(server.url)
        with pytest.raises(RefusedError) as caught:
            await chat.post(notification())
        await chat.close()

    assert len(str(caught.value)) < 200
