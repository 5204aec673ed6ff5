"""Every channel of a rules file, made ready."""

from collections.abc import Mapping

from connectors.channel import Poster, Secrets
from connectors.discord import Discord
from connectors.mail import Mail
from connectors.slack import Slack
from connectors.webhook import Webhook
from models.notify.channels import (
    Channel,
    DiscordChannel,
    MailChannel,
    SlackChannel,
    WebhookChannel,
)


def posters(channels: Mapping[str, Channel], secrets: Secrets) -> dict[str, Poster]:
    """Make every channel ready.

    Raises:
        ChannelError: a secret is missing, or is not what it should be.

    """
    return {name: _poster(name, channel, secrets) for name, channel in channels.items()}


def _poster(name: str, channel: Channel, secrets: Secrets) -> Poster:
    match channel:
        case DiscordChannel():
            return Discord(name, channel, secrets)
        case SlackChannel():
            return Slack(name, channel, secrets)
        case WebhookChannel():
            return Webhook(name, channel, secrets)
        case MailChannel():
            return Mail(name, channel, secrets)
