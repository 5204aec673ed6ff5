"""Portraits in the public domain, for a demonstration: one comes along, the others are fetched.

Every package and every picture is pinned by its SHA-256. What is known of their rights stands in
``connectors/data/NOTICE.md``. What was fetched stays in the user's cache, and is passed on to
nobody.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from platformdirs import user_cache_path

from connectors.cached_file import cached, keep
from connectors.outcome import RefusedError, UnavailableError
from connectors.registry_packages import fetch, files
from models.faces.align import Pixels

DATA = Path(__file__).with_name("data")

SIDE_PX = 256
"""Sides of a portrait."""

FACES = 2.1
"""Sides of a portrait in heights of the face in its middle."""

FACE_PX = SIDE_PX / FACES
"""Height of the face in a portrait."""


@dataclass(frozen=True, slots=True)
class Package:
    """Where photographs are from."""

    registry: str
    name: str
    version: str
    sha256: str


FACE_RECOGNITION = Package(
    "pypi-source",
    "face_recognition",
    "1.3.0",
    "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
)
MATPLOTLIB = Package(
    "pypi-linux",
    "matplotlib",
    "3.11.2",
    "07d9b9fa60cd4c393692f50d0bb03123242ddf61c99bb0e95e75feb354e7c1a8",
)


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture in which one face is somebody's."""

    person: str
    package: Package | None
    """None: it comes along."""

    path: str
    sha256: str
    face: tuple[int, int, int]
    """Middle of the face, across and down, and its height, in pixels."""

    @property
    def file_name(self) -> str:
        """Its name in a cache."""
        return Path(self.path).name


_TESTS = "face_recognition-1.3.0/tests/test_images"
PHOTOGRAPHS = (
    Photograph(
        "Eileen Collins",
        None,
        "astronaut.jpg",
        "51c21c83f138e372da3f561422366e33056af23af39560515df096b93860f302",
        (143, 122, 113),
    ),
    Photograph(
        "Grace Hopper",
        MATPLOTLIB,
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        (268, 226, 212),
    ),
    Photograph(
        "Barack Obama",
        FACE_RECOGNITION,
        f"{_TESTS}/obama.jpg",
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
        (491, 256, 329),
    ),
    Photograph(
        "Barack Obama",
        FACE_RECOGNITION,
        f"{_TESTS}/obama2.jpg",
        "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
        (340, 431, 405),
    ),
    Photograph(
        "Barack Obama",
        FACE_RECOGNITION,
        f"{_TESTS}/obama3.jpg",
        "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
        (775, 445, 345),
    ),
    Photograph(
        "Joe Biden",
        FACE_RECOGNITION,
        f"{_TESTS}/biden.jpg",
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
        (566, 377, 402),
    ),
)
"""Those of one person, and of one package, stand together."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as portraits show them: [SIDE_PX, SIDE_PX, 3], blue first."""

    name: str
    portraits: tuple[Pixels, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Whose portraits could be had, and why others could not."""

    people: tuple[Person, ...]
    missing: tuple[str, ...]


def cached_portraits() -> Path:
    """Where fetched photographs lie, for this user."""
    return user_cache_path("engawa") / "portraits"


def people(folder: Path) -> People:
    """Everybody, as far as photographs lie in ``folder`` or can be fetched into it."""
    found: list[Person] = []
    missing: list[str] = []
    for package, some in groupby(PHOTOGRAPHS, key=lambda each: each.package):
        mine = list(some)
        try:
            contents = _contents(package, mine, folder)
        except (UnavailableError, RefusedError) as error:
            missing.append(str(error))
        else:
            found += _persons(mine, contents)
    return People(tuple(found), tuple(missing))


def _persons(photographs: list[Photograph], contents: list[bytes]) -> Iterator[Person]:
    pairs = zip(photographs, contents, strict=True)
    for name, some in groupby(pairs, key=lambda pair: pair[0].person):
        yield Person(name, tuple(portrait(content, photo.face) for photo, content in some))


def _contents(package: Package | None, photographs: list[Photograph], folder: Path) -> list[bytes]:
    places = [(DATA if package is None else folder) / each.file_name for each in photographs]
    found = [cached(place) for place in places]
    if package and None in found:
        content = fetch(package.registry, package.name, package.version, sha256=package.sha256)
        inside = files(content, [each.path for each in photographs])
        found = [inside[each.path] for each in photographs]
        for place, each in zip(places, photographs, strict=True):
            keep(place, inside[each.path])
    trio = zip(places, photographs, found, strict=True)
    return [_checked(place, each, content or b"") for place, each, content in trio]


def _checked(place: Path, photograph: Photograph, content: bytes) -> bytes:
    if hashlib.sha256(content).hexdigest() != photograph.sha256:
        raise RefusedError(f"{place} is not the photograph that was pinned; delete it")
    return content


def portrait(content: bytes, face: tuple[int, int, int]) -> Pixels:
    """What is around a face of a photograph, ``SIDE_PX`` wide and high; edges are drawn on."""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise RefusedError("the photograph cannot be decoded")
    across, down, height = face
    half = round(height * FACES / 2)
    wide = cv2.copyMakeBorder(image, half, half, half, half, cv2.BORDER_REPLICATE)
    cut = wide[down : down + 2 * half, across : across + 2 * half]
    scaled = cv2.resize(cut, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, np.uint8)
