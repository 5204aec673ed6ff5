"""Packages of Debian: a small one, made here, and an archive of our own that serves it."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from connectors.debian_package import AR, DebianPackage, fetch, tarball
from connectors.outcome import RefusedError, UnavailableError
from connectors.registry_packages import files

NO_APT = "no-such-apt-get"
PATH = "./usr/share/doc/little/video.avi"
CONTENT = b"frames"
NOWHERE = "http://127.0.0.1:9/little.deb"


def xz(path: str, content: bytes) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:xz") as archive:
        member = tarfile.TarInfo(path)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


def member(name: bytes, content: bytes) -> bytes:
    header = b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(content))
    return header + content + b"\n" * (len(content) % 2)


def deb() -> bytes:
    odd = b"odd"  # the next member begins a byte later
    data = member(b"data.tar.xz", xz(PATH, CONTENT))
    return AR + member(b"debian-binary", b"2.0\n") + member(b"control.tar.xz", odd) + data


def package(address: str, content: bytes) -> DebianPackage:
    return DebianPackage("little", "1.0-1", address, hashlib.sha256(content).hexdigest())


@contextmanager
def archive(folder: Path) -> Iterator[str]:
    """Serve a folder; give its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_comes_out_of_a_package() -> None:
    assert {PATH: CONTENT} == files(tarball(deb()), [PATH])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        AR,
        AR + b"short",
        AR + member(b"debian-binary", b"2.0\n"),
        AR + member(b"debian-binary", b"2.0\n").replace(b"4  ", b"-60"),
    ],
)
def test_what_is_no_package_of_debian_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="no package of Debian"):
        tarball(content)


def test_without_apt_get_a_package_comes_from_the_archive(tmp_path: Path) -> None:
    (tmp_path / "little.deb").write_bytes(deb())
    with archive(tmp_path) as address:
        assert deb() == fetch(package(f"{address}/little.deb", deb()), apt=NO_APT)


def test_another_content_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "little.deb").write_bytes(deb())
    with (
        archive(tmp_path) as address,
        pytest.raises(RefusedError, match=r"little 1\.0-1 has SHA-256 .* not the pinned"),
    ):
        fetch(package(f"{address}/little.deb", b"another"), apt=NO_APT)


def test_without_apt_get_and_archive_both_are_named() -> None:
    with pytest.raises(UnavailableError, match=rf"{NO_APT} is missing; {NOWHERE}: .*refused"):
        fetch(package(NOWHERE, deb()), apt=NO_APT)


def test_a_client_that_fails_is_repeated_and_so_is_what_the_archive_answers(tmp_path: Path) -> None:
    with (
        archive(tmp_path) as address,
        pytest.raises(UnavailableError, match=r"could not be fetched: .*little\.deb answers 404"),
    ):
        fetch(package(f"{address}/little.deb", deb()), apt="false")
