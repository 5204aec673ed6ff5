"""Programs are fetched once, whole or not at all, from where the manifest says."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from compose.errors import InstallError
from compose.install import _run, install, installed_at, needed_tools, pom_of
from compose.manifest import GoSource, MavenSource, Server, load_manifest
from compose.prerequisites import GO, JAVA, MAVEN
from compose.progress import silent

SERVERS = load_manifest()


def with_source(server: Server, source: MavenSource | GoSource) -> Server:
    return server.model_copy(update={"source": source})


def test_the_project_for_maven_names_every_coordinate() -> None:
    pom = ET.fromstring(pom_of(MavenSource(kind="maven", coordinates=("a.b:c_2:1.0",))))
    names = [element.text for element in pom.iter() if element.tag.endswith("Id")]
    assert names == ["engawa", "server", "a.b", "c_2"]


def test_another_source_of_the_same_version_is_another_folder(tmp_path: Path) -> None:
    kafka = SERVERS["kafka"]
    other = with_source(kafka, MavenSource(kind="maven", coordinates=("a:b:4.4.0",)))
    assert installed_at("kafka", kafka, tmp_path) != installed_at("kafka", other, tmp_path)


def test_the_tools_that_build_are_needed_only_until_it_is_built(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    tools = {n: needed_tools(s, absent) for n, s in SERVERS.items() if s.source}
    assert tools == {"kafka": [JAVA, MAVEN], "influxdb": [GO], "mongodb": [JAVA, MAVEN], "s3": []}
    assert needed_tools(SERVERS["kafka"], tmp_path) == [JAVA]
    assert needed_tools(SERVERS["influxdb"], tmp_path) == []


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    (there := tmp_path / "kafka").mkdir()
    install("kafka", SERVERS["kafka"], there, silent)
    assert list(there.iterdir()) == []


def test_a_failed_installer_is_quoted() -> None:
    with pytest.raises(InstallError, match=r"installing kafka failed \(`sh` said\):\nno room"):
        _run("kafka", ["sh", "-c", "echo no room; exit 3"], lambda _: None)


def test_what_could_not_be_fetched_is_not_there(tmp_path: Path) -> None:
    nowhere = GoSource(kind="go", package="./nowhere@v1.8.10")
    wanted = tmp_path / "influxdb"
    with pytest.raises(InstallError):
        install("influxdb", with_source(SERVERS["influxdb"], nowhere), wanted, silent)
    assert not wanted.exists()
