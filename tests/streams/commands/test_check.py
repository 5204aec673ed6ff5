from pathlib import Path
from typing import Any

import pytest


def test_settings_are_printed_with_secrets_masked(engawa: Any) -> None:
    called = engawa("check", "--format", "json", environment={"ENGAWA_S3__SECRET_KEY": "hush"})
    found = {row["setting"]: (row["value"], row["from"]) for row in called.document["settings"]}

    assert (0, True) == (called.code, called.document["ok"])
    assert ("********", "environment") == found["ENGAWA_S3__SECRET_KEY"]
    assert ("10000", "default") == found["ENGAWA_WORKER__BATCH_RECORDS"]
    assert "hush" not in called.out + called.err


def test_everything_that_is_wrong_is_said_at_once(engawa: Any) -> None:
    called = engawa(
        *("check", "--format", "json"),
        environment={"ENGAWA_KAFKA__INSTANCE": "a b", "ENGAWA_WORKER__BATCH_RECORDS": "0"},
    )

    assert (78, False) == (called.code, called.document["ok"])
    assert {"ENGAWA_KAFKA__INSTANCE", "ENGAWA_WORKER__BATCH_RECORDS"} == {
        row["setting"] for row in called.document["wrong_settings"]
    }


def test_device_profiles_that_make_no_sense_are_named_by_field(engawa: Any, tmp_path: Path) -> None:
    profiles = tmp_path / "profiles.yaml"
    profiles.write_text("room: {expected_interval_s: -1, resources: {t: {type: number}}}\n")
    called = engawa("check", environment={"ENGAWA_CLEAN__PROFILES_FILE": str(profiles)})

    assert called.code == 78
    assert "ENGAWA_CLEAN" in called.out
    assert "room.expected_interval_s" in called.out


def test_a_misspelt_variable_is_pointed_out(engawa: Any) -> None:
    called = engawa("check", environment={"ENGAWA_KAFAK__INSTANCE": "a", "ENGAWA_S3_PORT": "9999"})

    assert called.code == 0
    assert "ENGAWA_KAFAK__INSTANCE is set" in called.err
    assert "ENGAWA_S3_PORT" not in called.err


@pytest.mark.integration
def test_servers_that_answer_and_topics_that_are_there_are_fine(
    engawa: Any, stocked: dict[str, str]
) -> None:
    called = engawa("check", "--servers", "--format", "json", environment=stocked)

    assert called.code == 0
    assert [("kafka", True, ""), ("influxdb", True, ""), ("s3", True, "")] == [
        (row["server"], row["answers"], row["wrong"]) for row in called.document["servers"]
    ]


@pytest.mark.integration
def test_a_server_that_is_away_is_named(engawa: Any, stocked: dict[str, str]) -> None:
    away = {
        "ENGAWA_INFLUX__URL": "http://127.0.0.1:1",
        "ENGAWA_REGISTRY__URL": "http://127.0.0.1:1",
    }
    called = engawa("check", "--servers", "--format", "json", environment=stocked | away)

    assert (69, False) == (called.code, called.document["ok"])
    assert ["influxdb", "registry"] == [
        row["server"] for row in called.document["servers"] if not row["answers"]
    ]
