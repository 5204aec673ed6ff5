"""Confirm: what devices say of themselves -> updates of their shadows."""

from models.shadows.issue import TEXT_LIMIT
from schemas.batch import Records
from schemas.shadows import DeviceReport, Origin, ShadowUpdate


def confirm(batch: Records[DeviceReport]) -> list[ShadowUpdate]:
    """An update for each report."""
    return [
        ShadowUpdate(
            update_id=each.report_id,
            site=each.site,
            device=each.device,
            origin=Origin.DEVICE,
            at=each.at,
            by=each.device,
            setpoint_c=each.setpoint_c,
            version=each.version,
            client_token=each.client_token,
            refused=each.refused,
            text=each.detail[:TEXT_LIMIT],
        )
        for each in batch.rows
    ]
