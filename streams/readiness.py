"""Whether the worker is ready, and if not, why not."""


class Readiness:
    """A worker is ready while nobody has a reason against it.

    >>> readiness = Readiness("starting")
    >>> readiness.clear("starting"); readiness.ready
    True
    >>> readiness.hold("influx", "connection refused"); readiness.reasons
    {'influx': 'connection refused'}
    """

    def __init__(self, *at_first: str) -> None:
        self.reasons: dict[str, str] = dict.fromkeys(at_first, "not yet")

    def hold(self, part: str, why: str) -> None:
        """Not ready because of ``part``."""
        self.reasons[part] = why

    def clear(self, part: str) -> None:
        """``part`` has no objection any more."""
        self.reasons.pop(part, None)

    @property
    def ready(self) -> bool:
        """Whether nobody objects."""
        return not self.reasons
