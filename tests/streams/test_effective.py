from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.kafka import KafkaSettings, Plaintext, Sasl
from streams.effective import complaints, effective, masked, unknown


class Shop(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["open", "closed"] = "open"
    size: int = Field(default=1, ge=1)
    key: SecretStr = SecretStr("")


class House(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HOUSE_", env_nested_delimiter="__", env_file=".env", extra="ignore"
    )

    shop: Shop = Shop()
    kafka: KafkaSettings = KafkaSettings()
    garden: Shop | None = None
    door: int = Field(default=1, validation_alias="FRONT_DOOR")


class Garage(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HOUSE_")

    car_port: int = 1


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def rows(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, tuple[str, str]]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return {row["setting"]: (row["value"], row["from"]) for row in effective(House())}


def wrong(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as raised:
        House()
    return {row["setting"]: row["wrong"] for row in complaints(raised.value, House)}


def test_every_setting_stands_under_its_variable_with_its_origin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HOUSE_SHOP__SIZE=2\nHOUSE_SHOP__KIND=closed\n")
    found = rows(monkeypatch, HOUSE_SHOP__SIZE="3")

    assert ("3", "environment") == found["HOUSE_SHOP__SIZE"]
    assert ("closed", ".env") == found["HOUSE_SHOP__KIND"]
    assert ("", "default") == found["HOUSE_SHOP__KEY"]
    assert ("(none)", "default") == found["HOUSE_GARDEN"]
    assert ("plaintext", "default") == found["HOUSE_KAFKA__SECURITY__PROTOCOL"]


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rows(
        monkeypatch,
        HOUSE_SHOP__KEY="hush-1",
        HOUSE_KAFKA__SECURITY__PROTOCOL="sasl",
        HOUSE_KAFKA__SECURITY__USERNAME="me",
        HOUSE_KAFKA__SECURITY__PASSWORD="hush-2",
    )

    assert ("********", "environment") == found["HOUSE_SHOP__KEY"]
    assert ("********", "environment") == found["HOUSE_KAFKA__SECURITY__PASSWORD"]
    assert "hush" not in str(found)
    assert masked("http://me:hush@db:1/x") == "http://********@db:1/x"


def test_what_is_wrong_is_said_of_the_variable_and_not_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = wrong(
        monkeypatch,
        HOUSE_SHOP__SIZE="hush",
        HOUSE_SHOP__KIND="hush",
        HOUSE_GARDEN__SIZE="0",
        HOUSE_KAFKA__BOOTSTRP="hush",
        HOUSE_KAFKA__SECURITY__PROTOCOL="sasl",
        HOUSE_KAFKA__SECURITY__PASSWORD="hush",
        FRONT_DOOR="hush",
    )

    assert {
        "HOUSE_SHOP__SIZE",
        "HOUSE_SHOP__KIND",
        "HOUSE_GARDEN__SIZE",
        "HOUSE_KAFKA__BOOTSTRP",
        "HOUSE_KAFKA__SECURITY__USERNAME",
        "FRONT_DOOR",
    } == set(found)
    assert found["HOUSE_KAFKA__BOOTSTRP"] == "no such setting"
    assert found["HOUSE_KAFKA__SECURITY__USERNAME"] == "has to be set"
    assert "hush" not in str(found)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HOUSE_KAFKA__SECURITY__PROTOCOL", "ftp"), ("HOUSE_KAFKA__SECURITY__USERNAME", "me")],
)
def test_the_field_that_tells_a_union_apart_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    assert {"HOUSE_KAFKA__SECURITY__PROTOCOL"} == set(wrong(monkeypatch, **{variable: value}))


def test_variables_that_nobody_reads_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOUSE_SHOPP__SIZE", "HOUSE_SHOP__SIZE", "HOUSE_CAR_PORT", "OTHER_SHOP"):
        monkeypatch.setenv(name, "1")

    assert ["HOUSE_SHOPP__SIZE"] == unknown(House, Garage)


def test_security_of_each_kind_can_be_shown() -> None:
    for security in (Plaintext(), Sasl(protocol="sasl", username="u", password=SecretStr("p"))):
        assert effective(House(kafka=KafkaSettings(security=security)))
