"""Slack's incoming webhooks (docs.slack.dev, Sending messages using incoming webhooks)."""

import json

from connectors.channel import Secrets, secret
from connectors.web_post import Target, WebPost
from models.notify.channels import SlackChannel
from schemas.notifications import Notification

TEXT_LIMIT = 3900
"""Slack advises to stay below 4,000 characters."""


class Slack:
    """Posts to a Slack channel."""

    def __init__(self, name: str, channel: SlackChannel, secrets: Secrets) -> None:
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
        lines = (f"*{notification.title}*", notification.text, notification.runbook or "")
        text = "\n".join(line for line in lines if line)[:TEXT_LIMIT]
        said = {"text": text, "unfurl_links": False, "unfurl_media": False}
        return await self._web.send(json.dumps(said).encode(), {"Content-Type": "application/json"})
