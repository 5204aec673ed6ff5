"""Units by their UCUM codes and common spellings, and how to convert between them.

Factors are those of UCUM (The Unified Code for Units of Measure, version 2.2, ucum.org), kept as
exact fractions so that 212 [degF] is 100 Cel to the last bit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

Factor = str | int | Fraction

INCH = Fraction("0.0254")
POUND_FORCE = Fraction("0.45359237") * Fraction("9.80665")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of ``quantity``: in the quantity's first unit, x is ``(x + shift) * scale``."""

    quantity: str
    scale: Fraction
    shift: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Conversion:
    """From one unit to another: x becomes ``(x + shift) * scale``."""

    scale: float
    shift: float


def _units() -> Iterator[tuple[str, Unit]]:
    """Each spelling with its unit. The first of a unit's spellings is its UCUM code."""
    for quantity, units in _TABLE.items():
        for spellings, scale, *shift in units:
            for spelling in spellings.split():
                yield spelling, Unit(quantity, Fraction(scale), *[Fraction(each) for each in shift])


# Spellings that mean something else in UCUM (C is coulomb, F farad, mb millibarn) are what
# sensors write for these; no profile has a use for the others.
_TABLE: Mapping[str, tuple[tuple[str, Factor] | tuple[str, Factor, Factor], ...]] = {
    "temperature": (
        ("K kelvin Kelvin", 1),
        ("Cel degC °C ℃ C celsius Celsius", 1, "273.15"),
        ("[degF] degF °F ℉ F fahrenheit Fahrenheit", Fraction(5, 9), "459.67"),
    ),
    "fraction": (
        ("1", 1),
        ("% percent pct %RH %rh", "0.01"),
        ("[ppth] ‰", "0.001"),
        ("[ppm] ppm", "1e-6"),
        ("[ppb] ppb", "1e-9"),
    ),
    "pressure": (
        ("Pa", 1),
        ("hPa mbar mb", 100),
        ("kPa", 1000),
        ("bar", 100_000),
        ("atm", 101_325),
        ("mm[Hg] mmHg", "133.322"),
        ("[in_i'Hg] inHg", 133_322 * INCH),
        ("[psi] psi", POUND_FORCE / INCH**2),
    ),
    "length": (
        ("m", 1),
        ("mm", "0.001"),
        ("cm", "0.01"),
        ("km", 1000),
        ("[in_i] in", INCH),
        ("[ft_i] ft", 12 * INCH),
    ),
    "speed": (
        ("m/s", 1),
        ("km/h kph", Fraction(1000, 3600)),
        ("[mi_i]/h mph", 63_360 * INCH / 3600),
        ("[kn_i] kn kt", Fraction(1852, 3600)),
    ),
    "time": (("s", 1), ("ms", "0.001"), ("min", 60), ("h", 3600)),
    "illuminance": (("lx lux", 1), ("klx", 1000)),
    "irradiance": (("W/m2 W/m² W/m^2", 1), ("kW/m2 kW/m² kW/m^2", 1000)),
    "power": (("W", 1), ("mW", "0.001"), ("kW", 1000)),
    "energy": (("J", 1), ("W.h Wh", 3600), ("kW.h kWh", 3_600_000)),
    "voltage": (("V", 1), ("mV", "0.001")),
    "current": (("A", 1), ("mA", "0.001")),
    "frequency": (("Hz", 1), ("kHz", 1000)),
    "angle": (("deg °", 1),),
    "sound level": (("dB", 1),),
    "conductivity": (("S/m", 1), ("mS/cm dS/m", "0.1"), ("uS/cm µS/cm μS/cm", "0.0001")),
    "density": (("g/m3 g/m³", 1), ("mg/m3 mg/m³", "0.001"), ("ug/m3 µg/m³ μg/m³", "1e-6")),
}

UNITS: Mapping[str, Unit] = dict(_units())
"""Every spelling that is understood. Spellings are compared letter by letter, as UCUM's are."""


def conversion(given: str, wanted: str) -> Conversion | None:
    """How to turn values in ``given`` into ``wanted``; None if they measure different things.

    Raises:
        KeyError: one of the two is no spelling in ``UNITS``.

    """
    source, target = UNITS[given], UNITS[wanted]
    if source.quantity != target.quantity:
        return None
    scale = source.scale / target.scale
    return Conversion(scale=float(scale), shift=float(source.shift - target.shift / scale))
