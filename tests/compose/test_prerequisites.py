"""A missing tool is named, with the servers that need it and the lines that install it."""

from pathlib import Path

import pytest

from compose.errors import MissingPrerequisiteError
from compose.prerequisites import GO, JAVA, MAVEN, major_version, require


def put(folder: Path, program: str, says: str = "") -> Path:
    (folder / program).write_text(f"#!/bin/sh\necho '{says}'\n")
    (folder / program).chmod(0o755)
    return folder


def test_everything_missing_is_named_at_once(tmp_path: Path) -> None:
    needs = [("kafka", JAVA), ("kafka", MAVEN), ("mongodb", JAVA), ("influxdb", GO)]
    with pytest.raises(MissingPrerequisiteError) as missing:
        require(needs, path=str(tmp_path))
    assert str(missing.value).splitlines() == [
        "Java 17 or later (JDK) was not found; kafka and mongodb cannot do without.",
        "  Debian: sudo apt-get install -y default-jdk-headless",
        '  macOS:  brew install openjdk && export JAVA_HOME="$(brew --prefix openjdk)"',
        "Maven was not found; kafka cannot do without.",
        "  Debian: sudo apt-get install -y maven",
        "  macOS:  brew install maven",
        "Go was not found; influxdb cannot do without.",
        "  Debian: sudo apt-get install -y golang-go",
        "  macOS:  brew install go",
    ]


def test_a_java_that_is_too_old_counts_as_missing(tmp_path: Path) -> None:
    put(tmp_path, "javac", says="javac 11.0.22")
    with pytest.raises(MissingPrerequisiteError, match="Java 17"):
        require([("kafka", JAVA)], path=str(tmp_path))


def test_tools_that_are_there_are_enough(tmp_path: Path) -> None:
    put(tmp_path, "go")
    put(tmp_path, "javac", says="javac 17.0.15")
    require([("kafka", JAVA), ("influxdb", GO)], path=str(tmp_path))


def test_java_home_comes_before_the_search_path(tmp_path: Path) -> None:
    (home := tmp_path / "jdk" / "bin").mkdir(parents=True)
    put(home, "javac", says="javac 21")
    put(tmp_path, "javac", says="javac 11")
    require([("kafka", JAVA)], java_home=tmp_path / "jdk", path=str(tmp_path))


@pytest.mark.parametrize(
    ("text", "major"), [("javac 17.0.15", 17), ("javac 25", 25), ("javac 1.8.0_402", 1), ("", 0)]
)
def test_the_major_version_is_read_from_what_the_compiler_says(text: str, major: int) -> None:
    assert major == major_version(text)
