"""Whose schema stands behind a header: ours, the registry's, nobody's; never a guess."""

import json
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from connectors.outcome import UnavailableError
from connectors.registry import Registry, RegistrySettings
from schemas.codec import schema_of
from schemas.contracts import contract
from schemas.framing import confluent_header
from schemas.records import Telemetry
from streams.writers import LOOK_UPS, REMEMBERED, UnresolvedError, Writers

OURS = schema_of(Telemetry)


class Shelf(ThreadingHTTPServer):
    """A registry on loopback whose answers the test decides."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.schemas: dict[int, Any] = {}
        self.failing = 0
        self.asked: list[int] = []
        self.body = b""
        Thread(target=self.serve_forever, daemon=True).start()

    def registry(self) -> Registry:
        url = f"http://127.0.0.1:{self.server_address[1]}"
        return Registry(RegistrySettings.model_validate({"url": url}))

    def answer(self, schema_id: int) -> tuple[int, bytes]:
        self.asked.append(schema_id)
        if self.failing:
            self.failing -= 1
            return 503, b'{"error_code": 50001, "message": "starting"}'
        if schema_id not in self.schemas:
            return 404, b'{"error_code": 40403, "message": "Schema not found"}'
        found = self.schemas[schema_id]
        return 200, found if isinstance(found, bytes) else json.dumps({"schema": found}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        status, body = self.server.answer(int(self.path.split("/")[3].split("?")[0]))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.shutdown()
    shelf.server_close()


async def resolved(shelf: Shelf, *ids: int) -> Writers:
    writers = Writers([OURS], shelf.registry())
    await writers.resolve([confluent_header(each) for each in ids])
    return writers


def test_our_own_releases_need_no_registry() -> None:
    assert OURS is Writers([OURS], None).known(OURS.header)


@pytest.mark.parametrize("header", [b"\xc3\x01otherone", confluent_header(7)])
def test_without_a_registry_any_other_header_is_unknown(header: bytes) -> None:
    assert None is Writers([OURS], None).known(header)


async def test_a_registry_that_was_not_asked_yet_has_to_be(shelf: Shelf) -> None:
    writers = Writers([OURS], shelf.registry())

    with pytest.raises(UnresolvedError) as caught:
        writers.known(confluent_header(7))
    assert confluent_header(7) == caught.value.header
    assert None is writers.known(b"\xc3\x01otherone")


async def test_what_the_registry_knows_is_remembered(shelf: Shelf) -> None:
    shelf.schemas[7] = json.dumps(contract(Telemetry))
    writers = await resolved(shelf, 7, 8)
    await writers.resolve([confluent_header(7), confluent_header(8)])

    known = writers.known(confluent_header(7))
    assert known is not None
    assert OURS.header == known.header
    assert None is writers.known(confluent_header(8))
    assert [7, 8] == shelf.asked


async def test_it_waits_while_the_registry_is_away(shelf: Shelf) -> None:
    shelf.schemas[7] = json.dumps(contract(Telemetry))
    shelf.failing = 3

    assert None is not (await resolved(shelf, 7)).known(confluent_header(7))
    assert [7] * 4 == shelf.asked


@pytest.mark.parametrize(
    "held",
    [
        '"no such type"',
        "no json at all",
        '{"type": "record", "name": "T", "fields": 3}',
        "[" * 5000,
    ],
)
async def test_an_unusable_schema_counts_as_unknown(shelf: Shelf, held: str) -> None:
    shelf.schemas[7] = held

    assert None is (await resolved(shelf, 7)).known(confluent_header(7))


async def test_a_registry_that_does_not_speak_json_is_waited_for(shelf: Shelf) -> None:
    shelf.schemas[7] = b"<html>gateway</html>"

    with pytest.raises(UnavailableError):
        await shelf.registry().definition(7)


async def test_hostile_ids_cost_a_bounded_number_of_questions(shelf: Shelf) -> None:
    writers = await resolved(shelf, *range(LOOK_UPS + 500))

    assert LOOK_UPS == len(shelf.asked)
    assert None is writers.known(confluent_header(LOOK_UPS + 499))


async def test_hostile_ids_take_a_bounded_place_in_memory(shelf: Shelf) -> None:
    writers = await resolved(shelf, *range(REMEMBERED))
    await writers.resolve([confluent_header(REMEMBERED)])

    assert 1 == len(writers._found)
