"""The alarms of a demonstration: who hears of them, and somebody who acknowledges some."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.alarms_reader import AlarmsReader, Standing
from connectors.webhook_receiver import WebhookReceiver
from models.alarms import rules_file
from schemas.alarms import Action, AlarmRequest
from streams.alarm_asking import ask
from streams.observer import wall_ms
from streams.settings import Settings

RULES = rules_file.SHIPPED.with_name("demo.yaml")
ACKNOWLEDGED = 5
BY = "demo"
ANSWERED_WITHIN_S = 20.0


@contextmanager
def receiver() -> Iterator[tuple[WebhookReceiver, dict[str, str]]]:
    """A receiver of alarms, and the environment in which workers find it and the rules."""
    key = secrets.token_hex(16)
    with WebhookReceiver(key) as webhook:
        yield (
            webhook,
            {
                "ENGAWA_ALARMS__RULES_FILE": str(RULES),
                "ENGAWA_SECRET__DEMO_URL": webhook.url,
                "ENGAWA_SECRET__DEMO_KEY": key,
            },
        )


def acknowledge_some(settings: Settings) -> int:
    """Acknowledge a few standing alarms, as somebody at the desk would; how many answered."""
    alarms = AlarmsReader(settings.mongo).current(standing=Standing.UNACKNOWLEDGED)
    requests = [
        AlarmRequest(
            request_id=secrets.token_hex(16),
            alarm=each.alarm,
            action=Action.ACKNOWLEDGE,
            at=wall_ms(),
            by=BY,
            text="seen in the demonstration",
        )
        for each in alarms[:ACKNOWLEDGED]
    ]
    answers = ask(settings, requests, within_s=ANSWERED_WITHIN_S)
    return sum(each.change is not None for each in answers)
