from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from agents.recommend import Recommend
from models.energy.settings import EnergySettings
from tests.agents.recommended import FREE, Make
from tests.models.energy_models import write_version
from tests.models.enriched import site_book


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes the agent, by models that answer the mean indoor temperature, or as they are told.

    Only what models say counts there, unless rooms are to be ``experienced``.
    """

    def made(
        models: Mapping[str, Mapping[str, Any]] | None = None,
        limits: str = FREE,
        *,
        experienced: bool = False,
        rated_it_kw: float = 60.0,
    ) -> Recommend:
        folder = Path(mkdtemp(dir=tmp_path))
        for name, how in (models if models is not None else {"energy": {}}).items():
            write_version(folder, name=name, **how)
        energy = EnergySettings(
            shipped_folder=folder, models_folder=tmp_path / "own", experience=experienced
        )
        return Recommend(site_book(tmp_path, limits, rated_it_kw), energy)

    return made
