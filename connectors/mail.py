"""Mail by SMTP, with a Message-ID by which receivers know a repeated message."""

import asyncio
import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate

from connectors.addresses import addresses
from connectors.channel import ChannelError, Secrets, secret
from connectors.outcome import RefusedError, UnavailableError
from models.notify.channels import MailChannel, Tls
from models.notify.plain_text import plain
from schemas.notifications import Notification

SUBJECT_LIMIT, ANSWER_LIMIT = 200, 150
_PERMANENT = 500


class Mail:
    """Sends each notification as a mail to all of a channel's addresses.

    Its host is looked up and checked before each mail and looked up again by smtplib to connect; a
    server with TLS still has to show the certificate of its name.
    """

    def __init__(self, name: str, channel: MailChannel, secrets: Secrets) -> None:
        self._channel = channel
        wanted = channel.user_secret, channel.password_secret
        if (wanted[0] is None) != (wanted[1] is None):
            raise ChannelError(f"channel {name}: user_secret and password_secret go together")
        if wanted[0] and channel.tls is Tls.NONE and not channel.allow_private:
            raise ChannelError(f"channel {name}: a password without TLS; set tls to starttls")
        self._login = [secret(secrets, name, each) for each in wanted if each]

    async def post(self, notification: Notification) -> str:
        """Send it; gives the answer in short."""
        channel = self._channel
        await addresses(channel.host, channel.port, allow_private=channel.allow_private)
        mail = _mail(notification, channel)
        try:
            refused = await asyncio.to_thread(self._send, mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _failure([code for code, _ in error.recipients.values()], "recipients") from None
        except smtplib.SMTPAuthenticationError as error:
            raise UnavailableError(f"answered {error.smtp_code}: it does not know us") from None
        except smtplib.SMTPResponseException as error:
            raise _failure([error.smtp_code], _shown(error.smtp_error)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise UnavailableError(f"no delivery: {type(error).__name__}") from None
        taken = len(channel.to) - len(refused)
        return f"taken for {taken} of {len(channel.to)}"

    async def close(self) -> None:
        """Nothing is kept open."""

    def _send(self, mail: EmailMessage) -> dict[str, tuple[int, bytes]]:
        """Send it; gives the addresses that the server refused while it took others."""
        server = self._connect()
        try:
            if self._channel.tls is Tls.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if self._login:
                user, password = (each.get_secret_value() for each in self._login)
                server.login(user, password)
            return server.send_message(mail)
        finally:
            # once a mail is taken a bad farewell must not have it sent again
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        to = self._channel
        if to.tls is Tls.TLS:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(to.host, to.port, timeout=to.timeout_s, context=context)
        return smtplib.SMTP(to.host, to.port, timeout=to.timeout_s)


def _mail(notification: Notification, channel: MailChannel) -> EmailMessage:
    name = re.sub(r"[^A-Za-z0-9-]", "", notification.notification_id)
    mail = EmailMessage()
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Subject"] = plain(notification.title, SUBJECT_LIMIT)
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{name}@{channel.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    lines = (notification.title, "", notification.text, notification.runbook or "")
    mail.set_content("\n".join(lines).rstrip() + "\n")
    return mail


def _failure(codes: Sequence[int], said: str) -> UnavailableError | RefusedError:
    """Wait if any of the codes asks for it, else set aside (RFC 5321: 4yz passes, 5yz stays)."""
    reason = f"answered {', '.join(str(code) for code in sorted(set(codes)))}: {said}"
    passing = any(code < _PERMANENT for code in codes)
    return UnavailableError(reason) if passing else RefusedError(reason)


def _shown(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return plain(text, ANSWER_LIMIT)
