"""Signatures of our webhook: how a receiver knows that a post is ours, and fresh.

Each post carries ``X-Engawa-Signature: t=<epoch seconds>,v1=<hex>``, where ``v1`` is the
HMAC-SHA256 of ``<t>.<body>`` (the body's bytes as they came) under the channel's secret. To verify:
compute it again, compare in constant time, and refuse a ``t`` that is more than five minutes off.
"""

import hashlib
import hmac
import re

HEADER = "X-Engawa-Signature"
TOLERANCE_S = 300
_FORM = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def sign(secret: str, now_s: int, body: bytes) -> str:
    """The header's value for a body."""
    return f"t={now_s},v1={_digest(secret, now_s, body)}"


def verify(secret: str, header: str, body: bytes, now_s: int) -> bool:
    """Whether a post is ours and fresh: what a receiver has to do."""
    found = _FORM.fullmatch(header)
    if not found:
        return False
    signed_s = int(found[1])
    same = hmac.compare_digest(found[2], _digest(secret, signed_s, body))
    return same and abs(now_s - signed_s) <= TOLERANCE_S


def _digest(secret: str, now_s: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{now_s}.".encode() + body, hashlib.sha256).hexdigest()
