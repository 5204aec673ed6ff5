"""Real servers for the tests that need them: started once, on ports of their own, then stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from compose.local import down, up
from compose.settings import ServerSettings
from compose.status import worker_environment
from connectors.object_store import ObjectStoreSettings
from streams.settings import Settings

SERVERS = ("kafka", "influxdb", "s3", "mongodb")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which a worker finds the servers."""
    state_dir: Path = tmp_path_factory.mktemp("servers")
    settings = ServerSettings().with_free_ports()
    up(SERVERS, settings=settings, state_dir=state_dir)
    try:
        yield worker_environment(SERVERS, settings=settings, state_dir=state_dir)
    finally:
        down(SERVERS, settings=settings, state_dir=state_dir)


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    """The settings that a worker reads from that environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        return Settings(_env_file=None)


@pytest.fixture(scope="session")
def influx_url(settings: Settings) -> str:
    return str(settings.influx.url)


@pytest.fixture(scope="session")
def s3_settings(settings: Settings) -> ObjectStoreSettings:
    return settings.s3
