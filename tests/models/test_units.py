import pytest

from models.units import UNITS, conversion


def converted(value: float, given: str, wanted: str) -> float:
    how = conversion(given, wanted)
    assert how
    return (value + how.shift) * how.scale


@pytest.mark.parametrize(
    ("value", "given", "expected", "wanted"),
    [
        (212.0, "[degF]", 100.0, "Cel"),
        (-40.0, "°F", -40.0, "℃"),
        (32.0, "F", 0.0, "C"),
        (0.0, "Cel", 273.15, "K"),
        (0.5, "1", 50.0, "%"),
        (0.04, "%", 400.0, "ppm"),
        (1013.25, "mbar", 101_325.0, "Pa"),
        (101.325, "kPa", 1013.25, "hPa"),
        (760.0, "mm[Hg]", 1013.2472, "hPa"),
        (1.0, "[psi]", 68.94757293168, "mbar"),
        (36.0, "km/h", 10.0, "m/s"),
        (1.0, "[mi_i]/h", 0.44704, "m/s"),
        (1.0, "kW.h", 3_600_000.0, "J"),
        (1.0, "dS/m", 1000.0, "uS/cm"),
        (2.5, "klx", 2500.0, "lux"),
    ],
)
def test_values_are_converted_as_ucum_says(
    value: float, given: str, expected: float, wanted: str
) -> None:
    assert expected == pytest.approx(converted(value, given, wanted), rel=1e-9)


def test_round_values_stay_round() -> None:
    assert [100.0, 0.0, -40.0] == [converted(f, "[degF]", "Cel") for f in (212.0, 32.0, -40.0)]


def test_other_spellings_of_a_unit_change_nothing() -> None:
    for given, wanted in (("degC", "Cel"), ("percent", "%"), ("[ppm]", "ppm"), ("mb", "hPa")):
        assert converted(0.1, given, wanted) == 0.1


def test_there_and_back_is_where_it_began() -> None:
    for given, unit in UNITS.items():
        for wanted, other in UNITS.items():
            if unit.quantity == other.quantity:
                there = converted(21.5, given, wanted)
                assert converted(there, wanted, given) == pytest.approx(21.5, rel=1e-9)


def test_units_of_different_quantities_do_not_convert() -> None:
    assert conversion("Cel", "%") is None


def test_spellings_are_compared_letter_by_letter() -> None:
    with pytest.raises(KeyError):
        conversion("CEL", "Cel")
