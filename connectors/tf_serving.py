"""Models over HTTP, by TensorFlow Serving's REST interface: its clients need no change.

https://www.tensorflow.org/tfx/serving/api_rest describes the interface. A model is known by its
own name, and the one that the original's clients ask for by theirs.
"""

from http import HTTPStatus
from typing import Any

import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from connectors.serving_settings import ServingSettings
from connectors.tf_serving_body import FORMS, MalformedError, inputs_of
from models.energy.model import INPUTS, SETPOINT, EnergyModel
from models.energy.used import UsedModels
from models.onnx import ModelError

SIGNATURE = "serving_default"
METHOD = "tensorflow/serving/predict"


def serving(models: UsedModels, settings: ServingSettings) -> FastAPI:
    """The application. Every request sees the versions that are used at that moment."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.add_exception_handler(HTTPException, _failed)
    path = "/v1/models/{name}"

    def find(name: str, version: str | None) -> EnergyModel:
        models.refresh()
        wanted = settings.model if name == settings.service else name
        for model in models():
            if model.card.name == wanted and version in (None, str(model.card.version)):
                return model
        asked = f"Latest({name})" if version is None else f"Specific({name}, {version})"
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Servable not found for request: {asked}")

    # coroutines all of them: requests then come one after another, as the models want it
    async def status(name: str, version: str | None = None) -> Any:
        return _status(find(name, version))

    async def metadata(name: str, version: str | None = None) -> Any:
        return _metadata(name, find(name, version))

    async def predict(request: Request, name: str, version: str | None = None) -> Any:
        model = find(name, version)
        return _predicted(model, await _body(request, settings.body_bytes))

    for place in (path, path + "/versions/{version}"):
        app.add_api_route(place + ":predict", predict, methods=["POST"])
        app.add_api_route(place + "/metadata", metadata, methods=["GET"])
        app.add_api_route(place, status, methods=["GET"])
    return app


async def _body(request: Request, most_bytes: int) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {most_bytes} bytes"
            )
    return body


def _predicted(model: EnergyModel, body: bytes) -> Any:
    try:
        form, inputs = inputs_of(body)
        setpoints, _ = model(inputs)
    except (MalformedError, ModelError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, str(error)) from error
    if not np.isfinite(setpoints).all():
        raise HTTPException(HTTPStatus.INTERNAL_SERVER_ERROR, "the model's answer is no number")
    # the shortest text that is the same float32
    return {FORMS[form]: [float(str(setpoint)) for setpoint in setpoints]}


def _status(model: EnergyModel) -> Any:
    return {
        "model_version_status": [
            {
                "version": str(model.card.version),
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
        ]
    }


def _metadata(name: str, model: EnergyModel) -> Any:
    card = model.card
    signature = {
        "inputs": {INPUTS: _tensor(INPUTS, -1, card.sets, len(card.columns))},
        "outputs": {SETPOINT: _tensor(SETPOINT, -1)},
        "method_name": METHOD,
    }
    return {
        "model_spec": {"name": name, "signature_name": "", "version": str(card.version)},
        "metadata": {"signature_def": {"signature_def": {SIGNATURE: signature}}},
    }


def _tensor(name: str, *sizes: int) -> Any:
    dimensions = [{"size": str(size), "name": ""} for size in sizes]
    shape = {"dim": dimensions, "unknown_rank": False}
    return {"dtype": "DT_FLOAT", "tensor_shape": shape, "name": name}


async def _failed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    said = error.detail
    if request.scope.get("route") is None:
        said = f"Malformed request: {request.method} {request.url.path[:200]}"
    return JSONResponse({"error": said}, status_code=error.status_code)
