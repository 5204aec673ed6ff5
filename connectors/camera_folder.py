"""A folder of pictures as a camera: in the order of their names, and new ones as they come."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import structlog

from connectors.camera import CameraError, Shot, Wait
from connectors.camera_pictures import ENDINGS, picture_of

_TAKEN = ", ".join(sorted(ENDINGS))

log = structlog.get_logger(__name__)


class FolderSource:
    """Takes its files as if one had been taken every ``every_ms``.

    With ``watch`` it then looks every so often for others, which count as taken when they are
    found. A file is found once it has not changed between two looks.
    """

    def __init__(
        self,
        folder: Path,
        *,
        every_ms: int,
        watch: bool,
        most_bytes: int,
        now_ms: Callable[[], int],
        wait: Wait,
    ) -> None:
        self._folder, self._every_ms, self._most_bytes = folder, every_ms, most_bytes
        self._now_ms, self._wait = now_ms, wait
        self._first = _files(folder)
        if not self._first and not watch:
            raise CameraError(f"{folder} holds no file {_TAKEN}")
        if others := _others(folder):
            log.warning("files passed over", folder=str(folder), files=others, taken=_TAKEN)
        self.live = watch
        self.span_ms = None if watch else len(self._first) * every_ms

    def shots(self, start_ms: int) -> Iterator[Shot]:
        """Its files' pictures; those that are too large are passed over."""
        for number, path in enumerate(sorted(self._first)):
            at = self._now_ms() if self.live else start_ms + number * self._every_ms
            yield from self._shot(path, at)
        taken = self._first
        seen = taken
        while self.live and not self._wait(self._every_ms / 1000):
            now = _files(self._folder)
            for path in sorted(now):
                if path not in taken and seen.get(path) == now[path]:
                    yield from self._shot(path, self._now_ms())
                    taken = {**taken, path: now[path]}
            taken = {path: about for path, about in taken.items() if path in now}
            seen = now

    def _shot(self, path: Path, at: int) -> Iterator[Shot]:
        try:
            size = path.stat().st_size
            if size <= self._most_bytes:
                yield Shot(at=at, picture=picture_of(path.read_bytes()))
                return
            log.warning("picture too large, passed over", file=path.name, size_bytes=size)
        except OSError as error:
            log.warning("picture not readable, passed over", file=path.name, reason=str(error))


def _others(folder: Path) -> int:
    """How many files of a folder are not looked into; hidden ones are nobody's pictures."""
    with suppress(OSError):
        names = [path for path in folder.iterdir() if path.suffix.lower() not in ENDINGS]
        return sum(path.is_file() and not path.name.startswith(".") for path in names)
    return 0


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Pictures in a folder, with their size and time of change; one that is gone has none."""
    found = {}
    with suppress(OSError):
        for path in folder.iterdir():
            if path.suffix.lower() in ENDINGS and path.is_file():
                about = path.stat()
                found[path] = about.st_size, about.st_mtime_ns
    return found
