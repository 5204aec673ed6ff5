"""The tools that servers need, looked for before anything is started."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from compose.errors import MissingPrerequisiteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program, the least major version that serves, and the lines that install it."""

    title: str
    program: str
    debian: str
    macos: str
    least: int = 0


# Kafka 4 needs Java 17: https://kafka.apache.org/43/operations/java-version/
# The compiler, not only the runtime: the MongoDB stand-in's launcher is run from its source.
JAVA = Tool(
    title="Java 17 or later (JDK)",
    program="javac",
    least=17,
    debian="sudo apt-get install -y default-jdk-headless",
    macos='brew install openjdk && export JAVA_HOME="$(brew --prefix openjdk)"',
)
MAVEN = Tool(
    title="Maven",
    program="mvn",
    debian="sudo apt-get install -y maven",
    macos="brew install maven",
)
GO = Tool(
    title="Go",
    program="go",
    debian="sudo apt-get install -y golang-go",
    macos="brew install go",
)


def find_program(name: str, *, java_home: Path | None = None, path: str | None = None) -> Path:
    """Find a program in `java_home`, then on the search path (the environment's by default).

    Raises FileNotFoundError.
    """
    at_home = java_home and java_home / "bin" / name
    if at_home and at_home.exists():
        return at_home
    found = shutil.which(name, path=path)
    if found is None:
        raise FileNotFoundError(name)
    return Path(found)


def find_java(*, java_home: Path | None = None) -> Path:
    """Find the `java` that belongs to the compiler `require` has looked at."""
    return find_program("javac", java_home=java_home).resolve().with_name("java")


def major_version(text: str) -> int:
    """Read the major version from `javac -version`; 0 if there is none in the text."""
    found = re.search(r"\bjavac (\d+)", text)
    return int(found[1]) if found else 0


def require(
    needs: Iterable[tuple[str, Tool]], *, java_home: Path | None = None, path: str | None = None
) -> None:
    """Check every (server, tool) pair.

    Raises MissingPrerequisiteError that names all that is missing and how to install it.
    """
    servers: dict[Tool, list[str]] = {}
    for server, tool in needs:
        servers.setdefault(tool, []).append(server)
    missing = {tool: names for tool, names in servers.items() if not _serves(tool, java_home, path)}
    if missing:
        raise MissingPrerequisiteError(
            "\n".join(
                f"{tool.title} was not found; {' and '.join(names)} cannot do without.\n"
                f"  Debian: {tool.debian}\n  macOS:  {tool.macos}"
                for tool, names in missing.items()
            )
        )


def _serves(tool: Tool, java_home: Path | None, path: str | None) -> bool:
    try:
        program = find_program(tool.program, java_home=java_home, path=path)
    except FileNotFoundError:
        return False
    if not tool.least:
        return True
    answer = subprocess.run(  # noqa: S603  # a program found on the search path, fixed words
        [program, "-version"], capture_output=True, text=True, check=False
    )
    return major_version(answer.stdout + answer.stderr) >= tool.least
