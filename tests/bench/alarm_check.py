"""What watching by rules adds to cleaning, and what a hundred thousand watched devices hold."""

from typing import Any

from tests.bench.subject import answer

WORK = "alarm check"
BATCH = 10_000
DEVICES = 100_000
WITHIN_S = 300

Row = dict[str, Any]


def alarm_check(batches: int) -> list[Row]:
    """Measure in a process of its own."""
    found = answer("tests.bench.subjects.watching", str(batches), str(DEVICES), within_s=WITHIN_S)
    return [
        {"work": WORK, "subject": "clean", "cpu_us": round(found["clean_us"], 3)},
        {
            "work": WORK,
            "subject": "watch",
            "cpu_us": round(found["watch_us"], 3),
            "devices": DEVICES,
            "conditions": found["conditions"],
            "memory_mb": round(found["watch_mb"], 1),
            "saved_mb": round(found["saved_mb"], 1),
            "save_s": round(found["save_s"], 3),
        },
    ]
