from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from models.energy.card import CARD_FILE, MODEL_FILE, digest
from models.energy.settings import EnergySettings
from models.energy.store import Store
from models.onnx import ModelError
from tests.models.energy_models import ENERGY, KWH, RANGES, linear, recard, write_version


class Folders:
    """A folder that was shipped with one version, and an own one."""

    def __init__(self, path: Path) -> None:
        self.shipped, self.own, self.elsewhere = path / "shipped", path / "own", path / "elsewhere"
        write_version(self.shipped, bias=1)
        self.settings = EnergySettings(shipped_folder=self.shipped, models_folder=self.own)
        self.store = Store(self.settings)

    def used(self) -> int:
        """Number of the version used, 0 if none is."""
        model = self.store.used("energy", lambda *_: None)
        return model.card.version if model else 0


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_the_newest_version_is_used(folders: Folders) -> None:
    assert 1 == folders.used()
    folders.store.add(write_version(folders.elsewhere, version=12))
    folders.store.add(write_version(folders.elsewhere, version=3))
    assert 12 == folders.used()
    assert 13 == folders.store.next_version("energy")


def test_a_version_answers_as_its_card_says(folders: Folders) -> None:
    model = folders.store.open("energy", 1)
    middle = [sum(RANGES[name]) / 2 for name in ENERGY]
    setpoints, energies = model(np.array([[middle] * 6] * 2, np.float32))
    assert [26.0, 26.0] == pytest.approx(setpoints.tolist())
    assert [KWH, KWH] == energies.tolist()


def test_what_is_added_is_a_copy(folders: Folders) -> None:
    source = write_version(folders.elsewhere, version=2)
    folders.store.add(source)
    (source / MODEL_FILE).write_bytes(b"")
    assert 2 == folders.used()
    assert ["2"] == [path.name for path in (folders.own / "energy").iterdir()]


def test_a_version_is_chosen_and_left_to_the_newest_again(folders: Folders) -> None:
    folders.store.add(write_version(folders.elsewhere, version=2))
    folders.store.use("energy", 1)
    assert 1 == folders.used()
    assert [(2, False), (1, True)] == [
        (each.version, each.used) for each in folders.store.listed("energy")
    ]
    assert folders.store.use("energy", None)
    assert 2 == folders.used()


def test_it_rolls_back_to_the_sound_version_before(folders: Folders) -> None:
    for version in (2, 3):
        folders.store.add(write_version(folders.elsewhere, version=version))
    (folders.own / "energy" / "2" / MODEL_FILE).write_bytes(b"broken")
    assert 1 == folders.store.rollback("energy").card.version
    assert 1 == folders.used()
    with pytest.raises(ModelError, match="before"):
        folders.store.rollback("energy")


def link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/etc/passwd")


BROKEN: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "not ONNX": (lambda home: (home / MODEL_FILE).write_bytes(b"what?"), "SHA-256"),
    "no model": (lambda home: (home / MODEL_FILE).unlink(), "no regular file"),
    "a link": (lambda home: link(home / MODEL_FILE), "no regular file"),
    "wrong hash": (lambda home: recard(home, sha256="0" * 64), "SHA-256"),
    "card of another version": (lambda home: recard(home, version=9), "energy 9"),
    "card of another model": (lambda home: recard(home, name="other"), "other 2"),
    "other interval": (lambda home: recard(home, interval_s=60), "60 s apart"),
    "half a card": (
        lambda home: (home / CARD_FILE).write_bytes((home / CARD_FILE).read_bytes()[:200]),
        CARD_FILE,
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_version_is_passed_over_and_named(folders: Folders, how: str) -> None:
    harm, said = BROKEN[how]
    harm(write_version(folders.own, version=2))
    wrong: dict[int, str] = {}
    model = folders.store.used("energy", wrong.__setitem__)
    assert model is not None
    assert 1 == model.card.version
    assert said in wrong[2]
    [newest, _] = folders.store.listed("energy")
    assert said in newest.wrong


@pytest.mark.parametrize(
    ("bias", "kwh", "tested", "said"),
    [
        (float("nan"), KWH, 25.0, "no number"),
        (float("inf"), KWH, 25.0, "no number"),
        (0.0, float("nan"), None, "no number"),
        (0.0, KWH, 24.9, "25.0000, not 24.9000"),
    ],
)
def test_a_model_that_fails_its_smoke_test_is_refused(
    folders: Folders, bias: float, kwh: float, tested: float | None, said: str
) -> None:
    home = write_version(folders.elsewhere, version=2, bias=bias, kwh=kwh, tested=tested)
    with pytest.raises(ModelError, match=said):
        folders.store.add(home)
    assert [] == list((folders.own / "energy").iterdir())


def test_a_model_of_another_shape_is_refused(folders: Folders) -> None:
    home = write_version(folders.own, version=2)
    data = linear({}, columns=ENERGY[:4])
    (home / MODEL_FILE).write_bytes(data)
    recard(home, sha256=digest(data))
    with pytest.raises(ModelError, match="has shape"):
        folders.store.use("energy", 2)
    assert 1 == folders.used()


def test_a_version_is_never_replaced(folders: Folders) -> None:
    home = write_version(folders.elsewhere, version=1)
    with pytest.raises(ModelError, match="already"):
        folders.store.add(home)
    assert [] == list((folders.own / "energy").iterdir())


@pytest.mark.parametrize("name", ["..", "../energy", "a/b", "", ".", "Energy", "a" * 65, "a\x00"])
def test_what_is_no_name_reaches_no_file(folders: Folders, name: str) -> None:
    for call in (
        lambda: folders.store.open(name, 1),
        lambda: folders.store.use(name, None),
        lambda: folders.store.rollback(name),
        lambda: folders.store.stamp(name),
    ):
        with pytest.raises(ModelError, match="no name"):
            call()


def test_a_folder_that_is_a_link_is_passed_over(folders: Folders) -> None:
    outside = write_version(folders.elsewhere, version=7)
    home = folders.own / "energy"
    home.mkdir(parents=True)
    (home / "7").symlink_to(outside)
    assert 1 == folders.used()
    home.joinpath("7").unlink()
    home.rmdir()
    home.symlink_to(outside.parent)
    assert 1 == folders.used()
    with pytest.raises(ModelError, match="link"):
        folders.store.use("energy", 1)


@pytest.mark.parametrize("text", ["", "two", "-1", "../1", "1" * 500, "\udcff"])
def test_a_choice_that_is_none_is_no_choice(folders: Folders, text: str) -> None:
    home = folders.own / "energy"
    home.mkdir(parents=True)
    (home / "current").write_text(text, errors="surrogateescape")
    wrong: dict[int, str] = {}
    assert folders.store.used("energy", wrong.__setitem__)
    assert "current" in wrong[0]


def test_a_chosen_version_that_is_gone_gives_way_to_an_older_one(folders: Folders) -> None:
    folders.store.add(write_version(folders.elsewhere, version=5))
    folders.store.use("energy", 5)
    (folders.own / "energy" / "5" / CARD_FILE).unlink()
    (folders.own / "energy" / "5" / MODEL_FILE).unlink()
    (folders.own / "energy" / "5").rmdir()
    wrong: dict[int, str] = {}
    assert folders.store.used("energy", wrong.__setitem__)
    assert {5: "energy has no version 5"} == wrong


def test_other_things_that_lie_there_are_passed_over(folders: Folders) -> None:
    for name in ("energy/draft", "energy/007", "energy/-1", "Energy/1", ".hidden/1"):
        (folders.own / name).mkdir(parents=True)
    (folders.own / "energy" / "4").write_text("")
    assert 1 == folders.used()
    assert ["energy"] == list(folders.store.names)


def test_nothing_at_all_is_no_model(tmp_path: Path) -> None:
    nowhere = EnergySettings(shipped_folder=tmp_path / "a", models_folder=tmp_path / "b")
    assert Store(nowhere).used("energy", lambda *_: None) is None
    assert [] == list(Store(nowhere).names)


def test_without_the_provider_that_is_asked_for_no_version_is_used(folders: Folders) -> None:
    asked = folders.settings.model_copy(update={"providers": ("NonsenseProvider",)})
    refused: list[str] = []
    assert Store(asked).used("energy", lambda _, why: refused.append(why)) is None
    assert ["NonsenseProvider" in why for why in refused] == [True]
