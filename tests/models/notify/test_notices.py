"""What is said of alarms, in three languages, whatever devices are called."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notify.channels import Channel
from models.notify.message_fields import FIELDS, template_error
from models.notify.notices import RANK, TEXT_LIMIT, TITLE_LIMIT, Line, digest, fields_of, message
from models.notify.wording import LANGUAGES
from schemas.alarms import Cause, Level
from schemas.notifications import Occasion
from tests.models.alarm_changes import CHAT, NOON, acknowledged, change, channels, cleared, rules

HOOK = {"kind": "webhook", "url_secret": "HOOK_URL", "key_secret": "HOOK_SECRET"}


def channel(kind: dict[str, str] | None = None, **changes: Any) -> Channel:
    return channels(it=(kind or HOOK) | changes)["it"]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "[Warning] bleiswijk/air-1 temperature 32.4 °C > 31 °C",
            "Since 2026-03-01 12:00:00 UTC. Rule: warm.",
        ),
        (
            "ko",
            "[경보] bleiswijk/air-1 temperature 32.4 °C > 31 °C",
            "발생: 2026-03-01 12:00:00 UTC. 규칙: warm.",
        ),
        (
            "ja",
            "[警報] bleiswijk/air-1 temperature 32.4 °C > 31 °C",
            "発生: 2026-03-01 12:00:00 UTC。ルール: warm。",
        ),
    ],
)
def test_an_alarm_is_told_in_the_channels_language(language: str, title: str, text: str) -> None:
    told = message(change(), Occasion.CREATED, channel=channel(language=language), rule=None)

    assert (told.title, told.text) == (title, text)


def test_every_occasion_and_cause_has_words_in_every_language() -> None:
    for words in LANGUAGES.values():
        assert set(Level) == set(words.levels)
        assert set(Cause) == set(words.causes)
        assert set(Occasion) - {Occasion.CREATED, Occasion.DIGEST} == set(words.tags)


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        ({"value": 17.25, "threshold": 18.0}, "temperature 17.25 °C < 18 °C"),
        ({"value": 27.0, "threshold": 27.0}, "temperature 27 °C = 27 °C"),
        ({"value": 750.0, "threshold": 650.0, "unit": "[ppm]"}, "temperature 750 ppm > 650 ppm"),
        ({"value": 3.2, "threshold": 2.0, "unit": None}, "temperature 3.2 > 2"),
        ({"value": 3.2, "threshold": None}, "temperature 3.2 °C"),
        (
            {"cause": Cause.RATE, "value": 3.2, "threshold": 2.0},
            "temperature 3.2 °C/min > 2 °C/min",
        ),
        ({"cause": Cause.SILENCE, "value": None}, "temperature no data"),
        ({"cause": Cause.TROUBLE}, "temperature sensor trouble"),
        ({"value": None}, "temperature limit crossed"),
        (
            {"resource": "setpoint", "rule": "command", "cause": Cause.TROUBLE},
            "setpoint 32.4 °C > 31 °C",
        ),
        (
            {"resource": "setpoint", "rule": "command", "cause": Cause.TROUBLE, "value": None},
            "setpoint does not follow its command",
        ),
    ],
)
def test_what_was_found_is_said_with_its_unit(fields: dict[str, Any], finding: str) -> None:
    told = message(change(**fields), Occasion.CREATED, channel=channel(), rule=None)

    assert told.title == f"[Warning] bleiswijk/air-1 {finding}"


def test_a_cleared_alarm_says_how_long_it_lasted() -> None:
    told = message(cleared(), Occasion.CLEARED, channel=channel(), rule=None)

    assert told.title.startswith("[Cleared] bleiswijk/air-1")
    assert told.text == "Lasted 12 min 34 s. Rule: warm."


def test_an_acknowledgement_says_whose_it_is_and_why() -> None:
    seen = acknowledged(text="fan is\non its way")

    told = message(seen, Occasion.ACKNOWLEDGED, channel=channel(), rule=None)

    assert told.text == "By jun. fan is on its way"


def test_a_rule_may_bring_its_own_words_for_what_opens_or_gets_worse() -> None:
    rule = rules(messages={"ko": "{device} 온도 {value}{unit}!"})["warm"]

    opened = message(change(), Occasion.CREATED, channel=channel(language="ko"), rule=rule)
    other = message(change(), Occasion.CREATED, channel=channel(language="en"), rule=rule)
    end = message(cleared(), Occasion.CLEARED, channel=channel(language="ko"), rule=rule)

    assert opened.text == "air-1 온도 32.4°C!"
    assert other.text.startswith("Since")
    assert end.text.startswith("지속 시간")


def test_names_cannot_mention_or_format_on_discord() -> None:
    hostile = change(device="**@everyone**", site="[x](https://evil)")

    told = message(hostile, Occasion.CREATED, channel=channel(CHAT), rule=None)

    assert r"\*\*\@everyone\*\*" in told.title
    assert r"\[x\]\(https\://evil\)" in told.title
    assert told.fields["device"] == "**@everyone**"


def test_names_cannot_mention_on_slack() -> None:
    slack = channel({"kind": "slack", "url_secret": "URL"})

    told = message(change(device="<!channel>"), Occasion.CREATED, channel=slack, rule=None)

    assert "&lt;!channel&gt;" in told.title


def test_a_name_cannot_break_lines_or_turn_the_text_around() -> None:
    told = message(
        change(device="a\r\nb\u202ec\u2028d\x00e"), Occasion.CREATED, channel=channel(), rule=None
    )

    assert "bleiswijk/a b c d e temp" in told.title


def test_a_format_in_a_name_is_only_text() -> None:
    rule = rules(messages={"en": "{device}"})["warm"]

    told = message(
        change(device="{rule.__class__}"), Occasion.CREATED, channel=channel(), rule=rule
    )

    assert told.text == "{rule.__class__}"


HOSTILE = st.fixed_dictionaries(
    {
        **dict.fromkeys(("site", "device", "resource", "by", "text", "unit"), st.text()),
        **dict.fromkeys(("value", "threshold", "duration_s"), st.floats()),
        **dict.fromkeys(("raised_at", "at"), st.integers(-(2**63), 2**63 - 1)),
    }
)
ANYWHERE = st.builds(
    channel, st.sampled_from([CHAT, HOOK]), language=st.sampled_from(sorted(LANGUAGES))
)


@settings(max_examples=500, deadline=None)
@given(HOSTILE, st.sampled_from(list(Occasion)[:8]), ANYWHERE)
def test_whatever_an_alarm_holds_its_message_is_made_and_bounded(
    fields: dict[str, Any], occasion: Occasion, where: Channel
) -> None:
    told = message(change(**fields), occasion, channel=where, rule=None)

    assert len(told.title) <= TITLE_LIMIT
    assert len(told.text) <= TEXT_LIMIT
    assert "\n" not in told.title


def test_a_digest_shows_the_worst_first_and_counts_what_does_not_fit() -> None:
    lines = [
        Line(f"id-{n}", 1, Occasion.CREATED, Level.WARNING, NOON, f"[Warning] {n} " + "x" * 90)
        for n in range(100)
    ]
    lines.append(Line("id-worst", 2, Occasion.CREATED, Level.CRITICAL, NOON, "[Critical] worst"))

    told = digest(lines, channel=channel())

    shown = told.text.splitlines()
    assert told.title == "[Critical] 101 more messages about alarms"
    assert shown[0] == "[Critical] worst"
    assert shown[-1] == f"… and {101 - (len(shown) - 1)} more."
    assert len(told.text) <= TEXT_LIMIT
    assert len(told.fields["messages"].split()) == 101


def test_levels_ascend() -> None:
    assert sorted(RANK, key=RANK.__getitem__) == ["ok", "info", "warning", "critical"]


def test_the_fields_of_messages_are_those_that_rules_may_name() -> None:
    assert list(FIELDS) == list(fields_of(change(), None))


@pytest.mark.parametrize("good", ["plain", "{site}: {value} {unit}", "{{braces}}"])
def test_a_good_template_is_taken(good: str) -> None:
    assert template_error(good) is None


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{nonsense}", "unknown field {nonsense}"),
        ("{site.__class__}", "unknown field"),
        ("{site[0]}", "unknown field"),
        ("{}", "unknown field"),
        ("{value:>999999999}", "takes no format"),
        ("{value!r}", "takes no format"),
        ("{site", "brace"),
        ("}", "brace"),
    ],
)
def test_a_template_that_could_fail_or_pry_is_refused(bad: str, reason: str) -> None:
    assert reason in (template_error(bad) or "")
