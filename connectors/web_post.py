"""Posts to one configured URL: no redirects, no proxies from the environment, no private network.

Works on httpx's transport rather than its client, which would log the URL: it is a secret.
"""

import asyncio
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from connectors.addresses import addresses
from connectors.channel import VARIABLE, ChannelError, Secrets, secret
from connectors.outcome import RefusedError, UnavailableError
from connectors.web_answer import failure, seconds
from models.notify.channels import DiscordChannel, SlackChannel, WebhookChannel

ANSWER_BYTES = 4096
"""Most that is read of an answer."""

LONGEST_PACE_S = 60.0
"""Most that we hold back of ourselves; a server whose limit lasts longer says so again."""

WebChannel = DiscordChannel | SlackChannel | WebhookChannel

_SHOWN = 120
_SECRET_CHARACTERS = 8
_OK = range(200, 300)
_HOST = re.compile(rb"[a-z0-9._:-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a channel posts."""

    channel: str
    variable: str
    url: SecretStr
    timeout_s: float
    allow_private: bool

    def checked(self) -> httpx.URL:
        """The URL, if it may be posted to.

        Raises:
            ChannelError: it may not; the message names the variable, not the URL.

        """
        wrong = f"channel {self.channel}: {VARIABLE}{self.variable}"
        try:
            url = httpx.URL(self.url.get_secret_value())
        except (httpx.InvalidURL, UnicodeError):
            raise ChannelError(f"{wrong} holds no URL") from None
        if url.scheme not in ("https", "http") or not _HOST.fullmatch(url.raw_host):
            raise ChannelError(f"{wrong} holds no https:// URL")
        if url.scheme == "http" and not self.allow_private:
            raise ChannelError(f"{wrong} is not https, which only allow_private permits")
        if url.userinfo or url.fragment:
            raise ChannelError(f"{wrong}: a URL with a user or a fragment is not taken")
        return url


def web_post(name: str, channel: WebChannel, secrets: Secrets) -> "WebPost":
    """What posts to the URL of a channel's secret.

    Raises:
        ChannelError: it is not set, or may not be posted to.

    """
    target = Target(
        channel=name,
        variable=channel.url_secret,
        url=secret(secrets, name, channel.url_secret),
        timeout_s=channel.timeout_s,
        allow_private=channel.allow_private,
    )
    return WebPost(target)


class WebPost:
    """Posts to a target, one at a time, no faster than it allows."""

    def __init__(
        self,
        target: Target,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._target = target
        self._url = target.checked()
        self._transport = httpx.AsyncHTTPTransport(verify=tls or True, trust_env=False)
        self._sleep = sleep
        self._clock = clock
        self._free_at = 0.0

    async def send(self, body: bytes, headers: Mapping[str, str]) -> str:
        """Post; gives the answer in short.

        Raises:
            UnavailableError: it is away or asks to wait.
            RefusedError: it will never take this, or leads to where we may not go.

        """
        await self._sleep(max(0.0, self._free_at - self._clock()))
        try:
            async with asyncio.timeout(self._target.timeout_s):
                answer, text = await self._exchange(body, headers)
        except TimeoutError:
            raise UnavailableError(f"no answer in {self._target.timeout_s:g} s") from None
        except httpx.LocalProtocolError:
            raise RefusedError("it cannot be said in HTTP") from None
        except httpx.TransportError as error:
            # its own message may hold the URL
            raise UnavailableError(f"no connection: {type(error).__name__}") from None
        self._pace(answer.headers)
        said = f"answered {answer.status_code} {self._shown(text)}".rstrip()
        if answer.status_code in _OK:
            return said
        after = answer.headers.get("retry-after")
        raise failure(answer.status_code, said, retry_after=after, body=text, now_s=time.time())

    async def close(self) -> None:
        """Let the connections go."""
        await self._transport.aclose()

    async def _exchange(
        self, body: bytes, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, str]:
        url = self._url
        port = url.port or (443 if url.scheme == "https" else 80)
        allowed = await addresses(url.host, port, allow_private=self._target.allow_private)
        for address in allowed[:-1]:
            try:
                return await self._exchange_with(address, body, headers)
            except httpx.ConnectError:
                continue
        return await self._exchange_with(allowed[-1], body, headers)

    async def _exchange_with(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, str]:
        """Speak to this very address; the certificate still has to be that of the host."""
        request = httpx.Request("POST", self._url, content=body, headers=self._headers(headers))
        request.url = self._url.copy_with(host=address)
        request.extensions = {"sni_hostname": self._url.host}
        answer = await self._transport.handle_async_request(request)
        try:
            return answer, (await _beginning(answer)).decode(errors="replace")
        finally:
            await answer.aclose()

    def _headers(self, own: Mapping[str, str]) -> dict[str, str]:
        return {"User-Agent": "engawa", "Accept-Encoding": "identity", **own}

    def _pace(self, headers: Mapping[str, str]) -> None:
        """Heed a server that says that its limit is used up (Discord's X-RateLimit headers)."""
        if headers.get("x-ratelimit-remaining") == "0":
            pause_s = seconds(headers.get("x-ratelimit-reset-after"), 0.0) or 0.0
            self._free_at = self._clock() + min(pause_s, LONGEST_PACE_S)

    def _shown(self, text: str) -> str:
        """The beginning of an answer on one line, without what is secret in our URL."""
        path, query = self._url.path, self._url.query.decode()
        pieces = [self._target.url.get_secret_value(), path, *path.split("/"), query]
        for piece in sorted(pieces, key=len, reverse=True):
            if len(piece) >= _SECRET_CHARACTERS:
                text = text.replace(piece, "…")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_SHOWN]


async def _beginning(answer: httpx.Response) -> bytes:
    stream: Any = answer.stream
    read = b""
    async for piece in stream:
        read += piece
        if len(read) >= ANSWER_BYTES:
            break
    return read[:ANSWER_BYTES]
