"""The agent that recommends, by small models, and what it says."""

from collections.abc import Callable, Sequence
from typing import Any

from agents.recommend import Recommend
from schemas.energy import EnergyRecommendation, EnrichedReading
from tests.models.enriched import batch, readings

Make = Callable[..., Recommend]

FREE = "{min_c: 10, max_c: 35, rise_c: 20, hold_s: 0}"
"""Limits that let through nearly everything."""


def told(agent: Recommend, rows: Sequence[EnrichedReading]) -> list[EnergyRecommendation]:
    return list(agent(batch(rows)))


def one(agent: Recommend, **fields: Any) -> EnergyRecommendation:
    [made] = told(agent, readings(0, 6, **fields))
    return made
