"""A staged scene drawn: portraits before a wall, as two cheap cameras would see them.

Each frame follows from the plan, the portraits, the seed and its number alone. Faces drift
a little, tilt, and are more or less in focus; the light changes, the sensor is noisy, and the JPEG
is compressed more or less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from connectors.crowd_plan import PLACES, Plan, Stay
from connectors.portraits import FACE_PX, SIDE_PX, Person
from models.faces.align import Pixels
from models.frame_ids import frame_id
from schemas.frames import FrameCaptured

WIDTH, HEIGHT = 1280, 720
TURN_DEG = 6.0
BLUR_PX = 1.2
NOISE, GREY = 3.0, 128
LIGHT = (0.75, 1.15)
JPEG_QUALITY = (60, 90)
SPARE_PX = 64
MIDDLE = (SIDE_PX / 2, SIDE_PX / 2)


@dataclass(frozen=True, slots=True)
class Scene:
    """A plan with people to play it."""

    plan: Plan
    people: Sequence[Person]
    seed: int

    def picture(self, camera: str, frame: int) -> Pixels:
        """What a camera sees, [HEIGHT, WIDTH, 3], blue first."""
        place = self.plan.cameras.index(camera)
        rng = np.random.default_rng([self.seed, place, frame])
        image = wall(self.seed, place).copy()
        for stay in self.plan.seen(camera, frame):
            self._draw(image, stay, frame, rng)
        return _taken(image, self.seed, rng)

    def frame(self, site: str, camera: str, frame: int) -> FrameCaptured:
        """A frame as a camera sends it."""
        rng = np.random.default_rng([self.seed, self.plan.cameras.index(camera), frame, 1])
        at = self.plan.at(frame)
        image: bytes = simplejpeg.encode_jpeg(
            self.picture(camera, frame),
            quality=int(rng.integers(*JPEG_QUALITY)),
            colorspace="BGR",
        )
        return FrameCaptured(
            frame_id=frame_id(site, camera, at, image),
            site=site,
            camera=camera,
            at=at,
            analyses=("faces",),
            image=image,
            tags={},
        )

    def _draw(self, image: Pixels, stay: Stay, frame: int, rng: np.random.Generator) -> None:
        """Somebody where they stand, without hiding anybody."""
        own = np.random.default_rng(stay.look)
        portraits = self.people[stay.person].portraits
        portrait = portraits[int(own.integers(len(portraits)))]
        drift = np.sin(own.uniform(0, 7, 3) + own.uniform(0.1, 0.5, 3) * frame)
        scale = stay.face_px / FACE_PX * (1 + 0.04 * drift[2])
        side = round(SIDE_PX * scale)
        across = (stay.place + 0.5) * WIDTH / PLACES + 6 * drift[0] - side / 2
        down = own.uniform(0.35, 0.65) * HEIGHT + 8 * drift[1] - side / 2
        tilt = cv2.getRotationMatrix2D(MIDDLE, float(rng.uniform(-TURN_DEG, TURN_DEG)), 1.0)
        blurred = cv2.GaussianBlur(portrait, (0, 0), float(rng.uniform(0.1, BLUR_PX) / scale))
        size = (SIDE_PX, SIDE_PX)
        tilted = cv2.warpAffine(blurred, tilt, size, borderMode=cv2.BORDER_REPLICATE)
        small = cv2.resize(tilted, (side, side), interpolation=cv2.INTER_AREA)
        _paste(image, _pixels(small), across, down)


@lru_cache(maxsize=8)
def wall(seed: int, camera: int) -> Pixels:
    """A wall with a texture, another one for each camera."""
    rng = np.random.default_rng([seed, camera, 2])
    texture = np.zeros((HEIGHT, WIDTH), np.float32)
    for cell_px, strength in ((160, 14), (40, 6), (8, 5)):
        rough = rng.normal(0, strength, (HEIGHT // cell_px + 2, WIDTH // cell_px + 2))
        texture += cv2.resize(
            rough.astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
        )
    image: Pixels = np.clip(texture[..., None] + rng.uniform(120, 160, 3), 0, 255).astype(np.uint8)
    return image


def _paste(image: Pixels, portrait: Pixels, across: float, down: float) -> None:
    """A portrait, fading out around head and shoulders."""
    side, left, top = len(portrait), round(across), round(down)
    shape = cv2.resize(_oval(), (side, side))[..., None]
    behind = image[top : top + side, left : left + side]
    behind[:] = behind * (1 - shape) + portrait * shape


@lru_cache(maxsize=1)
def _oval() -> npt.NDArray[np.float32]:
    shape = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    cv2.ellipse(shape, (SIDE_PX // 2, SIDE_PX // 2), (88, 112), 0, 0, 360, 1.0, -1)
    return cv2.GaussianBlur(shape, (0, 0), 5).astype(np.float32)


@lru_cache(maxsize=2)
def _grain(seed: int) -> Pixels:
    """What a sensor adds to a picture; larger than one, so that each takes another part of it."""
    rng = np.random.default_rng([seed, 3])
    size = ((HEIGHT + SPARE_PX) // 2, (WIDTH + SPARE_PX) // 2, 3)
    rough = np.clip(rng.normal(GREY, NOISE * 2, size), 0, 255).astype(np.uint8)
    return _pixels(cv2.resize(rough, (WIDTH + SPARE_PX, HEIGHT + SPARE_PX)))


def _taken(image: Pixels, seed: int, rng: np.random.Generator) -> Pixels:
    """A picture in some light, by a noisy sensor."""
    left, top = rng.integers(SPARE_PX, size=2).tolist()
    grain = _grain(seed)[top : top + HEIGHT, left : left + WIDTH]
    light = float(rng.uniform(*LIGHT))
    return _pixels(cv2.addWeighted(image, light, grain, 1.0, -GREY))


def _pixels(image: cv2.typing.MatLike) -> Pixels:
    """What OpenCV made of pixels, which are pixels again."""
    return np.asarray(image, np.uint8)
