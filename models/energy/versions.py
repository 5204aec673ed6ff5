"""Where versions of models lie: ``<folder>/<name>/<version>/``, and which one is in use.

Versions never change once they are there. Names that are no names, and links, are passed over, so
that nothing outside the folders is ever read or written.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from models.energy.card import CARD_FILE, MODEL_FILE, MOST_BYTES, NAME, write_whole
from models.onnx import ModelError, read_bounded
from models.onnx_file import MOST_BYTES as MOST_MODEL_BYTES

CURRENT_FILE = "current"
MOST_VERSIONS = 10_000

_NAME = re.compile(NAME)
_VERSION = re.compile(r"^[1-9][0-9]{0,8}$")

Stamp = tuple[object, ...]
"""Changes whenever what lies in the folders does."""


class Versions:
    """All versions of all models. What lies in the own folder goes before what was shipped."""

    def __init__(self, shipped: Path, own: Path) -> None:
        self._own, self._folders = own, (shipped, own)

    def names(self) -> Sequence[str]:
        """Every model that has a version."""
        found = {each.name for folder in self._folders for each in _folders_in(folder, _NAME)}
        return sorted(name for name in found if self.of(name))

    def of(self, name: str) -> dict[int, Path]:
        """The versions of a model and their folders, the oldest first.

        Raises:
            ModelError: that is no name.

        """
        found: dict[int, Path] = {}
        for folder in self._folders:
            home = folder / checked(name)
            if not home.is_symlink():
                found |= {int(each.name): each for each in _folders_in(home, _VERSION)}
        return dict(sorted(found.items()))

    def chosen(self, name: str) -> int | None:
        """The version that was chosen, or None if the newest is to be used.

        Raises:
            ModelError: the file that says so says something else.

        """
        pointer = self._own / checked(name) / CURRENT_FILE
        if not pointer.exists() and not pointer.is_symlink():
            return None
        text = read_bounded(pointer, 100).decode("ascii", "replace").strip()
        if not _VERSION.match(text):
            raise ModelError(f"{CURRENT_FILE} names no version")
        return int(text)

    def choose(self, name: str, version: int | None) -> None:
        """Have this version used from now on; None: always the newest."""
        home = self._home(name)
        if version is None:
            (home / CURRENT_FILE).unlink(missing_ok=True)
        else:
            write_whole(home / CURRENT_FILE, f"{version}\n".encode())

    def draft(self, name: str, source: Path) -> Path:
        """Copy a version's two files into a new folder beside the versions, not one of them yet.

        Raises:
            ModelError: a file is missing, no regular file, or too large.

        """
        card = read_bounded(source / CARD_FILE, MOST_BYTES)
        model = read_bounded(source / MODEL_FILE, MOST_MODEL_BYTES)
        draft = self._home(name) / f".{uuid4().hex}"
        draft.mkdir()
        write_whole(draft / CARD_FILE, card)
        write_whole(draft / MODEL_FILE, model)
        return draft

    def publish(self, name: str, version: int, draft: Path) -> Path:
        """Make a draft a version, at once and whole.

        Raises:
            ModelError: there is such a version already.

        """
        if version in self.of(name):
            raise ModelError(f"{name} has a version {version} already")
        try:
            return draft.rename(self._home(name) / str(version))
        except OSError as error:  # somebody else was quicker
            raise ModelError(f"{name} has a version {version} already") from error

    def stamp(self, name: str) -> Stamp:
        """Something that changes with the versions of a model and with what is chosen."""
        home = self._own / checked(name)
        files = [
            folder / file for folder in self.of(name).values() for file in (CARD_FILE, MODEL_FILE)
        ]
        return tuple((path, *_seen(path)) for path in (home / CURRENT_FILE, *files))

    def _home(self, name: str) -> Path:
        home = self._own / checked(name)
        if home.is_symlink():
            raise ModelError(f"{name}: its folder is a link")
        home.mkdir(parents=True, exist_ok=True)
        return home


def checked(name: str) -> str:
    """A model's name, if it is one.

    Raises:
        ModelError: it is not.

    """
    if not _NAME.fullmatch(name):
        raise ModelError(f"{name[:64]!r} is no name of a model: small letters, digits and dashes")
    return name


def discard(draft: Path) -> None:
    """Remove a draft that did not become a version."""
    shutil.rmtree(draft, ignore_errors=True)


def _folders_in(folder: Path, named: re.Pattern[str]) -> Sequence[Path]:
    try:
        found = [each for each in folder.iterdir() if named.fullmatch(each.name)]
    except OSError:
        return ()
    return [each for each in found if each.is_dir() and not each.is_symlink()][:MOST_VERSIONS]


def _seen(path: Path) -> tuple[int, ...]:
    try:
        found = path.lstat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ino, found.st_size
