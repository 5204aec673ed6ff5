"""A real web server on this machine that speaks OpenWeatherMap's answers, or what it is told."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LATITUDE, LONGITUDE = 35.15972, 126.85306
NOW = 1_780_000_000_000
KEY = "0123456789abcdef0123456789abcdef"


def said(**changes: Any) -> dict[str, Any]:
    """The weather, as the service says it; a change of None leaves the field out."""
    main = {"temp": 294.65, "feels_like": 294.3, "temp_min": 293.1, "temp_max": 295.4}
    whole: dict[str, Any] = {
        "coord": {"lon": 126.8531, "lat": 35.1597},
        "weather": [{"id": 501, "main": "Rain", "description": "moderate rain", "icon": "10d"}],
        "base": "stations",
        "main": {**main, "pressure": 1009, "humidity": 83, "sea_level": 1009, "grnd_level": 1001},
        "visibility": 10000,
        "wind": {"speed": 2.06, "deg": 150, "gust": 4.2},
        "rain": {"1h": 1.3},
        "clouds": {"all": 75},
        "dt": NOW // 1000 - 240,
        "sys": {
            "type": 1,
            "id": 5508,
            "country": "KR",
            "sunrise": 1779998000,
            "sunset": 1780049900,
        },
        "timezone": 32400,
        "id": 1841811,
        "name": "Gwangju",
        "cod": 200,
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        inside = whole
        for name in parents:
            inside = inside[name]
        inside.pop(last, None)
        if value is not None:
            inside[last] = value
    return whole


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; ``hangs_s`` before it, ``drips_s`` between its bytes."""

    status: int = 200
    body: Any = field(default_factory=said)
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_s: float = 0.0
    drips_s: float = 0.0

    @property
    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(slots=True)
class Service:
    """The server: its answers in turn, the last one for ever."""

    answers: list[Answer]
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/data/2.5"

    def next(self, path: str) -> Answer:
        url = urlsplit(path)
        self.paths.append(url.path)
        self.asked.append(parse_qs(url.query))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def service(*answers: Answer) -> Iterator[Service]:
    """The server, on a free port."""
    here = Service(list(answers) or [Answer()])
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = here.next(self.path)
            over.wait(answer.hangs_s)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            size = 1 if answer.drips_s else len(answer.bytes) or 1
            for start in range(0, len(answer.bytes), size):
                if over.wait(answer.drips_s):
                    break
                self.wfile.write(answer.bytes[start : start + size])

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A client that hung up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    here.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """A port on which nobody answers."""
    with service() as gone:
        return gone.port
