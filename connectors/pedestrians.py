"""A recorded street with pedestrians, for a demonstration: load for cameras, and no truth.

Their faces are 10 to 15 pixels high, too small for anybody to be known by. What is known of the
video's rights stands in ``connectors/data/NOTICE.md``: it comes from a package of Debian, stays in
the user's cache, and is passed on to nobody.
"""

from pathlib import Path

from platformdirs import user_cache_path

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


def pedestrians(place: Path) -> Path:
    """The video at ``place``, fetched if nothing lies there.

    Raises:
        UnavailableError: it cannot be fetched.
        RefusedError: it is not the video that was pinned.

    """
    if not place.exists():
        found = files(tarball(fetch(PACKAGE)), [PATH])[PATH]
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(".part")
        draft.write_bytes(found)
        draft.replace(place)
    try:
        pinned(place.read_bytes(), str(place), SHA256)
    except RefusedError as error:
        raise RefusedError(f"{error}; delete it") from None
    return place
