"""How a write can end: done, wait, set aside. Anything else is a bug and stops the worker."""

from schemas.reasons import Reason


class UnavailableError(Exception):
    """Wait: the store cannot take anything now; the same batch may succeed later."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
        """How long the store itself asked us to wait, if it did."""


class RefusedError(Exception):
    """Set aside: the store will never take this batch as it is, e.g. one bad record in it.

    Or it will never give what a record refers to.
    """

    def __init__(self, detail: str, *, reason: Reason = Reason.REFUSED_BY_STORE) -> None:
        super().__init__(detail)
        self.reason = reason
        """In the words of dead letters."""
