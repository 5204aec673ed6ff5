"""Rows of channels, and the section that says how often to tell."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from models.notify.channels import Channel, lanes
from models.notify.rules import NotifyRules

MAIL = {"kind": "mail", "host": "mx.example", "sender": "farm@example.com", "to": ["a@b.example"]}


def row(**fields: Any) -> Channel:
    made: Channel = TypeAdapter(Channel).validate_python(fields)
    return made


@pytest.mark.parametrize(
    ("fields", "variables"),
    [
        ({"kind": "discord", "url_secret": "A"}, ("A",)),
        ({"kind": "slack", "url_secret": "A"}, ("A",)),
        ({"kind": "webhook", "url_secret": "A", "key_secret": "B"}, ("A", "B")),
        (MAIL, ()),
        (MAIL | {"user_secret": "U", "password_secret": "P"}, ("U", "P")),
    ],
)
def test_a_channel_names_the_variables_of_its_secrets(
    fields: dict[str, Any], variables: tuple[str, ...]
) -> None:
    assert row(**fields).secrets() == variables


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "pager", "url_secret": "A"},
        {"kind": "discord", "url": "https://discord.com/api/webhooks/1/x"},
        {"kind": "discord", "url_secret": "https://discord.com/api/webhooks/1/x"},
        {"kind": "webhook", "url_secret": "A"},
        {"kind": "discord", "url_secret": "A", "language": "fr"},
        {"kind": "discord", "url_secret": "A", "timeout_s": 0},
        MAIL | {"to": []},
        MAIL | {"to": ["a@b.example\nBcc: all@b.example"]},
        MAIL | {"sender": "nobody"},
        MAIL | {"port": 0},
    ],
)
def test_a_row_that_is_no_channel_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        row(**fields)


def test_lanes_follow_the_order_of_names() -> None:
    assert lanes(["mail", "chat", "boss"]) == {"boss": 0, "chat": 1, "mail": 2}


@pytest.mark.parametrize(
    "section",
    [
        {"reminders_min": [30, 15]},
        {"reminders_min": [15, 15]},
        {"reminders_min": [0]},
        {"escalation": [{"after_min": 5, "channels": []}]},
        {
            "escalation": [
                {"after_min": 30, "channels": ["a"]},
                {"after_min": 15, "channels": ["b"]},
            ]
        },
        {"digest": {"alarms": 0}},
        {"remind": [15]},
    ],
)
def test_a_section_that_makes_no_sense_is_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NotifyRules.model_validate(section)


def test_the_section_knows_every_channel_it_names() -> None:
    section = NotifyRules.model_validate(
        {"channels": ["chat"], "escalation": [{"after_min": 30, "channels": ["lead", "boss"]}]}
    )

    assert list(section.names()) == ["chat", "lead", "boss"]
