from typing import Any

import pytest


@pytest.mark.integration
def test_topics_that_are_there_are_kept(engawa: Any, stocked: dict[str, str]) -> None:
    called = engawa("topics", "--dry-run", "--format", "json", environment=stocked)

    assert called.code == 0
    assert {"kept"} == {row["action"] for row in called.document}
    assert "readings.received.v1" in {row["topic"] for row in called.document}


@pytest.mark.integration
def test_fewer_partitions_than_there_are_change_nothing(
    engawa: Any, stocked: dict[str, str]
) -> None:
    called = engawa("topics", "--partitions", "1", "--format", "json", environment=stocked)

    assert called.code == 0
    assert {("kept", 4)} == {(row["action"], row["partitions"]) for row in called.document}


@pytest.mark.integration
def test_more_partitions_would_be_raised_and_a_dry_run_says_so(
    engawa: Any, stocked: dict[str, str]
) -> None:
    called = engawa(
        *("topics", "--partitions", "8", "--dry-run", "--format", "json"), environment=stocked
    )

    assert called.code == 1
    assert {("low", "partitions")} == {(row["action"], row["detail"]) for row in called.document}
