"""A camera that speaks RTSP: JPEG in RTP (RFC 2435), inside the RTSP connection (RFC 2326, 10.12).

Its pictures are of one size that is a multiple of 16, and of libjpeg's usual kind.
"""

import struct
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from models.faces.header import header

PASSWORD = b"Basic " + b64encode(b"anna:geheim")
TABLES, SCAN = b"\xff\xdb", b"\xff\xda"
IN_BAND, HALVED, PART_BYTES, TICKS = 255, 1, 1400, 9000
"""Tables come along, colours have half the size, and there are ten frames in a second."""

SDP = (
    b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    b"m=video 0 RTP/AVP 26\r\na=control:picture\r\n"
)


class RtspCamera(ThreadingTCPServer):
    """Gives its pictures, and hangs up, to whoever has the password: ``anna:geheim``."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, pictures: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.pictures = pictures

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve; gives host and port."""
        thread = Thread(target=self.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{self.server_address[1]}"
        finally:
            self.shutdown()
            self.server_close()
            thread.join()


class _Talk(StreamRequestHandler):
    server: RtspCamera

    def handle(self) -> None:
        with suppress(ConnectionError):
            while line := self.rfile.readline():
                lines = iter(self.rfile.readline, b"\r\n")
                method, fields = line.split()[0], dict(each.split(b": ", 1) for each in lines)
                if not self._answer(method, {name: fields[name].strip() for name in fields}):
                    return

    def _answer(self, method: bytes, fields: dict[bytes, bytes]) -> bool:
        """Answer; whether there is more to say."""
        known = fields.get(b"Authorization") == PASSWORD
        state = b"200 OK" if known or method == b"OPTIONS" else b"401 Unauthorized"
        more = {
            b"OPTIONS": b"Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n",
            b"DESCRIBE": b"Content-Type: application/sdp\r\nContent-Length: %d\r\n" % len(SDP),
            b"SETUP": b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n",
        }.get(method, b"")
        if not known and method != b"OPTIONS":
            more = b'WWW-Authenticate: Basic realm="camera"\r\n'
        head = b"RTSP/1.0 %s\r\nCSeq: %s\r\nSession: 1\r\n" % (state, fields[b"CSeq"])
        self.wfile.write(head + more + b"\r\n" + (SDP if known and method == b"DESCRIBE" else b""))
        if known and method == b"PLAY":
            self.wfile.writelines(packets(self.server.pictures))
        return method not in {b"PLAY", b"TEARDOWN"}


def packets(pictures: list[bytes]) -> Iterator[bytes]:
    """Pictures as parts of a connection, each with its length in front."""
    numbers = count()
    for frame, picture in enumerate(pictures):
        for part, is_last in payloads(picture):
            kind = 26 | is_last << 7
            rtp = struct.pack(">BBHII", 0x80, kind, next(numbers), frame * TICKS, 1) + part
            yield struct.pack(">cBH", b"$", 0, len(rtp)) + rtp


def payloads(picture: bytes) -> Iterator[tuple[bytes, bool]]:
    """A picture's parts, and whether each is the last: RFC 2435, section 3.1."""
    about, (tables, scan) = header(picture), taken_apart(picture)
    size = about.width_px // 8, about.height_px // 8
    for start in range(0, len(scan), PART_BYTES):
        head = struct.pack(">IBBBB", start, HALVED, IN_BAND, *size)
        if start == 0:
            head += struct.pack(">HH", 0, len(tables)) + tables
        yield head + scan[start : start + PART_BYTES], start + PART_BYTES >= len(scan)


def taken_apart(picture: bytes) -> tuple[bytes, bytes]:
    """Quantisation tables and scan of a JPEG."""
    place, tables = 2, b""
    while (marker := picture[place : place + 2]) != SCAN:
        size = int.from_bytes(picture[place + 2 : place + 4])
        if marker == TABLES:
            content = picture[place + 4 : place + 2 + size]
            tables += b"".join(content[at + 1 : at + 65] for at in range(0, len(content), 65))
        place += 2 + size
    size = int.from_bytes(picture[place + 2 : place + 4])
    return tables, picture[place + 2 + size : -2]
