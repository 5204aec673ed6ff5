"""A registry that speaks Confluent's HTTP API: real HTTP, franz-go's in-memory registry behind it.

That registry proves our client, not compatibility rules: those are checked on the contracts.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from compose.lock import locked
from compose.settings import ServerSettings
from connectors.outcome import UnavailableError
from connectors.registry import Registry, RegistrySettings
from schemas.contracts import contract
from schemas.records import Telemetry

SOURCE = Path(__file__).parents[1] / "data" / "srfake"

Serve = Callable[..., str]


@pytest.fixture(scope="session")
def program() -> Path:
    """The registry, built once into the user's cache."""
    sources = b"".join((SOURCE / name).read_bytes() for name in ("main.go", "go.mod", "go.sum"))
    cache = ServerSettings().cache_dir.absolute()
    cache.mkdir(parents=True, exist_ok=True)
    built = cache / f"srfake-{sha256(sources).hexdigest()[:8]}"
    with locked(built.with_suffix(".lock")):
        if not built.exists():
            assert shutil.which("go"), "Go is needed: apt-get install golang, brew install go"
            draft = built.with_suffix(".draft")
            environment = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
            command = ["go", "build", "-trimpath", "-o", str(draft)]
            subprocess.run(command, cwd=SOURCE, env=environment, check=True)
            draft.rename(built)
    return built


@pytest.fixture
def serve(program: Path) -> Iterator[Serve]:
    """Start a registry, empty, and give its address; with an argument, only who says it may in."""
    with ExitStack() as running:
        yield lambda *words: running.enter_context(_running(program, *words))


@contextmanager
def _running(program: Path, *words: str) -> Iterator[str]:
    with subprocess.Popen(
        [program, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


def registry(url: str, **more: Any) -> Registry:
    return Registry(RegistrySettings.model_validate({"url": url, **more}))


def register(url: str, schema: str, **more: Any) -> int:
    """Register as somebody else would; give the schema's id."""
    answer = httpx.post(f"{url}/subjects/theirs/versions", json={"schema": schema, **more})
    return int(answer.raise_for_status().json()["id"])


@pytest.mark.integration
async def test_a_schema_comes_back_by_the_id_it_was_registered_with(serve: Serve) -> None:
    ours, url = contract(Telemetry), serve()

    schema_id = await registry(url).register("readings.received.v1-value", ours)

    assert ours == await registry(url).definition(schema_id)


@pytest.mark.integration
async def test_registering_twice_gives_the_same_id(serve: Serve) -> None:
    url = serve()
    first = await registry(url).register("t-value", contract(Telemetry))

    assert first == await registry(url).register("t-value", contract(Telemetry))


@pytest.mark.integration
@pytest.mark.parametrize("schema_id", [404, 2**31, 2**32 - 1])
async def test_an_id_that_nobody_registered_is_unknown(serve: Serve, schema_id: int) -> None:
    assert None is await registry(serve()).definition(schema_id)


@pytest.mark.integration
async def test_a_schema_that_is_no_avro_is_unknown(serve: Serve) -> None:
    url = serve()
    schema_id = register(url, json.dumps({"type": "object"}), schemaType="JSON")

    assert None is await registry(url).definition(schema_id)


@pytest.mark.integration
async def test_it_says_who_we_are(serve: Serve) -> None:
    url = serve("Basic " + base64.b64encode(b"ada:hush").decode())

    assert None is await registry(url, username="ada", password="hush").definition(1)
    with pytest.raises(UnavailableError):
        await registry(url).definition(1)


async def test_a_registry_that_is_away_is_waited_for() -> None:
    nobody = registry("http://127.0.0.1:9")

    with pytest.raises(UnavailableError, match="registry"):
        await nobody.definition(1)
    with pytest.raises(UnavailableError, match="t-value"):
        await nobody.register("t-value", contract(Telemetry))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "url"),
        ({"url": "registry:8081"}, "url"),
        ({"url": "http://r", "timeout_s": 0}, "timeout_s"),
        ({"url": "http://r", "username": "ada"}, "password"),
        ({"url": "http://r", "password": "hush"}, "username"),
    ],
)
def test_a_setting_that_makes_no_sense_fails_by_its_name(given: Any, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        RegistrySettings.model_validate(given)

    [error] = caught.value.errors()
    assert field in (*error["loc"], *error["msg"].split())
    assert "hush" not in str(caught.value)
