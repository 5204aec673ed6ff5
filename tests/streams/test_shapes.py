"""Annotations decide what a part is handed and what it may give."""

from collections.abc import Iterable
from typing import Any

import pytest
from pydantic import BaseModel

from schemas.batch import Columns, Raw, Records
from schemas.reasons import SetAside
from schemas.records import AcceptedTelemetry, DeadLetter, Telemetry
from streams.shapes import gives, settings_for, takes


def in_columns(_: Columns[Telemetry]) -> list[Columns[AcceptedTelemetry] | SetAside]:
    return []


def in_records(_: Records[Telemetry]) -> Iterable[AcceptedTelemetry | DeadLetter]:
    return []


class OwnSettings(BaseModel):
    depth: int = 1


class OtherSettings(BaseModel):
    width: int = 2


class Remembering:
    def __init__(self, settings: OwnSettings) -> None:
        self.settings = settings

    def __call__(self, _: Columns[Telemetry]) -> list[Columns[AcceptedTelemetry]]:
        return []


class Store:
    def __init__(self, settings: OtherSettings) -> None:
        self.settings = settings

    async def write(self, _: Raw) -> None: ...


class AllSettings(BaseModel):
    own: OwnSettings = OwnSettings(depth=7)
    plain: int = 3


@pytest.mark.parametrize(
    ("part", "asked"),
    [
        (in_columns, (Columns, Telemetry)),
        (in_records, (Records, Telemetry)),
        (Remembering, (Columns, Telemetry)),
        (Store, (Raw, None)),
    ],
)
def test_the_first_parameter_says_what_a_part_takes(part: Any, asked: Any) -> None:
    assert asked == takes(part)


@pytest.mark.parametrize(
    ("agent", "given"),
    [
        (in_columns, {AcceptedTelemetry}),
        (in_records, {AcceptedTelemetry, DeadLetter}),
        (Remembering, {AcceptedTelemetry}),
    ],
)
def test_the_return_type_says_what_an_agent_gives(agent: Any, given: set[type]) -> None:
    assert given == gives(agent)


def test_a_part_that_asks_for_no_batch_is_an_error() -> None:
    def vague(_: list[Telemetry]) -> list[AcceptedTelemetry]:
        return []

    with pytest.raises(TypeError, match="vague"):
        takes(vague)


def test_a_maker_gets_the_settings_of_the_type_it_asks_for() -> None:
    assert [OwnSettings(depth=7)] == settings_for(Remembering, AllSettings())


def test_settings_that_are_nowhere_are_an_error() -> None:
    with pytest.raises(TypeError, match=r"Store asks for .*OtherSettings"):
        settings_for(Store, AllSettings())
