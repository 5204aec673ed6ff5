from typing import Any


def test_a_server_nobody_knows_is_wrong_usage(engawa: Any) -> None:
    for command in ("up", "down", "status"):
        called = engawa(command, "postgres")

        assert called.code == 2
        assert "kafka, influxdb, mongodb, s3" in called.err
