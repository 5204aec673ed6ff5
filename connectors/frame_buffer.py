"""Frames on this machine's disk until Kafka has them: bounded in bytes and in age.

Each is a file of its own, so a restart finds what was left. A power cut may damage the newest.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import quote

import structlog
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from schemas.codec import UndecodableError, decode, encode_framed, schema_of
from schemas.frames import FrameCaptured

ENDING, UNFINISHED = ".frame", ".part"
FULL, OLD, DAMAGED, NO_SPACE = "full", "old", "damaged", "no_space"
"""Why a frame was dropped."""

log = structlog.get_logger(__name__)


class CameraSettings(BaseModel):
    """Where a camera is, if its address is secret, and where its frames wait for Kafka."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    source: SecretStr | None = None
    """Used if the command names none. A password in it is seen in no list of processes."""

    buffer_folder: Path = Path(".engawa/frames")
    buffer_bytes: int = Field(256 * 1024 * 1024, ge=1024)
    """More is not kept of each camera: the oldest frames are dropped."""

    buffer_age_s: float = Field(86_400.0, gt=0)
    """Nor anything older."""


@dataclass(frozen=True, slots=True)
class Held:
    """A frame in the buffer, and the name of its file."""

    name: str
    frame: FrameCaptured


class FrameBuffer:
    """The frames of one camera; one thread may put in while another takes out."""

    def __init__(self, folder: Path, settings: CameraSettings, now_ms: Callable[[], int]) -> None:
        self.folder, self._now_ms = folder, now_ms
        self._most_bytes = settings.buffer_bytes
        self._most_age_ms = round(settings.buffer_age_s * 1000)
        self._lock = Lock()
        self._header = schema_of(FrameCaptured).header
        self._taken: set[str] = set()
        """Under way to Kafka: these are not dropped."""

        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob(f"*{UNFINISHED}"):
            unfinished.unlink(missing_ok=True)
        found = sorted(folder.glob(f"*{ENDING}"))
        self._sizes = {path.name: path.stat().st_size for path in found}
        self._stamp = _stamp(found[-1].name) if found else 0
        self.size_bytes = sum(self._sizes.values())
        self.dropped: Counter[str] = Counter()
        """Frames that will never be sent, by why."""

    def __len__(self) -> int:
        """Count the frames that wait."""
        return len(self._sizes)

    @property
    def half_full(self) -> bool:
        """Whether whoever can wait should."""
        return self.size_bytes > self._most_bytes // 2

    def put(self, frame: FrameCaptured) -> None:
        """Keep a frame; drop the oldest if there is no room."""
        data = encode_framed(frame)
        with self._lock:
            # ascending even if the clock is set back, so that names sort as frames came
            self._stamp = max(self._now_ms(), self._stamp + 1)
            name = f"{self._stamp:015}-{frame.frame_id}{ENDING}"
            if not self._written(name, data):
                self.dropped[NO_SPACE] += 1
                return
            self._sizes[name] = len(data)
            self.size_bytes += len(data)
            self._shrink()

    def oldest(self, most_bytes: int) -> list[Held]:
        """The oldest frames, about so many bytes of them; ``remove`` them once they are sent."""
        with self._lock:
            self._shrink()
            held: list[Held] = []
            for name, size in list(self._sizes.items()):
                if held and size > most_bytes:
                    break
                most_bytes -= size
                if frame := self._read(name):
                    held.append(Held(name, frame))
                else:
                    self._drop(name, DAMAGED)
            self._taken = {each.name for each in held}
            return held

    def remove(self, held: Iterable[Held]) -> None:
        """Forget frames that were sent."""
        with self._lock:
            for each in held:
                self._forget(each.name)
            self._taken = set()

    def _written(self, name: str, data: bytes) -> bool:
        unfinished = self.folder / f"{name}{UNFINISHED}"
        try:
            unfinished.write_bytes(data)
            unfinished.replace(self.folder / name)
        except OSError as error:
            log.warning("frame not kept, the disk takes nothing", reason=str(error))
            return False
        return True

    def _read(self, name: str) -> FrameCaptured | None:
        try:
            data = (self.folder / name).read_bytes()
            if data.startswith(self._header):
                return decode(data[len(self._header) :], FrameCaptured)
        except (OSError, UndecodableError):
            pass
        return None

    def _shrink(self) -> None:
        oldest_ms = self._now_ms() - self._most_age_ms
        for name in [each for each in self._sizes if each not in self._taken]:
            if _stamp(name) < oldest_ms:
                self._drop(name, OLD)
            elif self.size_bytes > self._most_bytes:
                self._drop(name, FULL)
            else:
                break

    def _drop(self, name: str, why: str) -> None:
        self._forget(name)
        self.dropped[why] += 1

    def _forget(self, name: str) -> None:
        self.size_bytes -= self._sizes.pop(name, 0)
        (self.folder / name).unlink(missing_ok=True)


def place_of(site: str, camera: str, settings: CameraSettings) -> Path:
    """The folder of a camera's frames; no name leads out of it."""
    site, camera = quote(site, safe=""), quote(camera, safe="")
    return settings.buffer_folder / f"site={site}" / f"camera={camera}"


def _stamp(name: str) -> int:
    digits = name.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0
