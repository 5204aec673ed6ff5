"""compose.yaml is valid, runs what the manifest lists, and keeps its secrets and ports in."""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from compose import manifest
from connectors.channel import VARIABLE
from models.alarms.rules_file import SHIPPED
from streams.topology import FLOWS

FOLDER = Path(manifest.__file__).parent
TEXT = (FOLDER / "compose.yaml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
SERVERS = manifest.load_manifest()
WORKERS = tuple(flow.name for flow in FLOWS)
RULED = ("alarms", "notify")
"""Workers that read the alarm rules."""

TOPICS = "topics"
"""Creates the topics and ends: a worker would not start without them."""


def test_it_is_valid_by_the_published_schema() -> None:
    schema = json.loads((Path(__file__).parents[1] / "data" / "compose-spec.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(TEXT))


def test_the_schema_does_refuse() -> None:
    schema = json.loads((Path(__file__).parents[1] / "data" / "compose-spec.json").read_text())
    wrong = {"services": {"kafka": {"imgae": "apache/kafka"}}}
    assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


def test_it_runs_every_server_of_the_manifest_and_the_workers() -> None:
    assert set(SERVERS) | {*WORKERS, TOPICS} == set(SERVICES)


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_runs_the_image_of_the_manifest(name: str) -> None:
    assert SERVERS[name].image == SERVICES[name]["image"]


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_is_published_on_loopback_at_its_port_and_setting(name: str) -> None:
    port = next(iter(SERVERS[name].ports.values()))
    published = f"127.0.0.1:${{{port.setting}:-{port.number}}}:{port.number}"
    assert [published] == SERVICES[name]["ports"]


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_is_told_all_that_the_manifest_says_it_needs(name: str) -> None:
    needed = {key for server in SERVERS.values() for key in server.environment}
    assert needed <= set(SERVICES[name]["environment"])


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_runs_the_flow_of_its_name(name: str) -> None:
    assert ["worker", name] == SERVICES[name]["command"]


@pytest.mark.parametrize("name", RULED)
def test_alarms_and_notifications_go_by_one_rules_file_which_is_the_shipped_one_by_default(
    name: str,
) -> None:
    service = SERVICES[name]
    inside = service["environment"]["ENGAWA_ALARMS__RULES_FILE"]
    shipped = os.path.relpath(SHIPPED, FOLDER)
    assert [f"${{ENGAWA_ALARMS__RULES_FILE:-{shipped}}}:{inside}:ro"] == service["volumes"]


def test_only_the_worker_that_posts_is_given_the_secrets_of_channels() -> None:
    assert ["notify"] == [name for name, service in SERVICES.items() if "env_file" in service]


@pytest.mark.parametrize("name", [*WORKERS, TOPICS])
def test_a_worker_publishes_no_port_and_has_no_privileges(name: str) -> None:
    service = SERVICES[name]
    assert "ports" not in service
    assert ["ALL"] == service["cap_drop"]


@pytest.mark.parametrize("name", [*SERVERS, *WORKERS])
def test_every_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_depends_on_a_server_waits_for_its_health(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        ends = needed == TOPICS
        assert ends or needed in SERVERS
        assert how == {"condition": f"service_{'completed_successfully' if ends else 'healthy'}"}


def test_a_secret_has_no_default() -> None:
    values = re.findall(r"(?:PASSWORD|SECRET\w*|ACCESS_KEY\w*|TOKEN): (.*)", TEXT)
    assert values
    assert all(re.search(r"\$\{\w+:\?[^}]+\}", value) for value in values)


def test_the_example_lists_every_variable() -> None:
    example = (FOLDER / ".env.example").read_text()
    used = set(re.findall(r"\$\{(\w+)", TEXT))
    listed = set(re.findall(r"^#?(ENGAWA_\w+)=", example, flags=re.MULTILINE))
    assert used == {name for name in listed if not name.startswith(VARIABLE)}


def test_the_example_shows_how_a_channel_gets_its_secret() -> None:
    example = (FOLDER / ".env.example").read_text()
    assert re.search(rf"^#{VARIABLE}[A-Z_]+=", example, flags=re.MULTILINE)
