import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from models.alarms.rules import Bound, Suspects
from models.alarms.rules_file import SHIPPED, RulesError, load_rules
from models.profiles import load
from schemas.alarms import Level
from tests.models.rule_files import HEAD, PROFILES, complaint
from tests.models.rule_texts import FILES

EXAMPLES = sorted(SHIPPED.parent.glob("*.yaml"))
SOUND = HEAD + "    levels: {warning: {above: 31}}\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_sound(path: Path) -> None:
    assert load_rules(path, load()).rules


def test_the_shipped_rules_speak_every_language_and_need_no_secret() -> None:
    shipped = load_rules(SHIPPED, load())
    assert {frozenset({"en", "ja", "ko"})} == {
        frozenset(rule.messages) for rule in shipped.rules.values()
    }
    assert {} == shipped.channels


def bounds(path: Path) -> dict[str, dict[Level, Bound]]:
    return {rule.resource: rule.levels for rule in load_rules(path, load()).rules.values()}


def test_team_d_judges_strictly_above_its_limits() -> None:
    assert {
        "temperature": {Level.WARNING: Bound(above=31)},
        "humidity": {Level.WARNING: Bound(above=85)},
        "co2": {Level.WARNING: Bound(above=410)},
    } == bounds(SHIPPED.with_name("farm-team-d.yaml"))


def test_team_a_counts_its_limits_as_crossed_on_both_sides() -> None:
    assert {
        "temperature": {Level.WARNING: Bound(above=27, below=18, inclusive=True)},
        "humidity": {Level.WARNING: Bound(above=80, below=60, inclusive=True)},
        "co2": {Level.WARNING: Bound(above=750, below=650, inclusive=True)},
    } == bounds(SHIPPED.with_name("farm-team-a.yaml"))


def test_a_file_says_what_rules_channels_and_notify_are(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        SOUND + "    suspects: judge\n    channels: [farm]\n"
        "    schedule: {timezone: Asia/Seoul, days: [mon], start: 18:00, end: 06:00}\n"
        "channels: {farm: {kind: discord, url_secret: FARM_URL}}\n"
        "notify: {escalation: [{after_min: 15, channels: [farm]}]}\n"
    )
    found = load_rules(path, PROFILES)
    rule = found.rules["hot"]
    assert Suspects.JUDGE is rule.suspects
    assert rule.schedule
    assert ("18:00", "06:00") == (rule.schedule.start, rule.schedule.end)
    assert ["farm"] == list(found.channels) == list(found.notify.names())


def rule(resource: str, profile: str = "*", more: str = "levels: {info: {above: 1}}") -> str:
    select = f"select: {{profile: '{profile}'}}"
    return f"rules:\n  hot:\n    {select}\n    resource: {resource}\n    {more}"


OF_A_FILE: list[tuple[str | bytes, str]] = [
    (rule("heat", "house"), "4: rules.hot.resource: no number in house"),
    (rule("door"), "4: rules.hot.resource: no number in house, us.house"),
    (rule("count", "us.*"), "4: rules.hot.resource: no number in us.house"),
    (rule("temperature", "farm"), "3: rules.hot.select.profile: no profile is called so"),
    (
        rule("temperature"),
        "2: rules.hot.unit: missing, as the profiles do not agree: Cel, [degF]",
    ),
    (
        rule("count", more="levels: {info: {above: 1}}\n    unit: m"),
        "6: rules.hot.unit: m cannot be converted to no unit, the unit of house",
    ),
    (rule("Temp"), "4: rules.hot.resource: String should match pattern"),
    ("rules:\n  hot: {levels: {}}", "2: rules.hot.resource: Field required"),
    ("rules:\n  Hot: {resource: count, silence: {}}", "2: rules.Hot: String should match pattern"),
    (SOUND + "notify: {channels: [a]}", "6: notify.channels.0: unknown channel"),
    (
        SOUND + "notify:\n  escalation:\n  - {after_min: 1, channels: [a]}",
        "8: notify.escalation.0.channels.0: unknown channel",
    ),
    (
        SOUND + "channels:\n  a: {kind: discord}",
        "7: channels.a.url_secret: Field required",
    ),
    (SOUND + "channels:\n  a: {kind: fax}", "7: channels.a: Input tag 'fax' found"),
    ("rulez: {}\nrules: {}", "1: rulez: Extra inputs are not permitted"),
    ("channels: {}", "1: rules: Field required"),
    ("[]", "1: file: Input should be"),
    ("hello", "1: file: Input should be"),
    (b"#" * (1 << 20) + b"#", "1: file: larger than 1048576 bytes"),
    (
        "rules:\n" + "".join(f"  r{n}: {{resource: count, silence: {{}}}}\n" for n in range(501)),
        "1: rules: Dictionary should have at most 500 items",
    ),
]


@pytest.mark.parametrize(("text", "expected"), OF_A_FILE)
def test_a_fault_of_a_file_is_said_with_line_field_and_reason(
    tmp_path: Path, text: str | bytes, expected: str
) -> None:
    said = complaint(tmp_path / "rules.yaml", text)
    assert [expected] == [line[: len(expected)] for line in said.splitlines()]


def test_a_rule_of_silence_needs_no_number(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(rule("door", more="silence: {}"))
    assert load_rules(path, PROFILES).rules["hot"].silence


def test_all_faults_are_said_at_once_in_order_of_their_lines(tmp_path: Path) -> None:
    said = complaint(
        tmp_path / "rules.yaml", HEAD + "    color: red\n    levels: {ok: {}}\nnotify: 3\n"
    )
    assert ["5", "6", "6", "7"] == [line.split(":")[0] for line in said.splitlines()]


def test_a_thousand_faults_make_no_endless_message(tmp_path: Path) -> None:
    said = complaint(
        tmp_path / "rules.yaml", "rules: {}\n" + "\n".join(f"x{n}:" for n in range(99))
    )
    assert (51, " and 49 more") == (len(said.splitlines()), said.splitlines()[-1])


def test_what_a_file_holds_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    said = complaint(
        tmp_path / "rules.yaml",
        SOUND + "channels: {a: {kind: discord, url_secret: 'https://x/s3cret', url: s3cret}}",
    )
    assert "s3cret" not in said


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"nowhere.yaml:1: file: No such file or directory"):
        load_rules(tmp_path / "nowhere.yaml", PROFILES)
    with pytest.raises(RulesError, match=r":1: file: Is a directory"):
        load_rules(tmp_path, PROFILES)


@settings(max_examples=300, deadline=None)
@given(data=FILES)
def test_whatever_a_file_holds_it_loads_or_is_refused_line_by_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    try:
        load_rules(path, PROFILES)
    except RulesError as error:
        for line in str(error).splitlines():
            assert re.fullmatch(r".*any\.yaml:(\d+: .+: .+| and \d+ more)", line)
