"""The receiver of the demonstration, posted to by our own webhook and by strangers."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from connectors.channel import Secrets
from connectors.outcome import RefusedError, UnavailableError
from connectors.signature import HEADER, TOLERANCE_S, sign
from connectors.webhook import Webhook
from connectors.webhook_receiver import MOST_BYTES, WebhookReceiver
from models.notify.channels import WebhookChannel
from schemas.codec import to_data
from tests.connectors.hooks import notification

KEY = "k" * 32
ROW = {"kind": "webhook", "url_secret": "URL", "key_secret": "KEY", "allow_private": True}


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver(KEY) as listening:
        yield listening


def webhook(url: str, *, key: str = KEY, clock: Callable[[], float] = time.time) -> Webhook:
    known = Secrets({"url": SecretStr(url), "key": SecretStr(key)})
    return Webhook("chat", WebhookChannel.model_validate(ROW), known, clock=clock)


def signed(body: bytes, **more: str) -> dict[str, str]:
    return {HEADER: sign(KEY, int(time.time()), body), **more}


def posted(receiver: WebhookReceiver, body: bytes, headers: Mapping[str, str] | None = None) -> int:
    with httpx.Client(trust_env=False) as client:
        return client.post(receiver.url, content=body, headers=headers).status_code


def answered(receiver: WebhookReceiver, headers: Mapping[str, str]) -> int:
    """The answer to headers alone, before any body is sent."""
    place = urlsplit(receiver.url)
    assert place.hostname
    with closing(HTTPConnection(place.hostname, place.port, timeout=10)) as connection:
        connection.putrequest("POST", place.path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status


async def test_each_key_is_taken_once_and_its_repeats_are_counted(
    receiver: WebhookReceiver,
) -> None:
    first, second = notification(1), notification(2)
    hook = webhook(receiver.url)
    for each in (first, second, first, first):
        assert "answered 204" == await hook.post(each)
    await hook.close()

    assert [first.notification_id, second.notification_id] == list(receiver.received)
    assert to_data(first) == receiver.received[first.notification_id].notification
    assert {first.notification_id: 2} == receiver.repeats
    assert 0 == receiver.refused


async def test_posts_at_the_same_time_are_each_taken_once(receiver: WebhookReceiver) -> None:
    hooks = [webhook(receiver.url) for _ in range(8)]
    await asyncio.gather(*(hook.post(notification(n % 2)) for n, hook in enumerate(hooks)))
    for hook in hooks:
        await hook.close()

    assert (2, 6) == (len(receiver.received), receiver.repeats.total())


@pytest.mark.parametrize(
    ("key", "late_s"), [("x" * 32, 0), (KEY, -TOLERANCE_S - 60), (KEY, TOLERANCE_S + 60)]
)
async def test_what_is_signed_with_another_key_or_at_another_time_is_refused(
    receiver: WebhookReceiver, key: str, late_s: int
) -> None:
    hook = webhook(receiver.url, key=key, clock=lambda: time.time() + late_s)
    with pytest.raises((RefusedError, UnavailableError), match="answered 401"):
        await hook.post(notification())
    await hook.close()

    assert ({}, 1) == (receiver.received, receiver.refused)


@pytest.mark.parametrize("headers", [{}, {HEADER: "t=1,v1=0"}, {HEADER: ""}])
def test_what_is_not_signed_is_refused(receiver: WebhookReceiver, headers: dict[str, str]) -> None:
    assert 401 == posted(receiver, b"{}", {"Idempotency-Key": "a", **headers})
    assert ({}, 1) == (receiver.received, receiver.refused)


def test_a_signature_is_of_one_body_only(receiver: WebhookReceiver) -> None:
    assert 401 == posted(receiver, b'{"level": "ok"}', signed(b'{"level": "critical"}'))
    assert {} == receiver.received


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_what_is_signed_but_no_json_is_refused(receiver: WebhookReceiver, body: bytes) -> None:
    assert 400 == posted(receiver, body, signed(body, **{"Idempotency-Key": "a"}))
    assert ({}, 1) == (receiver.received, receiver.refused)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": str(MOST_BYTES + 1)}, 413),
        ({"Content-Length": "9" * 4000}, 413),
        ({"Content-Length": "-1"}, 411),
        ({"Content-Length": "much"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_too_long_or_of_unknown_length_is_not_waited_for(
    receiver: WebhookReceiver, headers: dict[str, str], status: int
) -> None:
    assert status == answered(receiver, headers)
    assert {} == receiver.received


def test_the_longest_body_is_taken(receiver: WebhookReceiver) -> None:
    body = json.dumps("x" * (MOST_BYTES - 2)).encode()

    assert MOST_BYTES == len(body)
    assert 204 == posted(receiver, body, signed(body, **{"Idempotency-Key": "a"}))


async def test_while_it_is_away_nothing_is_taken_and_afterwards_everything(
    receiver: WebhookReceiver,
) -> None:
    hook = webhook(receiver.url)
    receiver.away = True
    with pytest.raises(UnavailableError, match="answered 503"):
        await hook.post(notification())
    assert {} == receiver.received

    receiver.away = False
    await hook.post(notification())
    await hook.close()

    assert (1, 0, 0) == (len(receiver.received), receiver.repeats.total(), receiver.refused)


async def test_it_is_gone_once_it_is_left() -> None:
    with WebhookReceiver(KEY) as receiver:
        hook = webhook(receiver.url)
    with pytest.raises(UnavailableError, match="no connection"):
        await hook.post(notification())
    await hook.close()
