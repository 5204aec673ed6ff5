"""Rules files for tests, and what is said of them."""

from pathlib import Path

import pytest

from models.alarms.rules_file import RulesError, load_rules
from models.profiles import Profiles

PROFILES = Profiles.model_validate(
    {
        "house": {
            "expected_interval_s": 60,
            "resources": {
                "temperature": {"type": "number", "unit": "Cel"},
                "door": {"type": "boolean"},
                "count": {"type": "number"},
            },
        },
        "us.house": {
            "expected_interval_s": 60,
            "resources": {"temperature": {"type": "number", "unit": "[degF]"}},
        },
    }
)
HEAD = "rules:\n  hot:\n    select: {profile: house}\n    resource: temperature\n"


def complaint(path: Path, text: str | bytes) -> str:
    """What is said about a file, without the file's name."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(RulesError) as caught:
        load_rules(path, PROFILES)
    return str(caught.value).replace(f"{path}:", "")
