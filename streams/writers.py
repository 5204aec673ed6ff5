"""Which schema a message was written with, by its framing header."""

from collections.abc import Iterable

import structlog
from tenacity import retry, retry_if_exception_type, wait_random_exponential

from connectors.outcome import UnavailableError
from connectors.registry import Registry
from schemas.codec import Schema, schema
from schemas.framing import registry_id

LOOK_UPS = 32
"""Most registry look-ups for one batch; hostile ids beyond count as unknown."""

REMEMBERED = 10_000
"""Most headers remembered; then all from the registry are forgotten and asked for again."""

log = structlog.get_logger(__name__)


class UnresolvedError(LookupError):
    """The registry has to be asked before this batch can be decoded."""

    def __init__(self, header: bytes) -> None:
        super().__init__(f"schema of header {header.hex()} not looked up yet")
        self.header = header


class Writers:
    """Schemas by header: those of our releases, and those the registry knows."""

    def __init__(self, released: Iterable[Schema], registry: Registry | None) -> None:
        self._released = {each.header: each for each in released}
        self._registry = registry
        self._found: dict[bytes, Schema | None] = {}

    def known(self, header: bytes) -> Schema | None:
        """The writer's schema, or None if nobody knows it.

        Raises:
            UnresolvedError: the registry may know, and has not been asked.

        """
        if (ours := self._released.get(header)) or registry_id(header) is None:
            return ours
        if self._registry is None:
            return None
        try:
            return self._found[header]
        except KeyError:
            raise UnresolvedError(header) from None

    async def resolve(self, headers: Iterable[bytes]) -> None:
        """Ask the registry for what is not known yet, and wait while it is away."""
        missing = [each for each in headers if registry_id(each) is not None]
        missing = [each for each in missing if each not in self._found]
        if len(self._found) + len(missing) > REMEMBERED:
            self._found.clear()
        for header in missing[:LOOK_UPS]:
            self._found[header] = await self._look_up(header)
        self._found.update(dict.fromkeys(missing[LOOK_UPS:]))

    @retry(
        retry=retry_if_exception_type(UnavailableError),
        wait=wait_random_exponential(multiplier=0.2, max=10.0),
        before_sleep=lambda state: log.warning(
            "registry away, waiting", reason=str(state.outcome and state.outcome.exception())
        ),
    )
    async def _look_up(self, header: bytes) -> Schema | None:
        assert self._registry is not None
        schema_id = registry_id(header)
        assert schema_id is not None
        definition = await self._registry.definition(schema_id)
        if definition is None:
            return None
        try:
            return schema(definition)
        except Exception as error:  # noqa: BLE001  # fastavro lets through what it tripped over
            log.warning("registry holds an unusable schema", id=schema_id, error=str(error))
            return None
