from pathlib import Path

import pytest

from models.sites import SetpointLimits, SitesError, SiteSettings, load_sites

HEAD = "a:\n  latitude: 1\n  longitude: 2\n  time_zone: Asia/Seoul\n"
ROOM = HEAD + "  rooms:\n    one: {sensor: s, air_conditioner: c, rated_it_kw: 1"


def complaint(path: Path, text: str) -> str:
    """What is said about a file, without the file's name."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SitesError) as caught:
        load_sites(path)
    return str(caught.value).replace(f"{path}:", "")


def test_the_shipped_book_has_two_rooms_that_nobody_may_act_upon() -> None:
    book = load_sites()
    assert ["gwangju"] == list(book.root)
    site = book.root["gwangju"]
    assert {"tower-1": "aircon-1", "tower-2": "aircon-2"} == {
        name: room.air_conditioner for name, room in site.rooms.items()
    }
    assert not site.act
    assert SiteSettings().book() == book


def test_a_room_has_limits_that_servers_stand() -> None:
    limits = SetpointLimits()
    assert (18.0, 22.0, 27.0) == (limits.min_c, limits.fallback_c, limits.max_c)


def test_a_site_without_rooms_only_has_weather(tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text(HEAD, encoding="utf-8")
    assert {} == load_sites(path).root["a"].rooms


def test_a_camera_is_looked_at_unless_it_is_switched_off(tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text(HEAD + "  cameras:\n    door: {}\n    yard: {enabled: false}", "utf-8")
    cameras = load_sites(path).root["a"].cameras

    assert [("door", True), ("yard", False)] == [(k, c.enabled) for k, c in cameras.items()]
    assert {"entrance"} == set(load_sites().root["gwangju"].cameras)


def test_names_are_words_even_if_they_look_like_numbers(tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    text = ROOM.replace("a:", "1:", 1).replace("one: {", "2: {") + "}"
    path.write_text(text, encoding="utf-8")
    assert ["2"] == list(load_sites(path).root["1"].rooms)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: file: empty"),
        ("[]", "1: file: Input should be a valid dictionary"),
        ("a: &a {}\nb: *a", "2: yaml: aliases are not taken"),
        ("a: !!python/name:os.system", "1: a: tags are not taken"),
        (HEAD + HEAD, "5: a: already in line 1"),
        ('"a\\nb": {}', "1: 'a\\nb': control_character"),
        ("x" * 129 + ": {}", f"1: '{'x' * 64}': name_too_long"),
        (HEAD.replace("latitude: 1", "latitude: 91"), "2: a.latitude: Input should be less than"),
        (HEAD.replace("1", ".nan"), "2: a.latitude: Input should be a valid number"),
        (HEAD.replace("1", "9e999"), "2: a.latitude: Input should be a finite number"),
        (HEAD.replace("Asia/Seoul", "Asia/Soul"), "4: a.time_zone: no time zone is called"),
        (HEAD.replace("Asia/Seoul", "../../etc/passwd"), "4: a.time_zone: no time zone is"),
        (HEAD.replace("Asia/Seoul", "''"), "4: a.time_zone: no time zone is called ''"),
        (HEAD.replace("  time_zone: Asia/Seoul\n", ""), "1: a.time_zone: Field required"),
        (HEAD + "  act: perhaps", "5: a.act: Input should be a valid boolean"),
        (HEAD + "  acts: true", "5: a.acts: Extra inputs are not permitted"),
        (ROOM + ", setpoint: {max_c: 41}}", "6: a.rooms.one.setpoint.max_c: Input should be less"),
        (ROOM + ", setpoint: {min_c: 23}}", "6: a.rooms.one.setpoint: min_c, fallback_c and max_c"),
        (ROOM + ", setpoint: {step_c: 0}}", "6: a.rooms.one.setpoint.step_c: Input should be"),
        (ROOM.replace("kw: 1", "kw: 0") + "}", "6: a.rooms.one.rated_it_kw: Input should be"),
        (ROOM.replace("sensor: s", "sensor: ''") + "}", "6: a.rooms.one.sensor: empty_name"),
        (
            ROOM + "}\n    two: {sensor: s, rated_it_kw: 1}",
            "1: a: rooms.two.sensor: s is one's already",
        ),
        (
            ROOM + "}\n    two: {sensor: t, air_conditioner: c, rated_it_kw: 1}",
            "1: a: rooms.two.air_conditioner: c is one's already",
        ),
    ],
)
def test_what_makes_no_sense_is_said_with_its_line(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert expected == complaint(tmp_path / "sites.yaml", text)[: len(expected)]


def test_settings_refuse_a_book_that_makes_no_sense(tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="1: file: Input should be a valid dictionary"):
        SiteSettings(sites_file=path)
