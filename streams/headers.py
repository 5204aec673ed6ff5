"""The framing of what we write: our schemas' own, or the ids that the registry gave them."""

from typing import Any

import structlog
from tenacity import retry, retry_if_exception_type

from connectors.outcome import UnavailableError
from connectors.registry import Registry
from schemas.codec import schema_of
from schemas.contracts import contract
from schemas.framing import confluent_header
from schemas.topic import Topic
from streams.settle import PAUSE
from streams.writer import Writer

log = structlog.get_logger(__name__)


class Headers:
    """Knows with what each topic's messages begin."""

    def __init__(self, registry: Registry | None) -> None:
        self._registry = registry

    async def writer(self, topics: tuple[Topic[Any], ...]) -> Writer:
        """What writes to these topics, as soon as the registry has their schemas."""
        return Writer(topics, {topic.name: await self._of(topic) for topic in topics})

    async def _of(self, topic: Topic[Any]) -> bytes:
        if self._registry is None:
            return schema_of(topic.record).header
        subject, definition = f"{topic.name}-value", contract(topic.record)
        return confluent_header(await _registered(self._registry, subject, definition))


@retry(
    retry=retry_if_exception_type(UnavailableError),
    wait=PAUSE,
    before_sleep=lambda state: log.warning(
        "registry away, waiting", reason=str(state.outcome and state.outcome.exception())
    ),
)
async def _registered(registry: Registry, subject: str, definition: Any) -> int:
    return await registry.register(subject, definition)
