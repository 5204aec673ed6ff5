"""The built models, made once for this user."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.faces.card import cards
from models.faces.pipeline import FacePipeline
from models.faces.settings import FaceSettings, built_models
from models.faces.shelf import Shelf
from streams.commands.models_build import build_models

Opener = Callable[..., FacePipeline]


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """All models; what is missing is made of packages, which needs the network."""
    shelf = Shelf(built_models())
    build_models(shelf, [card for card in cards().values() if not shelf.holds(card)])
    return shelf.folder


@pytest.fixture(scope="session")
def shelf(models_folder: Path) -> Shelf:
    return Shelf(models_folder)


@pytest.fixture(scope="session")
def pipeline(models_folder: Path) -> FacePipeline:
    """With the default settings."""
    return FacePipeline(FaceSettings(models_folder=models_folder))
