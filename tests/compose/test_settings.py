"""Ports and keys come from the environment, hold together, and can be moved out of the way."""

from contextlib import chdir
from pathlib import Path

import pytest
from pydantic import ValidationError

from compose.manifest import load_manifest
from compose.ports import is_busy
from compose.settings import ServerSettings


def test_the_defaults_are_those_of_the_manifest() -> None:
    local = [server for server in load_manifest().values() if server.source]
    listed = {port.setting: port.number for server in local for port in server.ports.values()}
    fields = ServerSettings.model_fields
    defaults = {f"ENGAWA_{n.upper()}": f.default for n, f in fields.items() if n.endswith("_port")}
    assert listed == defaults


def test_an_env_file_moves_a_port(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ENGAWA_KAFKA_PORT=19092\nENGAWA_UNRELATED=1\n")
    with chdir(tmp_path):
        settings = ServerSettings()
    assert settings.ports()["ENGAWA_KAFKA_PORT"] == 19092


def test_two_servers_on_one_port_are_refused_by_their_settings() -> None:
    with pytest.raises(ValidationError, match=r"ENGAWA_KAFKA_PORT and ENGAWA_S3_PORT .* 9000"):
        ServerSettings(kafka_port=9000, s3_port=9000)


@pytest.mark.parametrize("port", [0, 80, 65536])
def test_a_port_only_root_may_use_or_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(ValidationError, match="mongodb_port"):
        ServerSettings(mongodb_port=port)


def test_free_ports_are_all_different_and_free() -> None:
    ports = ServerSettings().with_free_ports().ports()
    assert len(ports) == len(set(ports.values()))
    assert not any(is_busy(port) for port in ports.values())


def test_the_secret_key_is_not_shown() -> None:
    assert "hush" not in repr(ServerSettings(s3_secret_key="hush"))
