"""Waiting for something to become true."""

import time
from collections.abc import Callable

POLL_S = 0.005


def wait_for(
    done: Callable[[], bool], patience_s: float, what: str, *, every_s: float = POLL_S
) -> None:
    """Ask until the answer is yes.

    Raises:
        TimeoutError: it was not within ``patience_s``.

    """
    deadline = time.monotonic() + patience_s
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience_s:g} s for {what}")
        time.sleep(every_s)
