"""Names for people whose names nobody knows."""

import hmac
from functools import lru_cache

DIGITS = 32
"""Hexadecimal digits of a pseudonym."""


class Pseudonyms:
    """Pseudonyms of one site.

    Each period has a key of its own, made of the one in the settings, and a pseudonym is made of
    that key and of the face by which somebody was first known. Who has not the key can neither link
    two periods nor try out whose face it was.
    """

    def __init__(self, key: bytes, site: str) -> None:
        self._key, self._site = key, site
        self._of_period = lru_cache(maxsize=64)(self._period_key)

    def of(self, period: int, face: str) -> str:
        """The pseudonym in a period of whoever was first seen as ``face``."""
        return hmac.new(self._of_period(period), face.encode(), "sha256").hexdigest()[:DIGITS]

    def _period_key(self, period: int) -> bytes:
        return hmac.digest(self._key, f"{self._site}|{period}".encode(), "sha256")
