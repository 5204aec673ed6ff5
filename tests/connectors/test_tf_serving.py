import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from agents.recommend import Recommend
from connectors.serving_settings import ServingSettings
from connectors.tf_serving import serving
from models.energy.settings import EnergySettings
from models.energy.store import Store
from models.energy.used import UsedModels
from models.energy.verdicts import RAW_DIGITS
from models.sites import SiteSettings
from tests.models.energy_models import ENERGY_LOAD, write_version
from tests.models.enriched import batch, reading

SETTINGS = ServingSettings(body_bytes=20_000)
PREDICT = "/v1/models/service:predict"
WINDOW = [[60, 10, 50, 24 + n / 7, 6] for n in range(6)]
"""The original's order: outdoor humidity and temperature, indoor both, weather."""


@pytest.fixture
def energy(tmp_path: Path) -> EnergySettings:
    write_version(tmp_path / "shipped")
    write_version(tmp_path / "shipped", name="energy-load", version=3, columns=ENERGY_LOAD)
    return EnergySettings(shipped_folder=tmp_path / "shipped", models_folder=tmp_path / "own")


@pytest.fixture
def models(energy: EnergySettings) -> UsedModels:
    return UsedModels(energy)


@pytest.fixture
def client(models: UsedModels) -> TestClient:
    return TestClient(serving(models, SETTINGS))


def answered(client: TestClient, said: Any, path: str = PREDICT) -> Any:
    response = client.post(path, content=said if isinstance(said, bytes) else json.dumps(said))
    assert 200 == response.status_code, response.text
    return response.json()


def refused(response: Any, code: int) -> str:
    assert code == response.status_code
    assert ["error"] == list(response.json())
    return str(response.json()["error"])


def test_the_originals_question_has_its_answer(client: TestClient) -> None:
    [answer] = answered(client, {"inputs": [WINDOW]})["outputs"]
    assert pytest.approx(24 + 15 / 42, abs=1e-5) == answer


def test_it_answers_what_the_agent_is_answered_bit_for_bit(
    client: TestClient, models: UsedModels
) -> None:
    windows = np.random.default_rng(5).uniform(10, 40, (100, 6, 5)).astype(np.float32)
    [_, model] = models()
    told = answered(client, {"inputs": windows[:20].tolist()})["outputs"]
    np.testing.assert_array_equal(model(windows)[0][:20], np.array(told, np.float32))


def test_it_answers_what_is_recommended(energy: EnergySettings) -> None:
    agent = Recommend(SiteSettings(), energy)
    client = TestClient(serving(agent.models, SETTINGS))
    # without a load, so that the model with the five inputs decides
    sets = [
        reading(n, indoor_temperature_c=values[3], it_power_kw=None)
        for n, values in enumerate(WINDOW)
    ]
    [made] = agent(batch(sets))
    [answer] = answered(client, {"inputs": [WINDOW]})["outputs"]
    assert round(answer, RAW_DIGITS) == made.raw_c
    assert sha256(np.array(WINDOW, np.float32).tobytes()).hexdigest() == made.inputs_sha256


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"inputs": [WINDOW, WINDOW]}, "outputs"),
        ({"inputs": {"inputs": [WINDOW, WINDOW]}}, "outputs"),
        ({"instances": [WINDOW, WINDOW]}, "predictions"),
        ({"instances": [{"inputs": WINDOW}, {"inputs": WINDOW}]}, "predictions"),
        ({"signature_name": "serving_default", "inputs": [WINDOW] * 2}, "outputs"),
    ],
)
def test_rows_and_columns_are_taken_with_and_without_names(
    client: TestClient, said: Any, named: str
) -> None:
    answer = answered(client, said)
    assert [named] == list(answer)
    [first, second] = answer[named]
    assert first == second


def test_a_version_and_a_models_own_name_may_be_said(client: TestClient) -> None:
    by_service = answered(client, {"inputs": [WINDOW]})
    said = {"inputs": [WINDOW]}
    assert by_service == answered(client, said, "/v1/models/service/versions/1:predict")
    assert by_service == answered(client, said, "/v1/models/energy:predict")
    wide = {"inputs": [[[*each, 0.5, 22] for each in WINDOW]]}
    assert by_service == answered(client, wide, "/v1/models/energy-load/versions/3:predict")


WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "JSON Parse error"),
    "not JSON": (b"{inputs:", "JSON Parse error"),
    "not text": (b"\xff\xfe\x00", "JSON Parse error"),
    "too deep": (b"[" * 5000, "JSON Parse error"),
    "NaN": (b'{"inputs": [[[NaN]]]}', "NaN is no number"),
    "Infinity": (b'{"inputs": [[[-Infinity]]]}', "Infinity is no number"),
    "an endless number": (b'{"inputs": [[[1e999]]]}', "not finite"),
    "too large for a float": (b'{"inputs": [[[1e300]]]}', "not finite"),
    "a huge integer": (b'{"inputs": [[[1' + b"0" * 400 + b"]]]}", "inputs"),
    "a list": (b"[]", "not an object"),
    "no inputs": (b"{}", "exactly one"),
    "both forms": (b'{"inputs": [], "instances": []}', "exactly one"),
    "another input": (b'{"inputs": {"x": []}}', "only input"),
    "another input in a row": (b'{"instances": [{"x": 1}]}', "only input"),
    "text": (b'{"inputs": [[["1"]]]}', "not all values are numbers"),
    "null": (b'{"inputs": [[[null]]]}', "not all values are numbers"),
    "true": (b'{"inputs": [[[true]]]}', "not all values are numbers"),
    "ragged": (b'{"inputs": [[[1], [1, 2]]]}', "same length"),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_cannot_be_understood_is_refused(client: TestClient, how: str) -> None:
    body, said = WRONG[how]
    assert said in refused(client.post(PREDICT, content=body), 400)


@pytest.mark.parametrize(
    "inputs",
    [WINDOW, [WINDOW[:5]], [[each[:4] for each in WINDOW]], [[WINDOW]], 5, [], [[[]]]],
    ids=["one window bare", "five sets", "four values", "deep", "a number", "none", "empty"],
)
def test_wrong_shapes_are_refused(client: TestClient, inputs: Any) -> None:
    said = refused(client.post(PREDICT, json={"inputs": inputs}), 400)
    assert "has shape" in said


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/models/none:predict", "Latest(none)"),
        ("/v1/models/service/versions/9:predict", "Specific(service, 9)"),
        ("/v1/models/service/versions/01:predict", "Specific(service, 01)"),
        ("/v1/models/..%2f..:predict", None),
    ],
)
def test_what_is_not_served_is_not_found(client: TestClient, path: str, asked: str | None) -> None:
    said = refused(client.post(path, json={"inputs": [WINDOW]}), 404)
    if asked:
        assert f"Servable not found for request: {asked}" == said


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("GET", "/", 404), ("POST", "/v2/models", 404), ("GET", "/docs", 404), ("PUT", PREDICT, 405)],
)
def test_other_requests_are_malformed(
    client: TestClient, method: str, path: str, code: int
) -> None:
    assert "error" in client.request(method, path).json()
    assert code == client.request(method, path).status_code


def test_a_body_that_is_too_large_is_not_read_to_its_end(client: TestClient) -> None:
    assert "20000 bytes" in refused(client.post(PREDICT, content=b" " * 20_001), 413)


def test_its_status_is_told(client: TestClient) -> None:
    status = {
        "model_version_status": [
            {
                "version": "1",
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
        ]
    }
    assert status == client.get("/v1/models/service").json()
    assert status == client.get("/v1/models/service/versions/1").json()
    assert "Latest(other)" in refused(client.get("/v1/models/other"), 404)


def test_its_signature_is_told(client: TestClient) -> None:
    told = client.get("/v1/models/service/metadata").json()
    assert {"name": "service", "signature_name": "", "version": "1"} == told["model_spec"]
    signature = told["metadata"]["signature_def"]["signature_def"]["serving_default"]
    sizes = signature["inputs"]["inputs"]["tensor_shape"]["dim"]
    assert ["-1", "6", "5"] == [each["size"] for each in sizes]
    assert "DT_FLOAT" == signature["outputs"]["outputs"]["dtype"]


def test_a_new_version_answers_at_once(
    client: TestClient, energy: EnergySettings, tmp_path: Path
) -> None:
    Store(energy).add(write_version(tmp_path / "new", version=2, weights={}, bias=20.1))
    assert {"outputs": [20.1]} == answered(client, {"inputs": [WINDOW]})
    assert "2" == client.get("/v1/models/service").json()["model_version_status"][0]["version"]
    Store(energy).rollback("energy")
    assert {"outputs": [20.1]} != answered(client, {"inputs": [WINDOW]})


def test_an_answer_that_is_no_number_is_an_error(energy: EnergySettings, tmp_path: Path) -> None:
    # nothing in the middle of the range, where it is tested, and beyond a float elsewhere
    weight = 6.0 * 2**122
    source = write_version(
        tmp_path / "new", version=2, weights={"weather_state": weight}, bias=-4.5 * weight
    )
    Store(energy).add(source)
    client = TestClient(serving(UsedModels(energy), SETTINGS))
    hot = [[60, 10, 50, 24, 100]] * 6
    assert "no number" in refused(client.post(PREDICT, json={"inputs": [hot]}), 500)


def test_without_any_model_nothing_is_found(tmp_path: Path) -> None:
    nowhere = EnergySettings(shipped_folder=tmp_path / "a", models_folder=tmp_path / "b")
    client = TestClient(serving(UsedModels(nowhere), SETTINGS))
    assert "Latest(service)" in refused(client.post(PREDICT, json={"inputs": [WINDOW]}), 404)
