"""Exit codes that mean something (after BSD's sysexits.h)."""

FOUND_WRONG = 1
"""The command worked, and what it looked at is not as it should be."""

USAGE = 2
UNAVAILABLE = 69
"""A server is away."""

BUG = 70
"""A bug stopped a worker; nothing was acknowledged that is not confirmed."""

CONFIG = 78
"""Settings, or topics, are not as they have to be."""
