"""Texts that might be rules files: noise, likely words, near misses of the shipped one."""

from typing import Any

import yaml
from hypothesis import strategies as st

from models.alarms.rules import Bound, Rule, RulesFile, Schedule
from models.alarms.rules_file import SHIPPED
from models.notify.channels import MailChannel
from schemas.alarms import Level

WORDS = [
    *RulesFile.model_fields,
    *Rule.model_fields,
    *Bound.model_fields,
    *Schedule.model_fields,
    *MailChannel.model_fields,
    *map(str, Level),
    *("hot", "house", "temperature", "Cel", "en", "mail", "escalation", "after_min"),
    *("\x07", "1e999", ".nan", "2020-13-45", "!!int", "9" * 500),
]
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.integers() | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
NUMBERS = st.integers(-9, 9) | st.floats()
BOUNDS = st.fixed_dictionaries(
    {},
    optional={
        name: st.booleans() if name == "inclusive" else NUMBERS for name in Bound.model_fields
    },
)
LADDERS = st.dictionaries(st.sampled_from([str(level) for level in Level][1:]), BOUNDS, max_size=3)
RULES = st.fixed_dictionaries(
    {"resource": st.sampled_from(["temperature", "count", "door"]), "levels": LADDERS},
    optional={
        "rates": LADDERS,
        "deadband": NUMBERS,
        "unit": st.sampled_from(["Cel", "[degF]", "hPa"]),
        "select": st.fixed_dictionaries({"profile": st.sampled_from(["house", "us.*", "[", "x"])}),
    },
)
SHIPPED_TEXT = SHIPPED.read_bytes()
CUTS = st.tuples(st.integers(0, len(SHIPPED_TEXT)), st.integers(0, 40), st.binary(max_size=8))


def dumped(tree: Any) -> bytes:
    return yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "replace")


FILES = (
    st.binary()
    | st.text("rules:hot[]{}&*!|>-?,#'\"\n\t %@`1.e~", max_size=60).map(str.encode)
    | TREES.map(dumped)
    | (TREES | RULES).map(lambda tree: dumped({"rules": {"hot": tree}}))
    | CUTS.map(lambda cut: SHIPPED_TEXT[: cut[0]] + cut[2] + SHIPPED_TEXT[cut[0] + cut[1] :])
)
