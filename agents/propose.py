"""Propose: recommended setpoints -> wishes of the model for the air conditioners of their rooms."""

from models.names import NAME_LIMIT
from models.shadows.issue import TEXT_LIMIT
from schemas.batch import Records
from schemas.energy import EnergyRecommendation, Reason
from schemas.shadows import Origin, ShadowUpdate

FALLBACK = "fallback"
"""Whose wish it is where no model had a say."""


def propose(batch: Records[EnergyRecommendation]) -> list[ShadowUpdate]:
    """A wish for each recommendation whose room has an air conditioner."""
    return [
        ShadowUpdate(
            update_id=each.recommendation_id,
            site=each.site,
            device=each.air_conditioner,
            origin=Origin.MODEL,
            at=each.at,
            by=_by(each),
            setpoint_c=each.setpoint_c,
            text="" if each.reason is Reason.OK else _why(each),
        )
        for each in batch.rows
        if each.air_conditioner is not None
    ]


def _by(each: EnergyRecommendation) -> str:
    if each.model is None or each.reason is not Reason.OK:
        return FALLBACK
    version = "" if each.model_version is None else f" {each.model_version}"
    return f"{each.model[: NAME_LIMIT - len(version)]}{version}"


def _why(each: EnergyRecommendation) -> str:
    return f"{each.reason}: {each.detail}".removesuffix(": ")[:TEXT_LIMIT]
