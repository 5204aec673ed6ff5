"""What a rule's own message may name: ``{site}``, ``{value}`` and so on, and nothing else."""

from string import Formatter

FIELDS = (
    "site",
    "device",
    "profile",
    "resource",
    "rule",
    "cause",
    "level",
    "previous_level",
    "value",
    "threshold",
    "unit",
    "since",
    "duration",
    "runbook",
)
"""All are text by the time a message is made, so they take no format of their own."""


def template_error(template: str) -> str | None:
    """Why a message template cannot be used, or None if it can."""
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        return f"{error}; a brace itself is written twice"
    for _, name, spec, conversion in pieces:
        if name is None:
            continue
        if name not in FIELDS:
            return f"unknown field {{{name}}}; known are {', '.join(FIELDS)}"
        if spec or conversion:
            return f"{{{name}}} takes no format"
    return None
