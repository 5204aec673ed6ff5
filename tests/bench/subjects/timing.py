"""What every subject that sees faces does: JPEGs of a folder in, JSON of what each took out.

Needs nothing but Python, as peers have environments of their own.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

WARM = 3

Taken = defaultdict[str, list[float]]
"""CPU milliseconds by stage, and, under ``<stage> wall``, those that passed."""


def pictures(folder: str) -> list[bytes]:
    """The JPEGs of a folder, by their names."""
    return [path.read_bytes() for path in sorted(Path(folder).glob("*.jpg"))]


def analysed(data: Sequence[bytes], analyse: Callable[[bytes], int]) -> dict[str, Any]:
    """Time each picture by itself; ``analyse`` takes one and tells how many faces it found."""
    for each in data[:WARM]:
        analyse(each)
    taken = Taken(list)
    counts = [timed(taken, "frame", analyse, each) for each in data]
    return {"faces": counts, "cpu_ms": taken["frame"], "wall_ms": taken["frame wall"]}


def timed(taken: Taken, stage: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """What the work gives; what it took is noted."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work(*arguments)
    taken[stage].append((time.process_time() - cpu) * 1e3)
    taken[f"{stage} wall"].append((time.perf_counter() - wall) * 1e3)
    return answer


def tell(found: dict[str, Any]) -> None:
    """Print it as the last line."""
    sys.stdout.write(f"\n{json.dumps(found)}\n")
