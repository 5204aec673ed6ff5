"""Ids of frames: the same picture of the same camera and moment has the same, any other another."""

from hashlib import sha256
from uuid import UUID, uuid5

NAMESPACE = UUID("5f0c1a52-9d0e-5a7d-8a53-6f2c47a0d9be")
"""Never to be changed: a frame that is sent again keeps its id."""


def frame_id(site: str, camera: str, at: int, image: bytes) -> str:
    """UUID version 5 of camera, time in milliseconds and content."""
    named = "\0".join((site, camera, str(at), sha256(image).hexdigest()))
    return str(uuid5(NAMESPACE, named))
