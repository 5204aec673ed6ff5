"""A real web server on this machine that answers posts as it is told, and keeps them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from schemas.alarms import Level
from schemas.notifications import Notification, Occasion


@dataclass(frozen=True, slots=True)
class Said:
    """What the server answers; ``hangs`` means never."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """What was posted."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Hooks:
    """The server: its answers in turn, the last one for ever."""

    answers: list[Said]
    posts: list[Post] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/42/s3cret-t0ken"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.posts.append(Post(request.path, request.headers, await request.read()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.hangs:
            await asyncio.sleep(3600)
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers)


@asynccontextmanager
async def hooks(*answers: Said, tls: ssl.SSLContext | None = None) -> AsyncIterator[Hooks]:
    """The server, on a free port."""
    here = Hooks(list(answers) or [Said()])
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", here.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    here.port = runner.addresses[0][1]
    try:
        yield here
    finally:
        await runner.cleanup()


def notification(number: int = 1, **changes: Any) -> Notification:
    fields: dict[str, Any] = {
        "notification_id": f"00000000-0000-5000-8000-{number:012}",
        "channel": "chat",
        "lane": 0,
        "occasion": Occasion.CREATED,
        "alarm": "bleiswijk/air-1/temperature/warm",
        "alarm_id": "a-1",
        "sequence": number,
        "level": Level.WARNING,
        "title": "[경보] bleiswijk/air-1 temperature 32.4 °C > 31 °C",
        "text": "발생: 2026-03-01 12:00:00 UTC.",
        "runbook": "https://farm.example/warm",
        "fields": {"device": "air-1"},
        "at": 1_772_366_400_000,
        "seen_at": 1_772_366_400_020,
    }
    return Notification(**fields | changes)
