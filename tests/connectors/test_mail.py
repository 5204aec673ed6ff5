"""Mail, against a real SMTP server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from connectors.channel import ChannelError, Secrets
from connectors.mail import Mail
from connectors.outcome import RefusedError, UnavailableError
from models.notify.channels import MailChannel
from tests.connectors.hooks import notification

TO = ["grower@farm.example", "boss@farm.example"]


@dataclass(slots=True)
class Server:
    """Answers as it is told, and keeps what it took."""

    data: str = "250 taken"
    refused: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    port: int = 0
    taken: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if address not in self.refused:
            envelope.rcpt_tos.append(address)
        return self.refused.get(address, "250 OK")

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        if self.hangs:
            await asyncio.sleep(3600)
        self.taken.append(envelope)
        return self.data

    def mails(self) -> list[EmailMessage]:
        made = []
        for envelope in self.taken:
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            made.append(mail)
        return made


@asynccontextmanager
async def smtp(server: Server, *, password: str = "") -> AsyncIterator[Server]:
    def check(_: SMTP, __: Session, ___: Envelope, ____: str, given: object) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=given.password == password.encode(), handled=False)

    def protocol() -> SMTP:
        return SMTP(
            server,
            authenticator=check,
            auth_required=bool(password),
            auth_require_tls=False,
            loop=loop,
        )

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(protocol, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


def mail(port: int, *, secrets: dict[str, str] | None = None, **fields: Any) -> Mail:
    row = {
        "kind": "mail",
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "sender": "alarms@farm.example",
        "to": TO,
        "timeout_s": 2,
        "allow_private": True,
    }
    known = {name.lower(): SecretStr(value) for name, value in (secrets or {}).items()}
    return Mail("post", MailChannel.model_validate(row | fields), Secrets(known))


async def test_a_mail_says_what_is_wrong_to_everybody_and_that_nobody_wrote_it() -> None:
    async with smtp(Server()) as server:
        answer = await mail(server.port).post(notification())

    (sent,) = server.mails()
    assert answer == "taken for 2 of 2"
    assert server.taken[0].rcpt_tos == TO
    assert sent["Subject"] == "[경보] bleiswijk/air-1 temperature 32.4 °C > 31 °C"
    assert sent["Message-ID"] == "<00000000-0000-5000-8000-000000000001@farm.example>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent.get_content().splitlines()[2:] == [
        "발생: 2026-03-01 12:00:00 UTC.",
        "https://farm.example/warm",
    ]


async def test_the_same_notification_is_the_same_message() -> None:
    async with smtp(Server()) as server:
        for _ in range(2):
            await mail(server.port).post(notification())

    first, second = server.mails()
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_title_cannot_add_headers() -> None:
    hostile = notification(title="x\r\nBcc: all@farm.example", notification_id="a>\r\nX-Evil: 1")
    async with smtp(Server()) as server:
        await mail(server.port).post(hostile)

    (sent,) = server.mails()
    assert sent["Bcc"] is None
    assert sent["X-Evil"] is None
    assert sent["Subject"] == "x Bcc: all@farm.example"


async def test_a_server_that_cannot_now_is_waited_for() -> None:
    async with smtp(Server(data="451 try later")) as server:
        with pytest.raises(UnavailableError, match="answered 451: try later"):
            await mail(server.port).post(notification())


async def test_a_mail_that_is_refused_is_set_aside() -> None:
    async with smtp(Server(data="554 no spam")) as server:
        with pytest.raises(RefusedError, match="answered 554: no spam"):
            await mail(server.port).post(notification())


async def test_refused_recipients_do_not_hold_up_the_others() -> None:
    async with smtp(Server(refused={TO[0]: "550 who"})) as server:
        assert await mail(server.port).post(notification()) == "taken for 1 of 2"


async def test_no_recipient_at_all_is_set_aside() -> None:
    async with smtp(Server(refused=dict.fromkeys(TO, "550 who"))) as server:
        with pytest.raises(RefusedError, match="answered 550"):
            await mail(server.port).post(notification())


async def test_recipients_that_are_busy_are_waited_for() -> None:
    async with smtp(Server(refused={TO[0]: "450 busy", TO[1]: "550 who"})) as server:
        with pytest.raises(UnavailableError, match="answered 450, 550"):
            await mail(server.port).post(notification())


async def test_a_server_that_hangs_is_waited_for_only_so_long() -> None:
    async with smtp(Server(hangs=True)) as server:
        with pytest.raises(UnavailableError, match="no delivery"):
            await mail(server.port, timeout_s=1).post(notification())


async def test_a_server_that_is_not_there_is_waited_for() -> None:
    async with smtp(Server()) as server:
        port = server.port
    with pytest.raises(UnavailableError, match="ConnectionRefusedError"):
        await mail(port).post(notification())


async def test_a_server_without_tls_gets_no_mail_that_needs_it() -> None:
    async with smtp(Server()) as server:
        with pytest.raises(UnavailableError, match="no delivery"):
            await mail(server.port, tls="starttls").post(notification())

    assert server.taken == []


LOGIN = {"user_secret": "MAIL_USER", "password_secret": "MAIL_PASSWORD"}


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # this machine is all there is between us
@pytest.mark.parametrize("password", ["right", "wrong"])
async def test_a_login_that_fails_is_for_the_operator_to_mend(password: str) -> None:
    secrets = {"MAIL_USER": "farm", "MAIL_PASSWORD": password}
    async with smtp(Server(), password="right") as server:
        channel = mail(server.port, secrets=secrets, **LOGIN)
        if password == "right":
            assert await channel.post(notification()) == "taken for 2 of 2"
        else:
            with pytest.raises(UnavailableError, match="it does not know us"):
                await channel.post(notification())


async def test_a_private_address_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(RefusedError, match="private address"):
        await mail(25, allow_private=False).post(notification())


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"user_secret": "MAIL_USER"}, "go together"),
        (LOGIN, "MAIL_USER is not set"),
        (LOGIN | {"allow_private": False}, "a password without TLS"),
    ],
)
def test_a_login_that_cannot_work_is_refused_at_start(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ChannelError, match=reason):
        mail(25, **fields)
