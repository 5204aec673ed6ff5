"""Charts in the terminal: a line for each series, ticks in local time, and no more than a limit."""

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.influx_query import Answer
from connectors.query import Aggregate, Plan, Query, QueryError
from streams.answer_chart import drawn

DAY_MS = 86_400_000
START = 1_780_272_000_000
"""2026-06-01 at midnight UTC."""


def answer(
    rows: Sequence[dict[str, Any]], *aggregates: Aggregate, group: tuple[str, ...] = ("device",)
) -> Answer:
    query = Query(
        field="temperature",
        from_ms=START,
        to_ms=START + 7 * DAY_MS,
        aggregates=aggregates,
        group=group,
        zone="Asia/Seoul",
    )
    plan = Plan(policy="raw", from_ms=query.from_ms, to_ms=query.to_ms, buckets=7)
    return Answer(query=query, plan=plan, rows=list(rows))


def row(day: int, device: str, **figures: object) -> dict[str, Any]:
    return {"time": START + day * DAY_MS, "device": device, **figures}


def test_days_are_ticked_at_local_midnight() -> None:
    rows = [row(day, "a", mean=20.0 + day) for day in range(7)]

    chart = drawn(answer(rows, Aggregate.MEAN), colour=False)

    assert "temperature: mean (Asia/Seoul)" in chart
    assert "02 Jun" in chart
    assert "06 Jun" in chart


def test_every_group_and_figure_is_a_line_of_its_own() -> None:
    rows = [row(day, device, min=1.0, max=2.0) for day in range(7) for device in ("a", "b")]

    chart = drawn(answer(rows, Aggregate.MIN, Aggregate.MAX), colour=False)

    assert all(label in chart for label in ("a min", "a max", "b min", "b max"))


def test_points_as_they_came_are_told_apart_by_device() -> None:
    rows = [row(0, device, site="s", value=1.0, quality="good") for device in ("a", "b")]

    chart = drawn(answer(rows, group=()), colour=False)

    assert "s/a value" in chart
    assert "s/b value" in chart


def test_more_lines_than_can_be_told_apart_are_refused() -> None:
    rows = [row(day, f"d{number:02}", mean=1.0) for number in range(21) for day in range(2)]

    with pytest.raises(QueryError, match="21 lines are more than the 20"):
        drawn(answer(rows, Aggregate.MEAN), colour=False)


def test_what_is_no_number_is_not_drawn() -> None:
    rows = [row(0, "a", value="auto", quality="good"), row(1, "a", value=True, quality="good")]

    with pytest.raises(QueryError, match="no numbers to draw"):
        drawn(answer(rows, group=()), colour=False)


def test_a_hostile_name_does_not_reach_the_terminal_as_it_is() -> None:
    rows = [row(day, device, mean=1.0) for device in ("a\x1b[2J", "b") for day in range(2)]

    assert "\x1b" not in drawn(answer(rows, Aggregate.MEAN), colour=False)
