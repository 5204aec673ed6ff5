"""Measured climate, as it was recorded: ``data/*.csv.gz`` -> columns of numbers.

Origin, licence and way of making of each file: ``data/NOTICE.md`` and ``data/README.md``.
"""

import zlib
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO

import numpy as np
from numpy.typing import NDArray

UNPACKED_LIMIT_BYTES = 16 * 1024 * 1024
"""Far above any trace of ours (2 MB), far below what a gzip bomb would fill."""

DAY_S = 86_400
UNITS = {"c": "Cel", "pct": "%", "ppm": "ppm"}
"""Endings of column names to UCUM codes."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One measured quantity and its unit, a UCUM code."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Whole days of readings at a steady interval; row 0 is midnight, local time of the place.

    ``values`` has the shape [rows, places, resources], each in its resource's unit.
    """

    name: str
    places: tuple[str, ...]
    resources: tuple[Resource, ...]
    interval_s: int
    values: NDArray[np.float64]

    @property
    def days(self) -> int:
        """How many days the trace lasts before it begins again."""
        return len(self.values) * self.interval_s // DAY_S

    def at(self, elapsed_s: NDArray[np.float64], place: NDArray[np.intp]) -> NDArray[np.float64]:
        """Values ``elapsed_s`` after row 0, linear between rows, from the start again at the end.

        ``elapsed_s`` [..., n] and ``place`` [n] give [..., n, resources].
        """
        row, part = np.divmod(elapsed_s / self.interval_s, 1.0)
        before = row.astype(np.intp) % len(self.values)
        after = (before + 1) % len(self.values)
        share = part[..., None]
        blend: NDArray[np.float64] = (1.0 - share) * self.values[before, place]
        blend += share * self.values[after, place]
        return blend


def load(name: str) -> Trace:
    """Read one of the traces under ``data``.

    Raises:
        FileNotFoundError: there is no such trace.

    """
    return parse(name, (files("connectors") / "data" / f"{name}.csv.gz").read_bytes())


def parse(name: str, packed: bytes) -> Trace:
    """Read a trace from gzipped CSV: ``at`` first, then ``<place>.<resource>_<unit>`` columns.

    Raises:
        ValueError: it is too large, irregular or incomplete; the message begins with ``name``.

    """
    try:
        header, *lines = _unpacked(packed).split("\n")
        if lines[-1:] == [""]:
            lines.pop()
        places, resources = _columns(header)
        interval_s = _interval_s(lines)
        shape = (len(lines), len(places), len(resources))
        return Trace(
            name=name,
            places=places,
            resources=resources,
            interval_s=interval_s,
            values=_numbers("\n".join(lines), columns=shape[1] * shape[2]).reshape(shape),
        )
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _unpacked(packed: bytes) -> str:
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        data = inflate.decompress(packed, UNPACKED_LIMIT_BYTES)
    except zlib.error as error:
        raise ValueError(f"no gzip file: {error}") from error
    if not inflate.eof:
        raise ValueError(f"cut short, or more than {UNPACKED_LIMIT_BYTES} bytes unpacked")
    return data.decode()


def _columns(header: str) -> tuple[tuple[str, ...], tuple[Resource, ...]]:
    """Places and resources of the header; every place must have the same resources in turn."""
    first, *names = header.split(",")
    split = [tuple(name.partition(".")[::2]) for name in names]
    places = tuple(dict.fromkeys(place for place, _ in split))
    quantities = tuple(dict.fromkeys(quantity for _, quantity in split))
    if first != "at" or split != [(place, each) for place in places for each in quantities]:
        raise ValueError("columns must be `at`, then each place's quantities in the same order")
    return places, tuple(_resource(quantity) for quantity in quantities)


def _resource(quantity: str) -> Resource:
    name, _, ending = quantity.rpartition("_")
    if not name or ending not in UNITS:
        raise ValueError(f"column {quantity!r} must end in a unit: {', '.join(UNITS)}")
    return Resource(name, UNITS[ending])


def _interval_s(lines: list[str]) -> int:
    """Seconds between rows, once they are known to be steady and to make whole days."""
    at = np.array([line.partition(",")[0] for line in lines], dtype="datetime64[s]").astype(int)
    steps = np.unique(np.diff(at))
    if len(steps) != 1 or steps[0] <= 0:
        raise ValueError("rows must come at one steady interval")
    if at[0] % DAY_S or (at[-1] + steps[0]) % DAY_S:
        raise ValueError("rows must make whole days, from midnight to midnight")
    return int(steps[0])


def _numbers(body: str, *, columns: int) -> NDArray[np.float64]:
    values = np.loadtxt(StringIO(body), delimiter=",", usecols=range(1, columns + 1), ndmin=2)
    if not np.isfinite(values).all():
        raise ValueError("every value must be a finite number")
    return values
