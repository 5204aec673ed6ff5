import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.faces.align import resized
from models.faces.detector import MODEL, STRIDES, Detections, Detector, decoded
from models.faces.shelf import Shelf
from tests.models.faces.pictures import portrait, scene

Outputs = dict[str, npt.NDArray[np.float32]]

VALUES = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


def outputs(width: int = 64, height: int = 64) -> Outputs:
    """What the network says of a picture without a face."""
    return {
        f"{name}_{stride}": np.zeros((width // stride * (height // stride), size), np.float32)
        for stride in STRIDES
        for name, size in VALUES.items()
    }


def face_at(out: Outputs, cell: int, stride: int, sure: float = 0.9, size: float = 0.0) -> None:
    out[f"cls_{stride}"][cell] = out[f"obj_{stride}"][cell] = sure
    out[f"bbox_{stride}"][cell] = (0.5, 0.25, size, size)
    out[f"kps_{stride}"][cell] = np.arange(10) / 10


def found(out: Outputs, *, scale: float = 1, most: int = 100) -> Detections:
    return decoded(out, 64, scale=scale, score=0.6, most=most)


def test_nothing_is_found_where_nothing_is_sure() -> None:
    out = outputs()
    face_at(out, 3, 8, sure=0.59)
    none = found(out)
    assert ((0, 4), (0, 5, 2), (0,)) == (none.boxes.shape, none.landmarks.shape, none.scores.shape)


def test_a_cell_tells_box_and_landmarks_as_seen_from_itself() -> None:
    out = outputs()
    face_at(out, 2 * 4 + 1, 16, sure=0.8, size=np.log(2))  # second column, third row of 4 x 4
    one = found(out, scale=0.5)
    centre = np.array([(1 + 0.5) * 16, (2 + 0.25) * 16])
    np.testing.assert_allclose(one.boxes, [[*(centre - 16) * 2, 64, 64]], rtol=1e-6)
    np.testing.assert_allclose(
        one.landmarks[0], (np.arange(10).reshape(5, 2) / 10 + [1, 2]) * 16 * 2, rtol=1e-6
    )
    assert 0.8 == pytest.approx(float(one.scores[0]))


def test_of_two_that_overlap_the_surer_stays_and_the_surest_come_first() -> None:
    out = outputs()
    face_at(out, 5, 32 // 4, sure=0.7, size=1.2)
    face_at(out, 6, 32 // 4, sure=0.9, size=1.2)
    face_at(out, 60, 32 // 4, sure=0.8)
    assert [0.9, 0.8] == pytest.approx(found(out).scores.tolist())
    assert [0.9] == pytest.approx(found(out, most=1).scores.tolist())


@pytest.mark.parametrize(
    ("name", "value"), [("bbox", np.nan), ("bbox", 200), ("bbox", -30), ("kps", np.inf), ("kps", 0)]
)
def test_what_no_face_gives_is_left_out(name: str, value: float) -> None:
    out = outputs()
    face_at(out, 1, 32)
    out[f"{name}_32"][1] = value
    assert 0 == len(found(out).scores)


@given(st.integers(0, 2**32 - 1))
def test_any_outputs_give_faces_that_can_be_cut(seed: int) -> None:
    random = np.random.default_rng(seed)
    out: Outputs = {
        name: (random.standard_cauchy(values.shape) * 3).astype(np.float32)
        for name, values in outputs().items()
    }
    faces = found(out)
    assert np.isfinite(faces.boxes).all()
    assert np.isfinite(faces.landmarks).all()
    assert (faces.boxes[:, 2:] > 0).all()
    assert (np.diff(faces.scores) <= 0).all()


@pytest.mark.integration
@pytest.mark.parametrize("size", [(300, 300), (301, 277), (640, 480)])
def test_faces_are_those_of_opencv_within_a_thousandth_of_a_pixel(
    shelf: Shelf, size: tuple[int, int]
) -> None:
    image = resized(scene(*size, 3, side=130), *size)
    reference = cv2.FaceDetectorYN.create(
        str(shelf.folder / f"{MODEL}.onnx"), "", size, 0.6, 0.3, 5000
    )
    expected = reference.detect(image)[1]
    mine = Detector(shelf.open(MODEL), side_px=4096, score=0.6, most=100).find(image)
    rows = np.column_stack([mine.boxes, mine.landmarks.reshape(-1, 10), mine.scores])
    assert expected is not None
    assert len(rows) >= 3
    np.testing.assert_allclose(rows, expected, atol=1e-3)


@pytest.mark.integration
def test_boxes_are_in_the_pixels_of_the_picture_whatever_the_detector_sees(shelf: Shelf) -> None:
    image = resized(portrait(), 200, 200)
    large = np.asarray(cv2.resize(image, (1000, 1000), interpolation=cv2.INTER_CUBIC), np.uint8)
    model = shelf.open(MODEL)
    boxes = [
        Detector(model, side_px=side, score=0.6, most=9).find(large).boxes[0] for side in (320, 640)
    ]
    np.testing.assert_allclose(boxes[0], boxes[1], atol=25)
