"""A camera in the network, by HTTP and by RTSP, which hangs up after some frames each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from threading import Thread

import numpy as np
import pytest
import simplejpeg
from structlog.testing import capture_logs

from connectors.camera import shown
from connectors.camera_video import VideoSource, network_capture
from models.faces.align import Pixels
from tests.connectors.rtsp_camera import PASSWORD, RtspCamera
from tests.models.camera_frames import AT, noise

FRAMES = 5
PICTURES: list[bytes] = [
    simplejpeg.encode_jpeg(noise(number), colorspace="BGR", colorsubsampling="420")
    for number in range(FRAMES)
]


class Camera(BaseHTTPRequestHandler):
    """Motion JPEG for whoever has the password."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization", "").encode() != PASSWORD:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace;boundary=frame")
        self.end_headers()
        for image in PICTURES:
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(image)}\r\n\r\n"
            self.wfile.write(head.encode() + image + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def http_camera() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["http", "rtsp"])
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Scheme, and host with port."""
    with http_camera() if request.param == "http" else RtspCamera(PICTURES).serving() as where:
        yield request.param, where


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


def apart(found: Pixels, picture: bytes) -> float:
    """How far each number of a picture is from what was sent, on average."""
    sent = simplejpeg.decode_jpeg(picture, "BGR")
    return float(np.abs(sent.astype(int) - found).mean())


def test_frames_come_again_after_the_camera_was_lost(address: tuple[str, str]) -> None:
    scheme, where = address
    camera = source(f"{scheme}://anna:geheim@{where}/live", tries=2)

    with capture_logs() as logs:
        shots = list(camera.shots(0))

    assert (3, 3 * FRAMES) == (camera.lost, len(shots))
    for number, shot in enumerate(shots):
        assert isinstance(shot.picture, np.ndarray)
        # decoders differ where colours do, and these do everywhere
        assert number % FRAMES == np.argmin([apart(shot.picture, each) for each in PICTURES])
        assert apart(shot.picture, PICTURES[number % FRAMES]) < 10
    assert {f"{scheme}://{where}"} == {each["camera"] for each in logs}
    assert "geheim" not in str(logs)


def test_a_wrong_password_is_told_to_nobody(
    address: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    scheme, where = address
    camera = source(f"{scheme}://anna:falsch@{where}/live", tries=1)

    assert [] == list(islice(camera.shots(0), 1))
    assert 2 == camera.lost
    assert "falsch" not in "".join(capfd.readouterr())
