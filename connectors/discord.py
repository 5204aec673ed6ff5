"""Discord webhooks (docs.discord.com, Webhook Resource)."""

import json

from connectors.channel import Secrets, secret
from connectors.web_post import Target, WebPost
from models.notify.channels import DiscordChannel
from schemas.notifications import Notification

CONTENT_LIMIT = 1900
"""Discord takes 2,000 characters."""

SUPPRESS_EMBEDS = 4
"""Message flag: links get no preview, and the preview's server no visit."""


class Discord:
    """Posts to a Discord channel; nobody is mentioned, whatever a message says."""

    def __init__(self, name: str, channel: DiscordChannel, secrets: Secrets) -> None:
        self._web = WebPost(
            Target(
                channel=name,
                variable=channel.url_secret,
                url=secret(secrets, name, channel.url_secret),
                timeout_s=channel.timeout_s,
                allow_private=channel.allow_private,
            )
        )
        self.close = self._web.close

    async def post(self, notification: Notification) -> str:
        """Post it; gives the answer in short."""
        lines = (f"**{notification.title}**", notification.text, notification.runbook or "")
        said = {
            "username": "Engawa",
            "content": "\n".join(line for line in lines if line)[:CONTENT_LIMIT],
            "allowed_mentions": {"parse": []},
            "flags": SUPPRESS_EMBEDS,
        }
        return await self._web.send(json.dumps(said).encode(), {"Content-Type": "application/json"})
