"""Slack's incoming webhooks (docs.slack.dev, Sending messages using incoming webhooks)."""

import json

from connectors.channel import Secrets
from connectors.web_post import web_post
from models.notify.channels import SlackChannel
from schemas.notifications import Notification

TEXT_LIMIT = 3900
"""Slack advises to stay below 4,000 characters."""


class Slack:
    """Posts to a Slack channel."""

    def __init__(self, name: str, channel: SlackChannel, secrets: Secrets) -> None:
        self._web = web_post(name, channel, secrets)
        self.close = self._web.close

    async def post(self, notification: Notification) -> str:
        """Post it; gives the answer in short."""
        lines = (f"*{notification.title}*", notification.text, notification.runbook or "")
        text = "\n".join(line for line in lines if line)[:TEXT_LIMIT]
        said = {"text": text, "unfurl_links": False, "unfurl_media": False}
        return await self._web.send(json.dumps(said).encode(), {"Content-Type": "application/json"})
