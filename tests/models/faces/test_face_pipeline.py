"""What all models together say, against figures of their own runtimes on the same picture."""

from pathlib import Path

import numpy as np
import pytest

from models.faces.pipeline import MOST_AT_ONCE, FacePipeline, Wish
from models.faces.settings import Embedding, FaceSettings
from models.onnx import ModelError
from tests.models.faces.pictures import portrait, scene, texture

WITH_TEMPLATES = Wish(template=True)

pytestmark = pytest.mark.integration


def test_the_portrait_is_seen_as_the_reference_sees_it(pipeline: FacePipeline) -> None:
    (face,) = pipeline.analyse([portrait()])[0]
    # of OpenCV's FaceDetectorYN, and each network asked by itself with its published preprocessing
    assert (97.686, 65.675, 89.843, 112.981) == pytest.approx(face.box, abs=1e-2)
    assert 0.9259 == pytest.approx(face.score, abs=1e-3)
    # both in float32; 8 bits were off by 1.7 years and 0.07 at most, as the cards say
    assert 30.248 == pytest.approx(face.age, abs=1.7)
    assert 0.0450 == pytest.approx(face.male_probability, abs=0.07)
    assert face.emotions
    assert 0.9996 == pytest.approx(face.emotions.happiness, abs=1e-3)
    assert face.emotions.contempt is None
    assert face.quality > 0.8
    assert face.template is None


@pytest.mark.parametrize(
    ("kind", "start", "least"),
    [
        # dlib's network in float32, by length 1.384; 8 bits turn it by less than 0.06
        (Embedding.DLIB, (-0.0472, 0.0117, 0.0077, -0.0354), 0.03),
        (Embedding.SFACE, (-0.0095, -0.1504, 0.1005, 0.1304), 1e-3),
    ],
)
def test_templates_are_those_of_the_reference(
    models_folder: Path, kind: Embedding, start: tuple[float, ...], least: float
) -> None:
    settings = FaceSettings(
        models_folder=models_folder, embedding=kind, age_gender=False, emotion=False
    )
    (face,) = FacePipeline(settings).analyse([portrait()], WITH_TEMPLATES)[0]
    assert face.template is not None
    assert start == pytest.approx(face.template[:4].tolist(), abs=least)
    assert 1 == pytest.approx(float(np.linalg.norm(face.template)), abs=1e-6)
    assert kind == face.template_model
    assert (face.age, face.male_probability, face.emotions) == (None, None, None)


def test_a_third_network_is_asked_for_emotions_if_wanted(models_folder: Path) -> None:
    settings = FaceSettings(
        models_folder=models_folder, third_emotion_model=True, age_gender=False, embedding=None
    )
    pipeline = FacePipeline(settings)
    (face,) = pipeline.analyse([portrait()])[0]
    assert ["face-api-expression", "fer", "human-emotion", "yunet"] == sorted(pipeline.versions)
    assert face.emotions
    assert 0.9997 == pytest.approx(face.emotions.happiness, abs=1e-3)


def test_every_network_but_the_detector_runs_once_for_all_faces_of_a_batch(
    pipeline: FacePipeline,
) -> None:
    images = [scene(640, 480, count, side=200, seed=count) for count in (3, 0, 5, 1)]
    before = {name: model.runs for name, model in pipeline.models.items()}
    found = pipeline.analyse(images, WITH_TEMPLATES)
    assert [3, 0, 5, 1] == [len(faces) for faces in found]
    assert dict.fromkeys(before, 1) | {"yunet": 4} == {
        name: model.runs - before[name] for name, model in pipeline.models.items()
    }


def test_faces_of_a_batch_are_judged_as_if_alone(pipeline: FacePipeline) -> None:
    images = [scene(640, 480, 4, side=200), portrait(), scene(800, 600, 1, side=280, seed=5)]
    for image, together in zip(images, pipeline.analyse(images, WITH_TEMPLATES), strict=True):
        (alone,) = pipeline.analyse([image], WITH_TEMPLATES)
        assert len(alone) == len(together)
        for one, other in zip(alone, together, strict=True):
            assert one.box == pytest.approx(other.box, abs=1e-2)
            assert one.age == pytest.approx(other.age, abs=0.05)
            assert one.male_probability == pytest.approx(other.male_probability, abs=1e-2)
            assert one.template is not None
            assert other.template is not None
            assert float(one.template @ other.template) > 0.999


def test_one_person_is_like_herself_and_unlike_a_texture(pipeline: FacePipeline) -> None:
    large, small = pipeline.analyse([portrait(), scene(640, 480, 1, side=160)], WITH_TEMPLATES)
    assert large[0].template is not None
    assert small[0].template is not None
    assert float(large[0].template @ small[0].template) > 0.95


def test_templates_can_be_made_later_for_chosen_faces(pipeline: FacePipeline) -> None:
    image = scene(640, 480, 3, side=200)
    plain = pipeline.analyse([image])[0]
    (chosen,) = pipeline.embedded([image], [plain[1]])
    at_once = pipeline.analyse([image], WITH_TEMPLATES)[0][1]
    assert chosen.template is not None
    assert at_once.template is not None
    assert float(chosen.template @ at_once.template) > 0.999
    assert (plain[1].box, plain[1].age) == (chosen.box, chosen.age)


def test_more_faces_than_fit_into_a_run_take_more_runs(pipeline: FacePipeline) -> None:
    images = [scene(640, 480, 12, side=150)] * 4
    before = pipeline.models["age-v1"].runs
    found = pipeline.analyse(images)
    assert MOST_AT_ONCE < sum(map(len, found)) <= 2 * MOST_AT_ONCE
    assert 2 == pipeline.models["age-v1"].runs - before


def test_no_pictures_and_empty_pictures_have_no_faces(pipeline: FacePipeline) -> None:
    assert [] == pipeline.analyse([])
    black = np.zeros((480, 640, 3), np.uint8)
    thin = np.zeros((16, 4000, 3), np.uint8)
    assert [[], [], []] == pipeline.analyse(
        [black, thin, texture(320, 240, seed=8)], WITH_TEMPLATES
    )


def test_templates_that_the_settings_forbid_are_never_made(models_folder: Path) -> None:
    settings = FaceSettings(
        models_folder=models_folder, embedding=None, age_gender=False, emotion=False
    )
    pipeline = FacePipeline(settings)
    (face,) = pipeline.analyse([portrait()], WITH_TEMPLATES)[0]
    assert face.template is None
    with pytest.raises(ValueError, match="forbid"):
        pipeline.embedded([portrait()], [face])


def test_missing_models_are_said_with_what_makes_them(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="engawa models build"):
        FacePipeline(FaceSettings(models_folder=tmp_path))


def test_what_a_site_does_not_wish_is_not_found_out(pipeline: FacePipeline) -> None:
    (face,) = pipeline.analyse([portrait()], Wish(age_gender=False))[0]
    assert (None, None, None) == (face.age, face.male_probability, face.template)
    assert face.emotions
    (face,) = pipeline.analyse([portrait()], Wish(emotion=False))[0]
    assert face.age
    assert face.emotions is None
