"""The other end of our webhook: takes posts that are signed, each idempotency key once.

What the demonstration delivers to, and an example of what a receiver has to do.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from connectors.signature import HEADER, verify

MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Received:
    """One post that was ours."""

    notification: Any
    at: int
    """Epoch milliseconds UTC."""


class WebhookReceiver:
    """Listens on a free loopback port while it is entered."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._lock = threading.Lock()
        self.received: dict[str, Received] = {}
        """Posts by their idempotency key, in order of arrival."""

        self.repeats: Counter[str] = Counter()
        """Posts that came again, by key."""

        self.refused = 0
        """Posts that were not ours, or unreadable."""

        self.away = False
        """Whether to answer 503 to everything."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self._server.server_port}/alarms"

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, headers: Any, body: bytes) -> HTTPStatus:
        if self.away:
            return HTTPStatus.SERVICE_UNAVAILABLE
        with self._lock:
            if not verify(self._secret, headers.get(HEADER, ""), body, int(time.time())):
                self.refused += 1
                return HTTPStatus.UNAUTHORIZED
            return self._take(headers.get("Idempotency-Key", ""), body)

    def _take(self, key: str, body: bytes) -> HTTPStatus:
        try:
            notification = json.loads(body)
        except ValueError:
            self.refused += 1
            return HTTPStatus.BAD_REQUEST
        if key in self.received:
            self.repeats[key] += 1
        else:
            self.received[key] = Received(notification, time.time_ns() // 1_000_000)
        return HTTPStatus.NO_CONTENT


def _handler(answer: Callable[[Any, bytes], HTTPStatus]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # http.server's name
            length = self.headers.get("Content-Length") or ""
            if not length.isdecimal():
                return self._end(HTTPStatus.LENGTH_REQUIRED)
            if int(length) > MOST_BYTES:
                return self._end(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return self._say(answer(self.headers, self.rfile.read(int(length))))

        def _end(self, status: HTTPStatus) -> None:
            """Say it, and leave the body unread."""
            self.close_connection = True
            self._say(status)

        def _say(self, status: HTTPStatus) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing for each request."""

    return Handler
