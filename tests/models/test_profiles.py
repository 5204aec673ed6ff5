from pathlib import Path
from typing import Any

import pytest
import yaml

from models.profiles import ProfilesError, load


def written(tmp_path: Path, **resources: Any) -> Path:
    path = tmp_path / "profiles.yaml"
    profile = {"expected_interval_s": 60, "resources": resources}
    path.write_text(yaml.safe_dump({"room": profile}), encoding="utf-8")
    return path


def test_the_shipped_profiles_are_sound() -> None:
    profiles = load()
    assert {"farm.climate", "room.climate"} <= set(profiles.root)
    temperature = profiles.root["farm.climate"].resources["temperature"]
    assert ("Cel", (-40.0, 80.0)) == (temperature.unit, temperature.range)


@pytest.mark.parametrize(
    ("resources", "complaint"),
    [
        ({"t": {"type": "number", "unit": "Celsios"}}, "room.resources.t.unit.*Celsios"),
        ({"t": {"type": "number", "range": [5, 5]}}, "room.resources.t.range.*lowest"),
        ({"t": {"type": "number", "range": [0, float("inf")]}}, r"room.resources.t.range.1"),
        ({"t": {"type": "number", "max_rate_per_min": 0}}, "room.resources.t.max_rate_per_min"),
        ({"t": {"type": "number", "stuck_after_s": -1}}, "room.resources.t.stuck_after_s"),
        ({"t": {"type": "integer"}}, "room.resources.t.type"),
        ({"t": {"type": "number", "limits": 3}}, "room.resources.t.limits"),
        ({"t": {"type": "text", "unit": "Cel"}}, "room.resources.t.*for numbers only"),
        ({"Temp": {"type": "number"}}, "room.resources.Temp"),
        ({"t\n": {"type": "number"}}, "room.resources.t"),
        ({"t" * 65: {"type": "number"}}, "room.resources.tt"),
        ({}, "room.resources"),
        ({f"t{n}": {"type": "number"} for n in range(65)}, "room.resources"),
    ],
)
def test_what_makes_no_sense_is_named(
    tmp_path: Path, resources: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ProfilesError, match=complaint):
        load(written(tmp_path, **resources))


def test_a_resource_has_one_type_in_all_profiles(tmp_path: Path) -> None:
    path = tmp_path / "profiles.yaml"
    path.write_text(
        """
        a: {expected_interval_s: 1, resources: {door: {type: boolean}}}
        b: {expected_interval_s: 1, resources: {door: {type: number}}}
        """,
        encoding="utf-8",
    )
    with pytest.raises(ProfilesError, match=r"b.resources.door.type: number here, but boolean"):
        load(path)


@pytest.mark.parametrize("text", ["", "[]", "a: [", "\x00", "room: 3", "{}"])
def test_what_is_no_profile_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "profiles.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfilesError, match=r"profiles.yaml"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfilesError, match=r"nowhere.yaml"):
        load(tmp_path / "nowhere.yaml")
