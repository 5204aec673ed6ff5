"""Habits that no linter knows: where code lives, what it may not touch."""

import ast
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("streams", "agents", "schemas", "models", "connectors", "compose")
OURS = {*PACKAGES, "tests"}

MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAY_READ_ENVIRONMENT = {
    "streams/settings.py",
    "compose/settings.py",
    # hands it on to the processes it starts
    "streams/children.py",
}
FAUST_TABLES = {"Table", "GlobalTable", "SetTable", "SetGlobalTable"}
LOSING = {"take", "noack_take", "tumbling", "hopping"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def attributes(path: Path) -> Iterator[ast.Attribute]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node


each_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


def test_there_is_no_other_folder_of_code() -> None:
    folders = {path for path in ROOT.glob("[!.]*") if path.is_dir() and path.name != "build"}

    assert {path.name for path in folders if any(path.rglob("*.py"))} <= OURS


def test_no_dependency_ships_a_package_of_our_names() -> None:
    clashes = {
        f"{each.metadata['Name']}: {file}"
        for each in distributions()
        if each.metadata["Name"] != "engawa"
        for file in each.files or ()
        if file.parts[0] in OURS
    }

    assert set() == clashes


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.name == "__init__.py"], ids=name_of
)
def test_a_package_file_holds_a_docstring_and_nothing_else(path: Path) -> None:
    body = ast.parse(path.read_text()).body

    assert [True] == [isinstance(node, ast.Expr) for node in body]
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_tests_are_no_packages() -> None:
    assert [] == list((ROOT / "tests").rglob("__init__.py"))


@each_module
def test_nobody_uses_what_loses_events_in_stock_faust(path: Path) -> None:
    """Its windowed tables drop other partitions' windows, ``take`` acknowledges what failed."""
    used = {node.attr for node in attributes(path)} & (FAUST_TABLES | LOSING)

    # Arrow's columns and our own fetcher have a method of that name too
    allowed = {"take"} if "faust" not in path.read_text() else set[str]()
    assert set() == used - allowed


@each_module
def test_settings_come_from_settings_alone(path: Path) -> None:
    names = {"environ", "environb", "getenv", "putenv"}
    reads = [node for node in attributes(path) if node.attr in names]
    read = [node for node in reads if isinstance(node.value, ast.Name) and node.value.id == "os"]

    assert not read or name_of(path) in MAY_READ_ENVIRONMENT
