"""How records become lines; what a server makes of them is seen in test_energy_points.py."""

from connectors.event_points import Shape, points
from schemas.shadows import DeviceReport
from tests.models.energy_records import AT, report

SHAPE: Shape[DeviceReport] = Shape(
    measurement="aircon",
    tags={"site": lambda each: each.site, "device": lambda each: each.device},
    fields=lambda each: {
        "setpoint": each.setpoint_c,
        "power_kw": each.power_kw,
        "refused": int(each.refused),
        "detail": each.detail,
    },
    number=lambda each: each.version or 0,
)


def test_a_record_is_a_line_of_its_tags_fields_and_time() -> None:
    said = report(site="a b,c", setpoint_c=22.0, power_kw=0.1, detail='say "no" \\', version=7)
    expected = (
        r"aircon,site=a\ b\,c,device=aircon-1 "
        rf'setpoint=22.0,power_kw=0.1,refused=0i,detail="say \"no\" \\" {AT}000007'
    )
    assert f"{expected}\n" == points(SHAPE, [said]).decode()


def test_what_is_not_known_is_left_out() -> None:
    [line] = points(SHAPE, [report(setpoint_c=None, power_kw=None)]).decode().splitlines()
    assert line.startswith("aircon,site=gwangju,device=aircon-1 refused=0i,")


def test_a_large_number_stays_within_its_millisecond() -> None:
    [line] = points(SHAPE, [report(version=5_000_003)]).decode().splitlines()
    assert f"{AT}000003" == line.split()[-1]


def test_no_records_are_no_lines() -> None:
    assert b"" == points(SHAPE, [])
