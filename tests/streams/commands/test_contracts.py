from typing import Any


def test_the_contracts_are_as_the_records_are_and_keep_what_was_promised(engawa: Any) -> None:
    called = engawa("contracts", "--format", "json")

    assert (0, []) == (called.code, called.document["wrong"])
    assert "telemetry.avsc" in called.document["contracts"]
