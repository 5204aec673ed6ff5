"""A file that was fetched once, in the user's cache; several programs may fetch it at once."""

from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.outcome import UnavailableError


def cached(place: Path) -> bytes | None:
    """What lies there; None if nothing does.

    Raises:
        UnavailableError: it cannot be read.

    """
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(f"the cache cannot be read: {error}") from None


def keep(place: Path, content: bytes) -> None:
    """Put it there, whole or not at all; of several at once the last one stays.

    Raises:
        UnavailableError: the cache cannot be written, or the disk is full.

    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=place.parent) as folder:
            draft = Path(folder) / place.name
            draft.write_bytes(content)
            draft.replace(place)
    except OSError as error:
        raise UnavailableError(f"the cache cannot be written: {error}") from None
