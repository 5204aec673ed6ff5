"""How much real servers worked: two days of a large cluster, every 10 seconds."""

import csv
import gzip
from pathlib import Path

import numpy as np

from models.arrays import Floats

TRACE = Path(__file__).parent / "data" / "alibaba_2018_cpu.csv.gz"
STEP_S = 10

IDLE = 0.5
"""Idle servers take about half of what busy ones do: Barroso and Hölzle, The Case for
Energy-Proportional Computing, IEEE Computer 40 (12), 2007."""


def server_load(path: Path = TRACE) -> Floats:
    """Power of the servers per rated power, 0 to 1, at each ``STEP_S``; whole days."""
    with gzip.open(path, "rt") as file:
        rows = csv.reader(file)
        next(rows)
        percent = np.array([float(row[0]) for row in rows])
    return np.asarray(IDLE + (1 - IDLE) * percent / 100)
