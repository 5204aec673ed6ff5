import struct
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st

from models.faces.align import Pixels
from models.faces.picture import Picture, PictureError, decode
from models.faces.settings import FaceSettings
from schemas.reasons import Reason
from tests.models.faces.pictures import ASTRONAUT, blurred, jpeg, portrait, scene, texture

SETTINGS = FaceSettings()


def refused(data: bytes, settings: FaceSettings = SETTINGS) -> Reason:
    with pytest.raises(PictureError) as caught:
        decode(data, settings)
    assert caught.value.detail
    return caught.value.reason


def with_segment(data: bytes, marker: int, content: bytes) -> bytes:
    head = struct.pack(">BBH", 0xFF, marker, len(content) + 2)
    return data[:2] + head + content + data[2:]


def turned(data: bytes, orientation: int, order: str = "<") -> bytes:
    """The JPEG with a note of which way the camera was held."""
    mark = b"II" if order == "<" else b"MM"
    tiff = mark + struct.pack(f"{order}HIHHHIHHI", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return with_segment(data, 0xE1, b"Exif\0\0" + tiff)


def opened_by_opencv(data: bytes) -> Pixels:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return np.asarray(found, np.uint8)


def mean_difference(one: Pixels, other: Pixels) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_a_small_picture_is_decoded_as_it_is() -> None:
    picture = decode(ASTRONAUT.read_bytes(), SETTINGS)
    assert (300, 300) == (picture.width_px, picture.height_px)
    np.testing.assert_array_equal(portrait(), picture.pixels)


@pytest.mark.parametrize(
    ("width", "height", "seen"),
    [
        (1000, 700, (700, 1000)),
        (1919, 1080, (1080, 1919)),
        (1920, 1080, (540, 960)),
        (1081, 1923, (962, 541)),
        (3840, 2160, (540, 960)),
    ],
)
def test_a_large_picture_is_decoded_at_a_half_or_less(
    width: int, height: int, seen: tuple[int, int]
) -> None:
    image = texture(width, height, seed=1)
    picture = decode(jpeg(image), SETTINGS)
    assert (width, height) == (picture.width_px, picture.height_px)
    assert seen == picture.pixels.shape[:2]
    small = cv2.resize(image, seen[::-1], interpolation=cv2.INTER_AREA)
    assert mean_difference(np.asarray(small, np.uint8), picture.pixels) < 6


def test_the_detector_never_gets_less_than_it_asks_for() -> None:
    settings = FaceSettings(picture_side_px=160, detector_side_px=800)
    assert (540, 960) == decode(jpeg(texture(1920, 1080, seed=1)), settings).pixels.shape[:2]
    assert (600, 1000) == decode(jpeg(texture(1000, 600, seed=1)), settings).pixels.shape[:2]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_picture_is_turned_upright_as_opencv_does(orientation: int, order: str) -> None:
    data = turned(jpeg(scene(320, 240, 1, side=200)), orientation, order)
    expected = opened_by_opencv(data)
    picture = decode(data, SETTINGS)
    assert expected.shape[:2] == (picture.height_px, picture.width_px)
    assert mean_difference(expected, picture.pixels) < 1
    assert picture.pixels.flags.c_contiguous


@pytest.mark.parametrize(
    "note",
    [b"Exif\0\0", b"Exif\0\0II*\0", b"Exif\0\0XX*\0\x08\0\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff"],
)
def test_a_broken_note_of_the_camera_spoils_nothing(note: bytes) -> None:
    picture = decode(with_segment(ASTRONAUT.read_bytes(), 0xE1, note), SETTINGS)
    np.testing.assert_array_equal(portrait(), picture.pixels)
    assert 300 == decode(turned(ASTRONAUT.read_bytes(), 99), SETTINGS).width_px


def test_grey_pictures_become_colour() -> None:
    grey = np.ascontiguousarray(texture(64, 48, seed=1)[..., :1])
    data = simplejpeg.encode_jpeg(grey, 95, "GRAY", "Gray")
    pixels = decode(data, SETTINGS).pixels
    assert (48, 64, 3) == pixels.shape
    assert (pixels == pixels[..., :1]).all()


def test_pictures_for_print_are_seen_as_on_paper() -> None:
    image = blurred(texture(128, 96, seed=1), 4)
    black = np.full((96, 128), 200, np.uint8)
    inks = np.ascontiguousarray(np.dstack([image[..., ::-1], black]))
    data: bytes = simplejpeg.encode_jpeg(inks, 95, "CMYK", "444")
    pixels = decode(data, SETTINGS).pixels
    assert mean_difference((image * (200 / 255)).astype(np.uint8), pixels) < 3
    assert mean_difference(opened_by_opencv(data), pixels) < 3


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"\xff\xd8", b"\x89PNG\r\n\x1a\n" + bytes(99), b"GIF89a", b"{}", bytes(1000)],
)
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    assert Reason.NOT_AN_IMAGE is refused(data)


def test_a_picture_cut_off_anywhere_is_refused() -> None:
    data = ASTRONAUT.read_bytes()
    for end in range(0, len(data) - 2, 97):
        assert refused(data[:end]) in {Reason.NOT_AN_IMAGE, Reason.DAMAGED_IMAGE}


def test_zeros_in_the_middle_are_seen() -> None:
    data = bytearray(ASTRONAUT.read_bytes())
    data[5000:9000] = bytes(4000)
    assert Reason.DAMAGED_IMAGE is refused(bytes(data))


def resized_header(data: bytes, width: int, height: int) -> bytes:
    """The same data under a header that claims another size."""
    place = data.index(b"\xff\xc0")
    return data[: place + 5] + struct.pack(">HH", height, width) + data[place + 9 :]


def test_a_small_file_that_claims_to_be_huge_is_never_decoded() -> None:
    bomb = resized_header(ASTRONAUT.read_bytes(), 65_000, 65_000)
    assert Reason.IMAGE_TOO_LARGE is refused(bomb)
    assert Reason.IMAGE_TOO_LARGE is refused(bomb, FaceSettings(most_pixels=4_000_000_000))


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 300), (300, 0), (15, 300), (300, 1)])
def test_a_picture_without_a_size_or_too_small_for_a_face_is_refused(
    width: int, height: int
) -> None:
    data = resized_header(ASTRONAUT.read_bytes(), width, height)
    assert Reason.IMAGE_TOO_SMALL is refused(data)


def test_a_file_of_too_many_bytes_is_refused() -> None:
    data = ASTRONAUT.read_bytes()
    assert Reason.IMAGE_TOO_LARGE is refused(data, FaceSettings(most_bytes=len(data) - 1))


def test_a_picture_of_endless_scans_is_refused() -> None:
    data = ASTRONAUT.read_bytes() + b"\xff\xda" * 10_000
    assert Reason.IMAGE_TOO_LARGE is refused(data)


@pytest.mark.parametrize("filler", [b"\xff", b"\xff\xe0\0\2", b"\xff\xd0"])
def test_a_header_without_an_end_is_refused(filler: bytes) -> None:
    data = ASTRONAUT.read_bytes()
    assert Reason.NOT_AN_IMAGE is refused(data[:2] + filler * 1_000_000 + data[2:])


def test_fill_bytes_between_segments_are_allowed() -> None:
    data = ASTRONAUT.read_bytes()
    filled = data[:2] + b"\xff" * 50 + data[2:]
    np.testing.assert_array_equal(portrait(), decode(filled, SETTINGS).pixels)


def test_progressive_pictures_are_decoded() -> None:
    done, data = cv2.imencode(
        ".jpg", portrait(), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_QUALITY, 90]
    )
    assert done
    assert mean_difference(portrait(), decode(data.tobytes(), SETTINGS).pixels) < 3


@given(st.lists(st.tuples(st.integers(0, 24_000), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_picture_is_refused_or_has_its_size(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(ASTRONAUT.read_bytes())
    for place, value in changes:
        damaged[place] = value
    for picture in pictures(bytes(damaged)):
        height, width = picture.pixels.shape[:2]
        assert (width, height) == (picture.width_px, picture.height_px)


def pictures(data: bytes) -> Iterator[Picture]:
    try:
        yield decode(data, FaceSettings(picture_side_px=16_384, most_pixels=1_000_000))
    except PictureError:
        return
