"""Discord webhooks (docs.discord.com, Webhook Resource)."""

import json

from connectors.channel import Secrets
from connectors.web_post import web_post
from models.notify.channels import DiscordChannel
from schemas.notifications import Notification

CONTENT_LIMIT = 1900
"""Discord takes 2,000 characters."""

SUPPRESS_EMBEDS = 4
"""Message flag: links get no preview, and the preview's server no visit."""


class Discord:
    """Posts to a Discord channel; nobody is mentioned, whatever a message says."""

    def __init__(self, name: str, channel: DiscordChannel, secrets: Secrets) -> None:
        self._web = web_post(name, channel, secrets)
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
