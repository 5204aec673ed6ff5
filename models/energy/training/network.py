"""A small network and its training: two hidden layers, quantile or squared loss, Adam.

Adam after Kingma and Ba (2015), https://arxiv.org/abs/1412.6980, with their constants; the step
falls along half a cosine wave. The quantile loss is Koenker and Bassett's (1978).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from models.arrays import Floats

BATCH = 512
STEP = 3e-3
DECAY = 1e-4
CONSTANT = 1e-3
"""A feature that moves less is not scaled: it would be huge the day that it moves."""


@dataclass(frozen=True, slots=True)
class Network:
    """Weights and biases, layer by layer; scales its inputs itself."""

    mean: Floats
    scale: Floats
    layers: Sequence[tuple[Floats, Floats]]

    def __call__(self, features: Floats) -> Floats:
        """(N, features) -> (N,)."""
        values = (features - self.mean) / self.scale
        for weights, bias in self.layers[:-1]:
            values = np.maximum(values @ weights + bias, 0.0)
        weights, bias = self.layers[-1]
        return np.asarray((values @ weights + bias)[:, 0])

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(weights.size + bias.size for weights, bias in self.layers)


def fit(
    features: Floats,
    targets: Floats,
    rng: np.random.Generator,
    *,
    quantile: float | None = None,
    hidden: Sequence[int] = (32, 32),
    epochs: int = 20,
) -> Network:
    """Learn a quantile of the targets, or their mean."""
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    scale = np.where(deviation < CONSTANT, 1.0, deviation)
    inputs = (features - mean) / scale
    sizes = (inputs.shape[1], *hidden, 1)
    layers = [
        (rng.standard_normal((a, b)) * np.sqrt(2 / a), np.zeros(b)) for a, b in pairwise(sizes)
    ]
    layers[-1] = (layers[-1][0] * 0.1, np.full(1, targets.mean()))
    moments = [[np.zeros_like(each) for each in layer] for layer in layers for _ in range(2)]
    batches = max(1, len(inputs) // BATCH)
    count = 0
    # one thread: these products are so small that more would wait for each other, twenty times
    # as long if the processors are busy
    with threadpool_limits(1):
        for _ in range(epochs):
            for rows in np.array_split(rng.permutation(len(inputs)), batches):
                count += 1
                rate = STEP * 0.5 * (1 + np.cos(np.pi * count / (epochs * batches + 1)))
                gradients = _gradients(layers, inputs[rows], targets[rows], quantile)
                _adam(layers, gradients, moments, rate, count)
    return Network(mean, scale, layers)


def _gradients(
    layers: Sequence[tuple[Floats, Floats]],
    inputs: Floats,
    targets: Floats,
    quantile: float | None,
) -> list[tuple[Floats, Floats]]:
    values = [inputs]
    for weights, bias in layers[:-1]:
        values.append(np.maximum(values[-1] @ weights + bias, 0.0))
    wrong = (values[-1] @ layers[-1][0] + layers[-1][1])[:, 0] - targets
    slope = wrong if quantile is None else np.where(wrong > 0, 1 - quantile, -quantile)
    back = slope[:, None] / len(inputs)
    gradients = []
    for (weights, _), value in zip(reversed(layers), reversed(values), strict=True):
        gradients.append((value.T @ back + DECAY * weights, back.sum(axis=0)))
        back = (back @ weights.T) * (value > 0)
    return gradients[::-1]


def _adam(
    layers: Sequence[tuple[Floats, Floats]],
    gradients: Sequence[tuple[Floats, Floats]],
    moments: Sequence[Sequence[Floats]],
    rate: float,
    count: int,
) -> None:
    for number, (layer, gradient) in enumerate(zip(layers, gradients, strict=True)):
        firsts, seconds = moments[2 * number], moments[2 * number + 1]
        for value, slope, first, second in zip(layer, gradient, firsts, seconds, strict=True):
            first[...] = 0.9 * first + 0.1 * slope
            second[...] = 0.999 * second + 0.001 * slope**2
            step = first / (1 - 0.9**count) / (np.sqrt(second / (1 - 0.999**count)) + 1e-8)
            np.subtract(value, rate * step, out=value)
