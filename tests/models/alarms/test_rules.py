from pathlib import Path

import pytest

from tests.models.rule_files import HEAD, complaint

OF_A_RULE: list[tuple[str, str]] = [
    # limits that contradict themselves
    (
        "levels: {warning: {above: 31, reset_below: 32}}",
        "5: rules.hot.levels.warning.reset_below: needs an above that is not lower",
    ),
    (
        "levels: {warning: {below: 10, reset_above: 9}}",
        "5: rules.hot.levels.warning.reset_above: needs a below that is not higher",
    ),
    (
        "levels: {warning: {below: 10, reset_below: 9}}",
        "5: rules.hot.levels.warning.reset_below: needs an above that is not lower",
    ),
    (
        "levels: {warning: {inclusive: true}}",
        "5: rules.hot.levels.warning: has neither above nor below",
    ),
    (
        "levels: {warning: {above: 20, below: 20}}",
        "5: rules.hot.levels.warning.below: overlaps above: 20",
    ),
    (
        "levels: {warning: {above: 30, below: 20}}\n    deadband: 6",
        "5: rules.hot.levels.warning: no value ends it: it would be under 24, over 26",
    ),
    (
        "levels: {warning: {above: 30, below: 20, reset_below: 20}}",
        "5: rules.hot.levels.warning: no value ends it: it would be under 20, over 20",
    ),
    # levels that contradict one another
    (
        "levels:\n      warning: {above: 31}\n      critical:\n        above: 30",
        "8: rules.hot.levels.critical.above: must be above that of warning, 31",
    ),
    (
        "levels: {info: {above: 31}, warning: {above: 31}}",
        "5: rules.hot.levels.warning.above: must be above that of info, 31",
    ),
    (
        "levels: {info: {below: 5}, critical: {below: 6}}",
        "5: rules.hot.levels.critical.below: must be below that of info, 5",
    ),
    (
        "levels:\n      warning: {above: 20}\n      critical: {below: 25}",
        "6: rules.hot.levels.warning.above: overlaps critical, which holds below 25",
    ),
    (
        "rates: {info: {above: 2}, warning: {above: 1}}",
        "5: rules.hot.rates.warning.above: must be above that of info, 2",
    ),
    (
        "levels:\n      ok: {above: 31}",
        "6: rules.hot.levels.ok: ok is what holds",
    ),
    (
        "silence: {level: ok}",
        "5: rules.hot.silence.level: ok is what holds",
    ),
    (
        "levels: {}\n    latch: true",
        "2: rules.hot: judges nothing: there are no levels, no rates and no silence",
    ),
    # numbers that are none
    ("levels: {info: {above: .nan}}", "5: rules.hot.levels.info.above: Input should be a valid "),
    ("levels: {info: {above: 1e999}}", "5: rules.hot.levels.info.above: Input should be a finite"),
    ("levels: {info: {above: true}}", "5: rules.hot.levels.info.above: Input should be a valid "),
    ('levels: {info: {above: "31"}}', "5: rules.hot.levels.info.above: Input should be a valid "),
    (
        "levels: {info: {above: 31}}\n    on_delay_s: -1",
        "6: rules.hot.on_delay_s: Input should be greater than or equal to 0",
    ),
    # what does not exist
    ("levels: {info: {above: 31}}\n    unit: Celsios", "6: rules.hot.unit: unknown unit"),
    (
        "levels: {info: {above: 31}}\n    unit: hPa",
        "6: rules.hot.unit: hPa cannot be converted to Cel, the unit of house",
    ),
    ("levels: {info: {above: 31}}\n    channels: [x]", "6: rules.hot.channels.0: unknown channel"),
    ("levels: {info: {above: 31}}\n    color: red", "6: rules.hot.color: Extra inputs are not "),
    (
        "levels: {info: {above: 31}}\n    messages:\n      en: x\n      ko: '{city} is hot'",
        "8: rules.hot.messages.ko: unknown field {city}",
    ),
    (
        "levels: {info: {above: 31}}\n    messages: {en: '{value.__class__}'}",
        "6: rules.hot.messages.en: unknown field {value.__class__}",
    ),
    (
        "levels: {info: {above: 31}}\n    messages: {en: '{value!r}'}",
        "6: rules.hot.messages.en: {value} takes no format",
    ),
    (
        "levels: {info: {above: 31}}\n    messages: {en: 'a brace {'}",
        "6: rules.hot.messages.en: Single '{' encountered",
    ),
    ("levels: {info: {above: 31}}\n    messages: {fr: Salut}", "6: rules.hot.messages.fr: Input"),
    ("levels: {info: {above: 31}}\n    runbook: ftp://x", "6: rules.hot.runbook: String should"),
    # schedules
    (
        "levels: {info: {above: 31}}\n    schedule:\n      timezone: Asia/Soul",
        "7: rules.hot.schedule.timezone: unknown time zone",
    ),
    (
        "levels: {info: {above: 31}}\n    schedule: {timezone: ../../etc/passwd}",
        "6: rules.hot.schedule.timezone: unknown time zone",
    ),
    (
        "levels: {info: {above: 31}}\n    schedule: {start: 08:00, end: 08:00}",
        "6: rules.hot.schedule: start: 08:00 to 08:00 is no time at all",
    ),
    (
        "levels: {info: {above: 31}}\n    schedule: {start: 25:00}",
        "6: rules.hot.schedule.start: String should match pattern",
    ),
    (
        "levels: {info: {above: 31}}\n    schedule: {days: [mon, Tuesday]}",
        "6: rules.hot.schedule.days.1: Input should be 'mon', 'tue'",
    ),
    (
        "levels: {info: {above: 31}}\n    schedule: {days: []}",
        "6: rules.hot.schedule.days: Tuple should have at least 1 item",
    ),
]


@pytest.mark.parametrize(("body", "expected"), OF_A_RULE)
def test_a_fault_of_a_rule_is_said_with_line_field_and_reason(
    tmp_path: Path, body: str, expected: str
) -> None:
    said = complaint(tmp_path / "rules.yaml", f"{HEAD}    {body}\n")
    assert [expected] == [line[: len(expected)] for line in said.splitlines()]
