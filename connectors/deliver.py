"""Notifications to their channels, in order, each once as far as the channel lets us know.

What was delivered is remembered by id, and a worker that starts can be told what was delivered
before it. What remains is the one attempt that was under way when a worker was killed: its
notification is posted again. Our webhook carries an idempotency key and mail a Message-ID, so that
a receiver can tell; Discord and Slack have no such key and may show that one message twice.
"""

import time
from collections.abc import Callable, Iterable

from connectors.channel import Secrets
from connectors.outcome import RefusedError, UnavailableError
from connectors.posters import posters
from models.alarms.settings import AlarmSettings
from models.notify.plain_text import plain
from schemas.batch import Records
from schemas.notifications import Ending, Notification, NotificationAttempt

DETAIL_LIMIT = 200


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class DeliverSink:
    """Posts notifications in order; a channel that is away holds up nothing but its own partition.

    Writing a batch again posts only what was not delivered before.
    """

    def __init__(
        self,
        settings: AlarmSettings,
        secrets: Secrets,
        *,
        now_ms: Callable[[], int] = _wall_ms,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._posters = posters(settings.rules().channels, secrets)
        self._remembered = settings.remembered_notifications
        self._now_ms = now_ms
        self._clock = clock
        self._delivered: dict[str, None] = {}
        self._refused: dict[str, str] = {}
        """Why, of what is still to be asked for alone: a batch is halved until it is."""

        self._attempts: dict[str, int] = {}
        self.report: Callable[[NotificationAttempt], None] = lambda _: None
        """Is told of every attempt."""

    def recall(self, records: Iterable[NotificationAttempt]) -> None:
        """Take in the attempts that were made before a restart, oldest first."""
        for attempt in records:
            if attempt.ending is Ending.DELIVERED:
                self._remember(attempt.notification_id)

    async def prepare(self) -> None:
        """Nothing: a channel that is away when a worker starts is as one that goes away later."""

    async def write(self, batch: Records[Notification]) -> None:
        """Post what was not delivered before.

        Raises:
            UnavailableError: the channel is away, or asks to wait.
            RefusedError: it will never take one of them.

        """
        for notification in batch.rows:
            name = notification.notification_id
            if name in self._refused:
                reason = self._refused[name]
                if len(batch.rows) == 1:
                    del self._refused[name]
                raise RefusedError(reason)
            if name not in self._delivered:
                await self._deliver(notification, alone=len(batch.rows) == 1)

    async def close(self) -> None:
        """Let all connections go."""
        for poster in self._posters.values():
            await poster.close()

    async def _deliver(self, notification: Notification, *, alone: bool) -> None:
        name, start = notification.notification_id, self._clock()
        try:
            answer = await self._post(notification)
        except UnavailableError as error:
            self._ended(notification, Ending.WAITING, str(error), start)
            raise
        except RefusedError as error:
            self._ended(notification, Ending.REFUSED, str(error), start)
            if not alone:
                self._refused[name] = str(error)
            raise
        self._remember(name)
        self._ended(notification, Ending.DELIVERED, answer, start)

    async def _post(self, notification: Notification) -> str:
        channel = notification.channel
        poster = self._posters.get(channel)
        if poster is None:
            raise RefusedError(f"channel {plain(channel)} is not in the rules file")
        try:
            return await poster.post(notification)
        except UnavailableError as error:
            after_s = error.retry_after_s
            raise UnavailableError(f"channel {channel}: {error}", retry_after_s=after_s) from None
        except RefusedError as error:
            raise RefusedError(f"channel {channel}: {error}") from None

    def _ended(self, notification: Notification, ending: Ending, detail: str, start: float) -> None:
        name = notification.notification_id
        attempt = self._attempts.pop(name, 0) + 1
        if ending is Ending.WAITING:
            self._attempts[name] = attempt
        self.report(
            NotificationAttempt(
                notification_id=name,
                channel=notification.channel,
                occasion=notification.occasion,
                alarm=notification.alarm,
                alarm_id=notification.alarm_id,
                sequence=notification.sequence,
                attempt=attempt,
                ending=ending,
                detail=detail[:DETAIL_LIMIT],
                at=self._now_ms(),
                took_ms=round((self._clock() - start) * 1000),
                seen_at=notification.seen_at,
            )
        )

    def _remember(self, name: str) -> None:
        self._delivered[name] = None
        if len(self._delivered) > self._remembered:
            del self._delivered[next(iter(self._delivered))]
