"""The image holds the locked dependencies and the code, and does not run as root."""

import re
import tomllib
from pathlib import Path

from compose import manifest

FOLDER = Path(manifest.__file__).parent
LINES = (FOLDER / "Dockerfile").read_text().splitlines()


def test_the_base_image_is_pinned_to_a_patch_release() -> None:
    stages = [line.split() for line in LINES if line.startswith("FROM")]
    own = {stage[3] for stage in stages if stage[2:3] == ["AS"]}
    bases = [stage[1] for stage in stages if stage[1] not in own]
    assert bases
    assert all(re.fullmatch(r"python:3\.11\.\d+-slim", base) for base in bases)


def test_dependencies_are_installed_by_hash_before_the_code_is_copied() -> None:
    text = "\n".join(LINES)
    assert text.index("--require-hashes -r /tmp/requirements.lock") < text.index("COPY schemas/")


def test_it_does_not_run_as_root() -> None:
    assert "USER engawa" in LINES[: LINES.index('ENTRYPOINT ["python", "-m", "streams"]')]


def test_every_package_is_copied_and_let_through() -> None:
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text())
    packages = {name.partition(".")[0] for name in project["tool"]["setuptools"]["packages"]}
    copied = {line.split()[1].strip("/") for line in LINES if re.match(r"COPY \w+/ /app/", line)}
    allowed = (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
    assert packages == copied
    assert {f"!{name}" for name in packages} <= set(allowed)
