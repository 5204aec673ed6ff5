"""The README's examples about alarms, as they stand: a rules file, and how to verify a webhook."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.signature import sign
from models import profiles
from models.alarms.rules_file import load_rules
from schemas.alarms import Level

ROOT = Path(__file__).parents[1]

IsOurs = Callable[[str, bytes, str], bool]


def block(name: str) -> str:
    """The fenced code under ``<!-- name -->`` in the README."""
    page = (ROOT / "README.md").read_text("utf-8")
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", page, re.DOTALL)
    assert found, name
    return found[1]


def test_the_rules_are_sound_and_mean_what_is_said_of_them(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(block("rules"), "utf-8")

    file = load_rules(path, profiles.load(profiles.SHIPPED))

    rule = file.rules["too-warm"]
    warning = rule.levels[Level.WARNING]
    assert (26, 24.5) == (warning.above, warning.reset_below)
    assert {"en", "ja", "ko"} == set(rule.messages)
    assert ("FARM_DISCORD",) == file.channels["farm-chat"].secrets()


@pytest.fixture
def is_ours() -> IsOurs:
    names: dict[str, Any] = {}
    exec(block("verify"), names)
    found: IsOurs = names["is_ours"]
    return found


def test_a_post_of_ours_is_told_from_every_other(
    is_ours: IsOurs,
) -> None:
    now_s = int(time.time())
    header = sign("key", now_s, b"{}")

    assert is_ours(header, b"{}", "key")
    assert not is_ours(header, b"{ }", "key")
    assert not is_ours(header, b"{}", "another")
    assert not is_ours(sign("key", now_s - 3600, b"{}"), b"{}", "key")


@pytest.mark.parametrize("header", ["", "t=", "t=,v1=", "v1=00", "t=1,v1=é", "t=x,v1=00,t=1"])
def test_a_header_that_is_none_is_refused(is_ours: IsOurs, header: str) -> None:
    assert not is_ours(header, b"{}", "key")
