"""Detect on a portrait, alone and as often as a picture has room for it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from itertools import accumulate, count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from agents.detect import Detect, opened
from agents.route import Route
from models.crowd.census import Census
from models.crowd.privacy import Mode, Privacy
from models.crowd.settings import CrowdRules, CrowdSettings
from models.faces.card import cards
from models.faces.settings import FaceSettings, built_models
from models.faces.shelf import Shelf
from models.faces.tracks import TrackSettings
from models.frame_settings import RouteSettings, SceneSettings
from models.onnx import ModelError
from models.sites import SiteSettings
from schemas.batch import Records
from schemas.crowd import CrowdCounted
from schemas.frames import FrameAnalysed, FrameCaptured, FrameKept, Gender
from schemas.reasons import Reason, SetAside
from streams.commands.models_build import build_models
from streams.shapes import gives, takes
from tests.models.camera_frames import AT, BOOK, frame, logged
from tests.models.crowd_frames import batch
from tests.models.faces.pictures import ASTRONAUT, jpeg, scene, texture

Make = Callable[..., Detect]

EMPTY, PORTRAIT = jpeg(texture(320, 240, seed=8)), ASTRONAUT.read_bytes()
PRIVACY = {
    "mall": Privacy(),
    "twin": Privacy(),
    "ward": Privacy(mode=Mode.STRICT),
    "named": Privacy(mode=Mode.IDENTIFIED),
    "ageless": Privacy(demographics=False),
    "stern": Privacy(emotions=False),
}
SEOUL = {"latitude": 35.1, "longitude": 126.8, "time_zone": "Asia/Seoul"}
START = AT // 3_600_000 * 3_600_000
"""A full hour, and so the begin of a window in Seoul, and of a time in which looks are kept."""


@lru_cache
def view(faces: int = 1, *, side: int = 200, seed: int = 1) -> bytes:
    """So many faces; each ``seed`` is another background, and a little other light."""
    light = scene(640, 480, faces, side=side, seed=seed).astype(np.uint16) * (90 + seed) // 100
    return jpeg(np.minimum(light, 255).astype(np.uint8))


def shot(number: int = 0, image: bytes | None = PORTRAIT, **changes: Any) -> FrameCaptured:
    """One frame, a tenth of a second after the one before."""
    return frame(
        number, **{"at": START + 100 * number, "analyses": ("faces",), "image": image} | changes
    )


@pytest.fixture(scope="session")
def faces() -> FaceSettings:
    """The settings, and the models that go with them."""
    shelf = Shelf(built_models())
    build_models(shelf, [card for card in cards().values() if not shelf.holds(card)])
    return FaceSettings(models_folder=shelf.folder)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes the agent, for sites of which each allows something else."""
    book = {
        name: {
            **SEOUL,
            "privacy": privacy.model_dump(mode="json"),
            "cameras": {"kept": {"keep_frames": True}},
        }
        for name, privacy in PRIVACY.items()
    }
    path = tmp_path / "sites.yaml"
    path.write_text(yaml.safe_dump(book), encoding="utf-8")

    def made(faces: FaceSettings, *, crowd: CrowdSettings | None = None, **more: Any) -> Detect:
        tracks = TrackSettings(**more.pop("tracks", {}))
        crowd = crowd or CrowdSettings.model_validate({"key": "a key"})
        sites = SiteSettings(sites_file=path)
        return Detect(tracks, faces, crowd, sites, **more)

    return made


def analysed(done: Iterable[Any]) -> list[FrameAnalysed]:
    return [each for each in done if isinstance(each, FrameAnalysed)]


def reasons(done: Iterable[Any]) -> dict[int, Reason]:
    return {each.row: each.reason for each in done if isinstance(each, SetAside)}


def run(agent: Detect, *frames: FrameCaptured) -> list[FrameAnalysed]:
    return analysed(agent(logged(frames)))


def templates(found: Iterable[FrameAnalysed]) -> list[bytes | None]:
    return [face.embedding for each in found for face in each.faces]


def persons(found: Iterable[FrameAnalysed]) -> list[str | None]:
    return [face.person for each in found for face in each.faces]


def timeless(found: Iterable[Any]) -> list[Any]:
    """Records without what may differ."""
    return [
        replace(
            each,
            processing_ms=0.0,
            faces=tuple(replace(face, age=face.age and round(face.age, 3)) for face in each.faces),
        )
        if isinstance(each, FrameAnalysed)
        else each
        for each in found
    ]


def test_it_takes_frames_and_gives_what_is_in_them() -> None:
    assert (Records, FrameCaptured) == takes(Detect)
    assert {FrameAnalysed, FrameKept} == gives(Detect)


def test_a_batch_of_nothing_needs_no_models(make: Make, tmp_path: Path) -> None:
    agent = make(FaceSettings(models_folder=tmp_path))

    assert [] == list(agent(logged([])))
    assert {0: Reason.NOT_AN_IMAGE} == reasons(agent(logged([shot(image=b"?")])))


def test_without_models_nothing_is_set_aside_but_the_worker_is_stopped(
    make: Make, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"yunet\.onnx is missing; engawa models build makes it"):
        make(FaceSettings(models_folder=tmp_path))(logged([shot()]))


def test_a_batch_needs_an_origin(make: Make, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="log"):
        make(FaceSettings(models_folder=tmp_path))(Records(record=FrameCaptured, rows=[]))


@pytest.mark.integration
def test_a_portrait_has_a_face_with_all_that_a_site_allows(make: Make, faces: FaceSettings) -> None:
    [found] = run(make(faces), shot(7))

    assert ("f-7", "mall", "door", START + 700) == (
        found.frame_id,
        found.site,
        found.camera,
        found.at,
    )
    assert (300, 300, 0, 1) == (found.width_px, found.height_px, found.males, found.females)
    [face] = found.faces
    assert face.age == pytest.approx(31.03, abs=0.1)
    assert Gender.FEMALE is face.gender
    assert face.emotions
    assert face.emotions.happiness is not None
    assert face.emotions.happiness > 0.9
    assert face.embedding is not None
    assert (256, "dlib-int8", None) == (len(face.embedding), face.embedding_model, face.person)
    assert opened(faces).versions == found.models


@pytest.mark.integration
def test_a_frame_without_a_face_is_told_too(make: Make, faces: FaceSettings) -> None:
    [found] = run(make(faces), shot(image=EMPTY))

    assert (320, 240, ()) == (found.width_px, found.height_px, found.faces)


@pytest.mark.integration
def test_pictures_that_cannot_be_looked_at_are_set_aside_and_the_others_are_not(
    make: Make, faces: FaceSettings
) -> None:
    images = [
        PORTRAIT,
        b"no picture",
        PORTRAIT[:5000],
        jpeg(texture(320, 240, seed=1)[:12]),
        PORTRAIT + bytes(200_000),
        None,
        EMPTY,
    ]
    agent = make(faces.model_copy(update={"most_bytes": 100_000}))

    done = list(agent(logged([shot(n, image=image) for n, image in enumerate(images)])))

    assert ["f-0", "f-6"] == [each.frame_id for each in analysed(done)]
    assert {
        1: Reason.NOT_AN_IMAGE,
        2: Reason.DAMAGED_IMAGE,
        3: Reason.IMAGE_TOO_SMALL,
        4: Reason.IMAGE_TOO_LARGE,
        5: Reason.NOT_AN_IMAGE,
    } == reasons(done)


@pytest.mark.integration
def test_what_a_site_does_not_allow_is_not_found_out(make: Make, faces: FaceSettings) -> None:
    ageless, stern, named = run(
        make(faces), *(shot(n, site=site) for n, site in enumerate(("ageless", "stern", "named")))
    )

    [face] = ageless.faces
    assert (None, None, Gender.UNKNOWN) == (face.age, face.male_probability, face.gender)
    assert (0, 0) == (ageless.males, ageless.females)
    assert face.emotions
    assert face.embedding
    assert {"yunet", "dlib-int8", "fer", "face-api-expression"} == ageless.models.keys()
    [face] = stern.faces
    assert face.emotions is None
    assert face.age
    assert not {"fer", "face-api-expression"} & stern.models.keys()
    assert named.faces[0].embedding


@pytest.mark.integration
def test_a_strict_site_tells_who_is_the_same_but_no_template(
    make: Make, faces: FaceSettings
) -> None:
    frames = [shot(n, view(n % 3, seed=n), site="ward") for n in range(6)]
    hour_later = shot(6, site="ward", at=START + 3_600_000)
    elsewhere = shot(7, site="ward", camera="back")

    found = run(make(faces), *frames, hour_later, elsewhere)

    assert [0, 1, 2, 0, 1, 2, 1, 1] == [len(each.faces) for each in found]
    values = [value for each in found for face in each.faces for value in asdict(face).values()]
    assert not any(isinstance(value, bytes) for value in values)
    assert not any(face.embedding_model for each in found for face in each.faces)
    told = persons(found)
    # one and the same face, in its two copies at once
    assert 2 == len(set(told[:6]))
    assert 4 == len(set(told))
    assert None not in told


@pytest.mark.integration
def test_strict_people_are_counted_as_often_as_by_templates(
    make: Make, faces: FaceSettings
) -> None:
    hall = {**SEOUL, "cameras": {"door": {}}}
    for site in ("ward", "mall"):
        sites = {site: {**hall, "privacy": PRIVACY[site].model_dump()}}
        crowd = CrowdRules.model_validate({"key": "a key", "sites": sites})
        agent, counter = make(faces, crowd=crowd), Census(crowd)
        found = run(agent, *(shot(n, view(2, seed=n), site=site) for n in range(8)))
        counter(batch(found, [each.at for each in found]))
        said = [
            each
            for each in counter.tick(START + 2 * 3_600_000)
            if isinstance(each, CrowdCounted) and each.camera == "door"
        ]
        assert 2 == max(each.visitors or 0 for each in said)


@pytest.mark.integration
def test_who_stands_still_keeps_the_template_while_all_else_is_of_each_frame(
    make: Make, faces: FaceSettings
) -> None:
    agent = make(faces, tracks={"carry_s": 2, "better": 1})
    embedder = opened(faces).models["dlib-int8"]
    before = embedder.runs

    found = run(agent, *(shot(n, view(2, seed=n)) for n in range(5)))
    later = run(agent, shot(30, view(2, seed=30)))

    assert 2 == embedder.runs - before
    assert 2 == len(set(templates(found)))
    assert not set(templates(found)) & set(templates(later))
    assert 10 == len({face.age for each in found for face in each.faces})
    assert 2 == agent.entries


@pytest.mark.integration
def test_each_face_has_its_own_template_if_none_is_carried_on(
    make: Make, faces: FaceSettings
) -> None:
    found = run(make(faces, tracks={"carry": False}), *(shot(n, view(seed=n)) for n in range(5)))

    assert 5 == len(set(templates(found)))


@pytest.mark.integration
def test_every_network_but_the_detector_runs_once_for_a_batch_of_one_wish(
    make: Make, faces: FaceSettings
) -> None:
    agent, models = make(faces), opened(faces).models
    run(agent, shot())
    before = {name: model.runs for name, model in models.items()}
    sites = ("mall", "twin", "ward", "named")

    run(agent, *(shot(n, view(n % 4), site=sites[n % 4]) for n in range(1, 9)))

    assert dict.fromkeys(before, 1) | {"yunet": 8} == {
        name: model.runs - before[name] for name, model in models.items()
    }


def cut(frames: Sequence[FrameCaptured], sizes: Sequence[int]) -> Iterator[Any]:
    """Batches of these sizes, one after the other."""
    for first, last in pairwise(accumulate(sizes, initial=0)):
        yield logged(frames[first:last], first=first)


@pytest.mark.integration
@pytest.mark.parametrize("sizes", [(1,) * 12, (5, 7), (2, 3, 6, 1)])
def test_how_batches_are_cut_changes_nothing(
    make: Make, faces: FaceSettings, sizes: Sequence[int]
) -> None:
    sites = ("mall", "ward", "ageless")
    frames = [shot(3 * n, view(n % 3 + 1, seed=n), site=sites[n % 3]) for n in range(12)]
    agent = make(faces)

    parts = [said for part in cut(frames, sizes) for said in agent(part)]

    assert timeless(make(faces)(logged(frames))) == timeless(parts)


@pytest.mark.integration
def test_large_batches_are_decoded_part_by_part(make: Make, faces: FaceSettings) -> None:
    frames = [shot(n, b"?" if n == 2 else view(n % 3)) for n in range(6)]
    models = opened(faces).models
    before = models["fer"].runs

    parts = list(make(faces, bytes_at_once=640 * 480 * 3 * 2)(logged(frames)))

    assert 3 == models["fer"].runs - before
    assert timeless(make(faces)(logged(frames))) == timeless(
        [*(each for each in parts if isinstance(each, SetAside)), *analysed(parts)]
    )


@pytest.mark.integration
def test_a_batch_that_is_read_again_gives_the_same(make: Make, faces: FaceSettings) -> None:
    agent = make(faces)
    frames = logged([shot(n, view(2, seed=n), site=("mall", "ward")[n % 2]) for n in range(6)])

    assert timeless(agent(frames)) == timeless(agent(frames))


@pytest.mark.integration
def test_frames_share_the_time_of_their_batch(make: Make, faces: FaceSettings) -> None:
    clock = count(10.0, 0.5)

    found = run(make(faces, clock=clock.__next__), shot(0), shot(1, EMPTY), shot(2, b"?"))

    assert [250.0, 250.0] == [each.processing_ms for each in found]


@pytest.mark.integration
def test_without_an_embedding_network_nobody_is_known(make: Make, faces: FaceSettings) -> None:
    agent = make(faces.model_copy(update={"embedding": None}))

    found = run(agent, shot(0), shot(1, site="ward"))

    assert [None, None] == templates(found)
    assert [None, None] == persons(found)
    assert 0 == agent.entries


@pytest.mark.integration
def test_frames_that_ask_for_faces_come_here_by_their_route(
    faces: FaceSettings, tmp_path: Path
) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text(yaml.safe_dump(BOOK.model_dump(mode="json")), encoding="utf-8")
    sites, key = SiteSettings(sites_file=path), CrowdSettings.model_validate({"key": "a key"})
    route = Route(RouteSettings(), sites, SceneSettings(), faces, TrackSettings(), key)

    done = list(route(logged([shot(0), shot(1, analyses=("scene", "faces")), shot(2, b"?")])))

    assert ["f-0", "f-1"] == [each.frame_id for each in analysed(done)]
    assert {2: Reason.NOT_AN_IMAGE} == reasons(done)


@pytest.mark.integration
def test_frames_are_kept_only_of_cameras_that_ask_and_nobody_is_found_in_them(
    make: Make, faces: FaceSettings
) -> None:
    shots = [shot(1, view(2)), shot(2, view(2), camera="kept")]
    told = list(make(faces)(logged(shots)))

    [kept] = [each for each in told if isinstance(each, FrameKept)]
    assert ("f-2", "mall", "kept", shots[1].at, 2) == (
        kept.frame_id,
        kept.site,
        kept.camera,
        kept.at,
        kept.blurred,
    )
    again = list(make(faces)(logged([shot(3, kept.image)])))
    assert [()] == [each.faces for each in again if isinstance(each, FrameAnalysed)]
