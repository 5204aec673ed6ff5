"""Getting a server's program: jars by Maven, a build by Go, a wheel by pip or uv.

Each is fetched once per user into the cache folder. A folder there appears whole or not at all,
and an interrupted fetch goes on from what Maven, Go or pip had kept.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

from compose.errors import InstallError
from compose.lock import locked
from compose.manifest import GoSource, MavenSource, PypiSource, Server, Source
from compose.prerequisites import GO, JAVA, MAVEN, Tool
from compose.progress import Progress, Report

COPY_JARS = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def installed_at(name: str, server: Server, cache_dir: Path) -> Path:
    """Name the folder that holds this version from this source."""
    assert server.source is not None
    source = sha256(server.source.model_dump_json().encode()).hexdigest()[:8]
    return cache_dir / f"{name}-{server.version}-{source}"


def needed_tools(server: Server, installed: Path) -> list[Tool]:
    """List what the server needs to run, and to be installed if it is not yet."""
    match server.source:
        case MavenSource():
            return [JAVA] if installed.exists() else [JAVA, MAVEN]
        case GoSource():
            return [] if installed.exists() else [GO]
        case _:
            return []


def install(name: str, server: Server, installed: Path, report: Report) -> None:
    """Fetch a server's program into `installed`, unless it is there.

    Raises InstallError with the installer's last words.
    """
    with locked(installed.with_name(f"{installed.name}.lock")):
        if installed.exists():
            return
        assert server.source is not None
        partial = installed.with_name(f"{installed.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        command = _command(server.source, partial)
        _run(name, command, lambda line: report(_progress(name, line)))
        partial.rename(installed)


def _progress(name: str, line: str) -> Progress:
    detail = re.sub(r"https?://\S*/", "", line).removeprefix("[INFO] ").strip()
    return Progress(name=name, stage="installing", detail=detail)


def _command(source: Source, target: Path) -> list[str]:
    match source:
        case MavenSource():
            return _maven(source, target)
        case GoSource():
            return _go(source, target)
        case PypiSource():
            return _pypi(source, target)


def _maven(source: MavenSource, target: Path) -> list[str]:
    pom = target / "pom.xml"
    pom.write_text(pom_of(source))
    # strict checksums: a jar that differs from its published digest is refused
    options = ["--batch-mode", "--strict-checksums", "-DincludeScope=runtime"]
    return ["mvn", *options, f"-DoutputDirectory={target / 'jars'}", "-f", str(pom), COPY_JARS]


def pom_of(source: MavenSource) -> str:
    """Write the smallest project that depends on these coordinates."""
    dependencies = "".join(
        "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>"
        "</dependency>".format(*map(escape, coordinates.split(":")))
        for coordinates in source.coordinates
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>engawa</groupId><artifactId>server</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>"
    )


def _go(source: GoSource, target: Path) -> list[str]:
    version = source.package.rpartition("@v")[2]
    return [
        *("env", "CGO_ENABLED=0", "GOTOOLCHAIN=local", f"GOBIN={target}"),
        *("go", "install", "-v", "-trimpath", "-ldflags", f"-X main.version={version}"),
        source.package,
    ]


def _pypi(source: PypiSource, target: Path) -> list[str]:
    wanted = target / "requirements.txt"
    hashes = "".join(f" --hash={digest}" for digest in source.hashes)
    wanted.write_text(f"{source.requirement}{hashes}\n")
    has_pip = importlib.util.find_spec("pip") is not None
    installer = [sys.executable, "-m", "pip"] if has_pip else ["uv", "pip"]
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(target)]
    return [*installer, "install", *options, "-r", str(wanted)]


def _run(name: str, command: Sequence[str], report_line: Callable[[str], None]) -> None:
    last = deque[str](maxlen=15)
    with subprocess.Popen(  # noqa: S603  # built from the manifest, without a shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as installer:
        assert installer.stdout is not None
        for line in installer.stdout:
            last.append(line.rstrip())
            report_line(line)
    if installer.returncode:
        said = "\n".join(last)
        raise InstallError(f"installing {name} failed (`{command[0]}` said):\n{said}")
