"""The manifest holds together, and nonsense in it is refused by name."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from compose.manifest import load_manifest
from compose.roster import RECIPES

SERVER: dict[str, Any] = {
    "title": "A server",
    "version": "1.2.3",
    "source": {"kind": "go", "package": "example.org/server@v1.2.3"},
    "image": "server:1.2.3",
    "ports": {"http": {"number": 8080, "setting": "ENGAWA_SERVER_PORT"}},
    "url": "http://127.0.0.1:{http}",
}


def refusal(tmp_path: Path, **changed: Any) -> str:
    path = tmp_path / "servers.yaml"
    path.write_text(yaml.safe_dump({"server": SERVER | changed}))
    with pytest.raises(ValidationError) as refused:
        load_manifest(path)
    return str(refused.value)


def test_every_server_with_a_source_can_be_run_and_no_other() -> None:
    local = [name for name, server in load_manifest().items() if server.source]
    assert local == list(RECIPES)


def test_no_two_servers_share_a_port_or_a_setting() -> None:
    ports = [port for server in load_manifest().values() for port in server.ports.values()]
    assert len(ports) == len({port.number for port in ports})
    assert len(ports) == len({port.setting for port in ports})


def test_what_is_not_the_product_says_so() -> None:
    notes = {name for name, server in load_manifest().items() if server.stand_in}
    assert {"mongodb"} == notes


def test_a_source_of_another_version_is_refused(tmp_path: Path) -> None:
    assert "does not name version 1.2.4" in refusal(tmp_path, version="1.2.4", image="s:1.2.4")


def test_an_image_of_another_version_is_refused(tmp_path: Path) -> None:
    assert "server:latest is not version 1.2.3" in refusal(tmp_path, image="server:latest")


def test_an_image_without_a_tag_is_refused(tmp_path: Path) -> None:
    assert "server.image" in refusal(tmp_path, image="server")


def test_a_url_of_an_unknown_port_is_refused(tmp_path: Path) -> None:
    assert "not listed: 'grpc'" in refusal(tmp_path, url="http://127.0.0.1:{grpc}")


def test_a_field_nobody_knows_is_refused(tmp_path: Path) -> None:
    assert "server.imgae" in refusal(tmp_path, imgae="server:1.2.3")
