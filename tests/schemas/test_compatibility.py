from collections.abc import Mapping
from typing import Any

import pytest

from schemas.compatibility import incompatibilities, releases
from schemas.contracts import contract, file_name
from schemas.topics import CATALOGUE

RECORDS = list(dict.fromkeys(topic.record for topic in CATALOGUE))


def record(*fields: Mapping[str, Any]) -> Any:
    return {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}, *fields]}


def test_a_new_field_with_a_default_is_compatible_both_ways() -> None:
    new = record({"name": "b", "type": ["null", "string"], "default": None})

    assert [] == list(incompatibilities(record(), new))
    assert [] == list(incompatibilities(new, record()))


def test_a_new_field_without_a_default_cannot_read_what_is_there() -> None:
    [found] = incompatibilities(record(), record({"name": "b", "type": "string"}))

    assert found.startswith("cannot read what the last release wrote: ")
    assert "b" in found


def test_a_field_that_goes_though_it_had_no_default_is_missed_by_the_last_release() -> None:
    [found] = incompatibilities(record({"name": "b", "type": "string"}), record())

    assert found.startswith("the last release could not read it: ")


def test_a_wider_type_is_compatible_one_way_only() -> None:
    narrow, wide = record({"name": "b", "type": "int"}), record({"name": "b", "type": "long"})

    assert len(list(incompatibilities(narrow, wide))) == 1


@pytest.mark.parametrize("kept", RECORDS)
def test_every_contract_has_been_released_and_keeps_its_promise(kept: type) -> None:
    released = releases(file_name(kept))

    assert released
    assert [] == list(incompatibilities(released[-1], contract(kept)))


def test_a_contract_that_was_never_released_has_no_copies() -> None:
    assert [] == releases("nobody.avsc")
    assert [] == releases("telemetr?.avsc")
