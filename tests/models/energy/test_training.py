"""Training: what is learnt is what the file says, and the same seed learns the same."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from models.energy.card import Card
from models.energy.model import open_version
from models.energy.training.closed_loop import COLUMNS, SETS, Windows
from models.energy.training.features import RANGES
from models.energy.training.graph_five import five_graph
from models.energy.training.graph_load import load_graph
from models.energy.training.law import LoadLaw
from models.energy.training.law_five import FiveLaw
from models.energy.training.make import parity
from models.energy.training.network import fit
from models.energy.training.table import Line
from models.energy.training.teach_five import taught_five
from models.energy.training.teach_load import Recipe, taught
from models.energy.training.train import NAMES, Evaluation, finished, trained

SMALL = Recipe(rooms=4, rounds=2, minutes=150, every_min=15, epochs=2)
JUDGED = Evaluation(rooms=3, minutes=120)
CREATED = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def law() -> LoadLaw:
    return taught(SMALL, 1)


def anything(count: int) -> Windows:
    low, high = np.array([RANGES[name] for name in COLUMNS]).T
    rng = np.random.default_rng(5)
    windows = rng.uniform(low - 5, high + 5, (count, SETS, len(COLUMNS)))
    calm = windows.mean(axis=1, keepdims=True) + 0.1 * rng.standard_normal(windows.shape)
    mixed = np.where(rng.random((count, 1, 1)) < 0.5, calm, windows)
    mixed[:, :, 4] = rng.integers(0, 10, (count, 1))
    mixed[: count // 10, :, 3] = 24.0  # stuck
    return mixed.astype(np.float32)


def test_the_file_says_what_was_learnt_of_ten_thousand_windows(law: LoadLaw) -> None:

    session = onnxruntime.InferenceSession(load_graph(law).SerializeToString())

    def model(windows: Windows) -> tuple[Windows, Windows]:
        outputs, energy = session.run(None, {"inputs": windows})
        return outputs[:, 0], energy[:, 0]

    windows = anything(10_000)
    apart, jumps = parity(model, law, windows)
    assert apart < 1e-4
    assert jumps <= 10
    far = np.abs(law(windows)[1] - model(windows)[1]) > 1e-4
    assert far.sum() <= jumps


def test_answers_stay_within_the_range_whatever_is_asked(law: LoadLaw) -> None:
    setpoints, energies = law(anything(5_000) * np.float32(100))

    assert ((setpoints >= 18) & (setpoints <= 27)).all()
    assert (energies >= 0).all()


def test_the_same_seed_learns_the_same_to_the_byte(law: LoadLaw) -> None:
    same, other = taught(SMALL, 1), taught(SMALL, 2)
    of = {
        seed: load_graph(each).SerializeToString(deterministic=True)
        for seed, each in (("first", law), ("same", same), ("other", other))
    }

    assert of["first"] == of["same"]
    assert of["first"] != of["other"]


def test_networks_are_small(law: LoadLaw) -> None:
    networks = (law.correction, law.least, law.most, law.energy)

    assert sum(network.parameters for network in networks) < 50_000


def test_a_sensor_that_does_not_flicker_is_trusted_less(law: LoadLaw) -> None:
    window = np.array([50, 25, 45, 20, 6, 21, 0.9], np.float32)
    still = np.tile(window, (1, SETS, 1))
    alive = still.copy()
    alive[0, ::2, 3] += 0.1

    assert law(still)[0][0] <= law(alive)[0][0]


def test_a_quantile_is_learnt() -> None:
    rng = np.random.default_rng(1)
    features = rng.uniform(-1, 1, (20_000, 1))
    targets = 2 * features[:, 0] + rng.standard_normal(20_000)
    network = fit(features, targets, rng, quantile=0.2, epochs=10)

    assert (targets < network(features)).mean() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_a_trained_version_proves_itself(name: str, tmp_path: Path) -> None:
    card, lines = version(name, tmp_path)

    model = open_version(tmp_path)
    assert card == model.card
    assert (name, 3, CREATED) == (card.name, card.version, card.created)
    assert [*COLUMNS[: len(card.columns)]] == [column.name for column in card.columns]
    assert {line.policy for line in lines} >= {"fixed_18", "best_static", "reactive", "planner"}
    assert "Simulated" in card.data
    assert card.metrics["best_static_violation_min"] >= 0
    assert 8 == len(card.smoke)


def version(name: str, folder: Path) -> tuple[Card, list[Line]]:
    made, world, windows = trained(
        name, SMALL, JUDGED, seed=1, data="Simulated", told=lambda _: None
    )
    return finished(made, world, windows, folder, version=3, created=CREATED)


def test_the_five_values_never_ask_for_more_where_it_is_warmer() -> None:
    law: FiveLaw = taught_five(SMALL, 1)
    windows = np.tile(np.array([50, 25, 45, 20, 6], np.float32), (40, SETS, 1))
    windows[:, :, 3] = np.linspace(15, 35, 40)[:, None] + 0.05 * np.arange(SETS)

    assert (np.diff(law(windows)[0]) <= 0).all()
    assert five_graph(law).ByteSize() < 20_000
