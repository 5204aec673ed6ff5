from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from models.energy.card import MODEL_FILE
from models.energy.settings import EnergySettings
from models.energy.store import Store
from models.energy.used import UsedModels
from tests.models.energy_models import ENERGY_LOAD, write_version


@pytest.fixture
def settings(tmp_path: Path) -> EnergySettings:
    write_version(tmp_path / "shipped")
    return EnergySettings(shipped_folder=tmp_path / "shipped", models_folder=tmp_path / "own")


def named(models: UsedModels) -> list[tuple[str, int]]:
    return [(model.card.name, model.card.version) for model in models()]


def test_models_stand_in_the_order_of_preference(settings: EnergySettings) -> None:
    models = UsedModels(settings)
    assert [("energy", 1)] == named(models)
    write_version(settings.models_folder, name="energy-load", columns=ENERGY_LOAD)
    assert models.refresh()
    assert [("energy-load", 1), ("energy", 1)] == named(models)


def test_a_new_version_is_taken_without_a_restart(settings: EnergySettings, tmp_path: Path) -> None:
    models = UsedModels(settings)
    assert not models.refresh()
    Store(settings).add(write_version(tmp_path / "new", version=2))
    assert models.refresh()
    assert [("energy", 2)] == named(models)
    Store(settings).rollback("energy")
    assert models.refresh()
    assert [("energy", 1)] == named(models)


def test_what_did_not_change_is_not_opened_again(settings: EnergySettings) -> None:
    models = UsedModels(settings)
    [before] = models()
    assert not models.refresh()
    write_version(settings.models_folder, version=2, tested=3.0)
    assert not models.refresh()
    assert before is models()[0]


def test_a_version_that_fails_is_refused_and_the_old_one_kept(
    settings: EnergySettings, caplog: pytest.LogCaptureFixture
) -> None:
    models = UsedModels(settings)
    home = write_version(settings.models_folder, version=2, tested=3.0)
    models.refresh()
    assert [("energy", 1)] == named(models)
    assert "smoke test" in models.refused["energy", 2]
    assert "version 2 of the model energy is refused: smoke test" in caplog.text
    for file in home.iterdir():
        file.unlink()
    home.rmdir()
    models.refresh()
    assert {} == models.refused


def test_a_version_that_breaks_while_it_is_used_stays(settings: EnergySettings) -> None:
    write_version(settings.models_folder, version=2)
    models = UsedModels(settings)
    (settings.models_folder / "energy" / "2" / MODEL_FILE).write_bytes(b"broken")
    assert not models.refresh()
    assert [("energy", 2)] == named(models)
    assert [("energy", 1)] == named(UsedModels(settings))


def test_a_version_that_is_copied_file_by_file_is_taken_once_it_is_whole(
    settings: EnergySettings, tmp_path: Path
) -> None:
    models = UsedModels(settings)
    source = write_version(tmp_path / "new", version=2)
    home = settings.models_folder / "energy" / "2"
    home.mkdir(parents=True)
    for name in ("model.onnx", "card.json"):
        assert not models.refresh()
        home.joinpath(name).write_bytes(source.joinpath(name).read_bytes())
    assert models.refresh()
    assert [("energy", 2)] == named(models)


def test_versions_may_come_while_others_run(settings: EnergySettings, tmp_path: Path) -> None:
    store, models = Store(settings), UsedModels(settings)

    def switch() -> None:
        for version in range(2, 12):
            store.add(write_version(tmp_path / "new", version=version))
            store.use("energy", version)

    switching = Thread(target=switch)
    switching.start()
    while switching.is_alive():
        models.refresh()
        for model in models():
            assert (2,) == model(np.ones((2, 6, 5), np.float32))[0].shape
    models.refresh()
    assert [("energy", 11)] == named(models)
    assert {} == models.refused
