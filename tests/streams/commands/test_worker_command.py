"""``engawa worker vision`` with models that cannot be used: it ends before it asks for a broker."""

import subprocess
from pathlib import Path

import pytest

from models.faces.card import cards
from models.faces.settings import built_models
from streams.children import command, merged


def ended(models_folder: Path, **more: str) -> tuple[int, str]:
    """Exit code of a worker with these models and without a broker, and what it said."""
    environment = {
        "ENGAWA_FACES__MODELS_FOLDER": str(models_folder),
        "ENGAWA_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:9",
        **more,
    }
    worker = subprocess.run(
        command("worker", "vision"),
        env=merged(environment),
        cwd=models_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return worker.returncode, " ".join(worker.stderr.split())


def test_without_models_it_ends_and_names_the_cure(tmp_path: Path) -> None:
    code, said = ended(tmp_path)

    assert 78 == code
    assert said.endswith("yunet.onnx is missing; engawa models build makes it")


def test_with_a_model_of_another_content_it_ends_and_names_both(tmp_path: Path) -> None:
    (tmp_path / "yunet.onnx").write_bytes(b"another")

    code, said = ended(tmp_path)

    assert 78 == code
    assert "yunet.onnx is not the pinned one: SHA-256" in said
    assert said.endswith(f"not {cards()['yunet'].sha256}; engawa models build makes it")


@pytest.mark.integration
def test_without_the_provider_that_is_asked_for_it_ends_and_names_those_there_are() -> None:
    code, said = ended(built_models(), ENGAWA_FACES__PROVIDERS='["NonsenseProvider"]')

    assert 78 == code
    assert "ONNX Runtime has no NonsenseProvider here; there are: " in said
