from typing import Any

import pytest

from streams.topology import topics


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
    there = {(topic.name, "kept", topic.partitions) for topic in topics()}
    rows = called.document
    assert there == {(row["topic"], row["action"], row["partitions"]) for row in rows}


@pytest.mark.integration
def test_more_partitions_would_be_raised_and_a_dry_run_says_so(
    engawa: Any, stocked: dict[str, str]
) -> None:
    called = engawa(
        *("topics", "--partitions", "8", "--dry-run", "--format", "json"), environment=stocked
    )

    assert called.code == 1
    few = {topic.name for topic in topics() if topic.partitions < 8}
    assert few == {row["topic"] for row in called.document if row["detail"] == "partitions"}
