"""Loopback ports: which are free, which are busy, and when they are free again."""

import socket
import time
from collections.abc import Iterable
from secrets import SystemRandom

LOOPBACK = "127.0.0.1"

# Below the range that Linux (32768) and macOS (49152) draw outgoing ports from: a client that
# retries a port from that range while its server is down can be given that very port as its own,
# connect to itself, and keep the server from coming back.
UNCLAIMED = range(15_000, 30_000)


def is_busy(port: int) -> bool:
    """Tell whether a server on loopback could not listen on this port now."""
    with socket.socket() as caller:
        if caller.connect_ex((LOOPBACK, port)) == 0:
            return True
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def free_ports(count: int) -> list[int]:
    """Find this many different ports that nobody listens on, in no order."""
    candidates = SystemRandom().sample(UNCLAIMED, k=len(UNCLAIMED))
    free = (port for port in candidates if not is_busy(port))
    return [next(free) for _ in range(count)]


def wait_until_free(ports: Iterable[int], *, patience_s: float) -> bool:
    """Wait for every port to be free; False if the patience ran out first."""
    deadline = time.monotonic() + patience_s
    while any(is_busy(port) for port in ports):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
