"""What has to go from a topic: counted by reading all of it, removed as far as Kafka can."""

import asyncio
from collections.abc import Callable

from connectors.kafka import KafkaSettings
from connectors.log_cut import LogCut
from connectors.message_log import MessageLog


class TopicErasure:
    """The messages of one topic that have to go.

    Kafka can only cut off a partition's beginning, so each is cut up to its first message that may
    stay. What lies behind that stays until its retention is over.
    """

    def __init__(
        self, kafka: KafkaSettings, topic: str, concerned: Callable[[bytes | None], bool]
    ) -> None:
        self.name = topic
        self._kafka, self._concerned = kafka, concerned
        self._cut = LogCut(kafka)
        self._firsts: dict[int, int] = {}
        self._newest_ms = 0
        self.gone_by: int | None = None
        """When Kafka will have deleted what is left, epoch milliseconds UTC; None if unknown."""

    async def count(self) -> int:
        """How many messages have to go.

        Raises:
            MissingTopicError: there is no such topic.
            UnavailableError: no broker answers.

        """
        found = await asyncio.to_thread(self._count)
        if found and (kept_ms := await asyncio.to_thread(self._cut.kept_ms, self.name)):
            self.gone_by = self._newest_ms + kept_ms
        return found

    async def remove(self) -> None:
        """Cut off what can be cut, as far as it was counted.

        Raises:
            UnavailableError: no broker answers, or it does not let us.

        """
        await asyncio.to_thread(self._cut.cut, self.name, self._firsts)

    def _count(self) -> int:
        found, self._firsts, self._newest_ms = 0, {}, 0
        stays: set[int] = set()
        with MessageLog(self._kafka) as log:
            for each in log.read(log.span(self.name)):
                if not self._concerned(each.value):
                    stays.add(each.partition)
                    continue
                found += 1
                self._newest_ms = max(self._newest_ms, each.logged_at)
                if each.partition not in stays:
                    self._firsts[each.partition] = each.offset + 1
        return found
