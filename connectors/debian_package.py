"""A package of Debian: fetched by apt-get, or where that cannot, from Debian's archive itself.

A package is pinned by version and SHA-256. It is an ar archive with a tarball of its files, which
``connectors.registry_packages.files`` opens; see deb(5).
"""

from dataclasses import dataclass
from shutil import which
from time import monotonic

import httpx

from connectors.outcome import RefusedError, UnavailableError
from connectors.registry_packages import MOST_BYTES, TIMEOUT_S, fetched, pinned

SILENCE_S = 30.0
"""Longest that the archive says nothing."""

AR = b"!<arch>\n"
HEADER_BYTES, NAME, SIZE = 60, slice(16), slice(48, 58)
"""Of a member in an ar archive, and where its name and size stand in it (deb(5))."""


@dataclass(frozen=True, slots=True)
class DebianPackage:
    """A package, as it was pinned."""

    name: str
    version: str
    address: str
    """Where the archive has it."""

    sha256: str


def fetch(package: DebianPackage, *, apt: str = "apt-get") -> bytes:
    """A package as it was pinned.

    Raises:
        UnavailableError: neither ``apt`` nor the archive has it; the message says why.
        RefusedError: it is not the package that was pinned.

    """
    try:
        content = _by_apt(package, apt)
    except UnavailableError as without_apt:
        try:
            content = _downloaded(package.address)
        except UnavailableError as error:
            raise UnavailableError(f"{without_apt}; {error}") from None
    return pinned(content, f"{package.name} {package.version}", package.sha256)


def tarball(package: bytes) -> bytes:
    """The tarball of a package's files.

    Raises:
        RefusedError: there is none in it.

    """
    place = len(AR) if package.startswith(AR) else len(package)
    while place < len(package):
        header = package[place : place + HEADER_BYTES]
        if not header[SIZE].strip().isdigit():
            break
        place += HEADER_BYTES
        size = int(header[SIZE])
        if header[NAME].startswith(b"data.tar"):
            return package[place : place + size]
        place += size + size % 2  # members begin at even places
    raise RefusedError("this is no package of Debian")


def _by_apt(package: DebianPackage, apt: str) -> bytes:
    client = which(apt)
    if not client:
        raise UnavailableError(f"{apt} is missing")
    wanted = f"{package.name}={package.version}"
    return fetched((client, "download", "--quiet", wanted), wanted)


def _downloaded(address: str) -> bytes:
    content, until_s = bytearray(), monotonic() + TIMEOUT_S
    try:
        with httpx.stream("GET", address, timeout=SILENCE_S, follow_redirects=True) as answer:
            if not answer.is_success:
                raise UnavailableError(f"{address} answers {answer.status_code}")
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    raise RefusedError(f"{address} has more than {MOST_BYTES >> 20} MiB")
                if monotonic() > until_s:
                    raise UnavailableError(f"{address} took more than {TIMEOUT_S:g} s")
    except httpx.HTTPError as error:
        raise UnavailableError(f"{address}: {str(error) or type(error).__name__}") from None
    return bytes(content)
