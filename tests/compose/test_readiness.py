"""A server is ready when it serves; one that dies or dawdles is quoted."""

from pathlib import Path

import pytest

from compose.errors import NotReadyError, StartError
from compose.place import Place
from compose.process import Process, end, spawn
from compose.readiness import await_ready
from compose.roster import places
from compose.settings import ServerSettings


def started(tmp_path: Path, script: str) -> tuple[Place, Process]:
    (place,) = places(["kafka"], ServerSettings(), tmp_path)
    place.home.mkdir()
    return place, spawn(["sh", "-c", script], place.log)


def never(_: Place) -> None:
    raise NotReadyError("still loading")


def test_it_is_asked_until_it_serves(tmp_path: Path) -> None:
    place, process = started(tmp_path, "exec sleep 600")
    answers = iter([False, False, True])

    def third_time(_: Place) -> None:
        if not next(answers):
            raise NotReadyError("not yet")

    await_ready(place, process, third_time)
    assert next(answers, None) is None
    end(process, patience_s=10)


def test_one_that_dies_is_quoted(tmp_path: Path) -> None:
    place, process = started(tmp_path, "echo the disk is full; exit 1")
    with pytest.raises(StartError, match=r"kafka died while starting[^$]*\nthe disk is full"):
        await_ready(place, process, never)


def test_an_answer_from_another_server_proves_nothing(tmp_path: Path) -> None:
    place, process = started(tmp_path, "exit 1")
    end(process, patience_s=10)
    with pytest.raises(StartError, match="died"):
        await_ready(place, process, lambda _: None)


def test_one_that_never_serves_is_given_up(tmp_path: Path) -> None:
    place, process = started(tmp_path, "exec sleep 600")
    with pytest.raises(StartError, match=r"did not serve within 0 s \(still loading\)"):
        await_ready(place, process, never, within_s=0)
    end(process, patience_s=10)
