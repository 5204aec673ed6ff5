"""A camera in the network: motion JPEG over HTTP, which ends after some frames each time."""

from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from threading import Thread

import pytest
from structlog.testing import capture_logs

from connectors.camera import shown
from connectors.camera_video import VideoSource, network_capture
from tests.models.camera_frames import AT, jpeg, noise

FRAMES = 5
PASSWORD = b"Basic " + b64encode(b"anna:geheim")


class Camera(BaseHTTPRequestHandler):
    """Gives so many frames to whoever has the password."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization", "").encode() != PASSWORD:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace;boundary=frame")
        self.end_headers()
        for number in range(FRAMES):
            image = jpeg(noise(number))
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(image)}\r\n\r\n"
            self.wfile.write(head.encode() + image + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def source(url: str, *, tries: int) -> VideoSource:
    left = iter(range(tries))
    clock = count(AT)
    return VideoSource(
        shown(url),
        partial(network_capture, url),
        live=True,
        every_ms=1,
        now_ms=lambda: next(clock),
        wait=lambda _: next(left, None) is None,
    )


def test_frames_come_again_after_the_camera_was_lost(address: str) -> None:
    camera = source(f"http://anna:geheim@{address}/live", tries=2)

    with capture_logs() as logs:
        shots = list(camera.shots(0))

    assert (3, 3 * FRAMES) == (camera.lost, len(shots))
    assert {f"http://{address}"} == {each["camera"] for each in logs}
    assert "geheim" not in str(logs)


def test_a_wrong_password_is_told_to_nobody(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    camera = source(f"http://anna:falsch@{address}/live", tries=1)

    assert [] == list(islice(camera.shots(0), 1))
    assert 2 == camera.lost
    assert "falsch" not in "".join(capfd.readouterr())
