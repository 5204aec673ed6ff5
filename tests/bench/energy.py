"""What a recommendation costs, and what it saves to run a model once for a whole batch."""

from typing import Any

from tests.bench.subject import answer

WORK = "energy"
WITHIN_S = 300

Row = dict[str, Any]


def energy(batches: int) -> list[Row]:
    """Measure in a process of its own.

    ``cpu_us`` is by reading, and ``run_us`` of ONNX alone by recommendation; latencies are from a
    decoded reading to the recommendation that it completes.
    """
    found = answer("tests.bench.subjects.recommending", str(batches), within_s=WITHIN_S)
    return [
        {"work": WORK, "subject": name, **{key: _shown(value) for key, value in figures.items()}}
        for name, figures in found.items()
    ]


def _shown(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
