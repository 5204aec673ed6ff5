"""A webhook of your own: the notification as JSON, with an idempotency key, signed."""

import json
import re
import time
from collections.abc import Callable

from connectors.channel import Secrets, secret
from connectors.signature import HEADER, sign
from connectors.web_post import web_post
from models.notify.channels import WebhookChannel
from schemas.codec import to_data
from schemas.notifications import Notification

_NO_HEADER = re.compile(r"[^!-~]")


class Webhook:
    """Posts notifications as they are; ``connectors.signature`` says how to verify them.

    The same notification always has the same ``Idempotency-Key``: a receiver that keeps the keys
    takes each of them once.
    """

    def __init__(
        self,
        name: str,
        channel: WebhookChannel,
        secrets: Secrets,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._web = web_post(name, channel, secrets)
        self._secret = secret(secrets, name, channel.key_secret)
        self._clock = clock
        self.close = self._web.close

    async def post(self, notification: Notification) -> str:
        """Post it; gives the answer in short."""
        body = json.dumps(to_data(notification), ensure_ascii=False, sort_keys=True).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": _NO_HEADER.sub("", notification.notification_id)[:100],
            HEADER: sign(self._secret.get_secret_value(), int(self._clock()), body),
        }
        return await self._web.send(body, headers)
