from dataclasses import replace

from agents.confirm import confirm
from models.shadows.refusals import refusal
from schemas.batch import Records
from schemas.shadows import DeviceReport, Origin, ShadowUpdate
from streams.shapes import gives, takes
from tests.models.energy_records import report
from tests.models.shadow_updates import AT

REPORT = report(
    AT,
    report_id="r-1",
    site="house",
    device="ac-1",
    client_token="t",
    refused=True,
    detail="compressor locked",
)


def confirmed(*rows: DeviceReport) -> list[ShadowUpdate]:
    return list(confirm(Records(record=DeviceReport, rows=rows)))


def test_it_takes_reports_and_gives_updates() -> None:
    assert (Records, DeviceReport) == takes(confirm)
    assert {ShadowUpdate} == gives(confirm)


def test_a_report_updates_the_shadow_of_its_device() -> None:
    [update] = confirmed(REPORT)

    expected = ShadowUpdate(
        update_id="r-1",
        site="house",
        device="ac-1",
        origin=Origin.DEVICE,
        at=AT,
        by="ac-1",
        setpoint_c=22.0,
        version=4,
        client_token="t",
        refused=True,
        text="compressor locked",
    )
    assert expected == update


def test_a_device_of_many_words_is_heard_all_the_same() -> None:
    [update] = confirmed(replace(REPORT, detail="x" * 9999))

    assert refusal(update, logged_at=AT) is None
