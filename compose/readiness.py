"""Waiting for a started server to prove that it serves."""

from collections.abc import Callable

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from compose.errors import NotReadyError, StartError
from compose.place import Place
from compose.process import Process

READY_WITHIN_S = 90.0


def await_ready(
    place: Place,
    process: Process,
    prove: Callable[[Place], None],
    *,
    within_s: float = READY_WITHIN_S,
) -> None:
    """Ask until the server serves.

    Raises StartError, with the log's last lines, if it dies or the time is over.
    """

    def ask() -> None:
        try:
            prove(place)
        finally:  # an answer from somebody else's server on the same port proves nothing
            if not process.is_alive():
                raise StartError(f"{place.name} died while starting; its log {_log(place)}")

    asking = Retrying(
        retry=retry_if_exception_type(NotReadyError),
        stop=stop_after_delay(within_s),
        wait=wait_fixed(0.1),
        reraise=True,
    )
    try:
        asking(ask)
    except NotReadyError as last:
        raise StartError(
            f"{place.name} did not serve within {within_s:.0f} s ({last}); its log {_log(place)}"
        ) from last


def _log(place: Place) -> str:
    return f"{place.log} ends with:\n{place.last_words()}"
