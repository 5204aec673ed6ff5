"""What a recommendation costs, and what it saves to run a model once for a whole batch."""

import json
import subprocess
from typing import Any

from tests.bench.subject import OURS, ROOT, SubjectError

WORK = "energy"
WITHIN_S = 300

Row = dict[str, Any]


def energy(batches: int) -> list[Row]:
    """Measure in a process of its own.

    ``cpu_us`` is by reading, and ``run_us`` of ONNX alone by recommendation; latencies are from a
    decoded reading to the recommendation that it completes.
    """
    done = subprocess.run(
        [OURS, "-m", "tests.bench.subjects.recommending", str(batches)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    if done.returncode:
        raise SubjectError(done.stderr[-2000:])
    found = json.loads(done.stdout)
    return [
        {"work": WORK, "subject": name, **{key: _shown(value) for key, value in figures.items()}}
        for name, figures in found.items()
    ]


def _shown(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
