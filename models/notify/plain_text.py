"""Text from outside made harmless for people's eyes: bounded, no control characters, no markup."""

import re
import unicodedata
from collections.abc import Callable, Mapping

NAME_LIMIT = 64

_DISCORD = re.compile(r"[\\*_~`|>#\[\]()<@:]")
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_UNITS = {
    "Cel": "°C",
    "[degF]": "°F",
    "deg": "°",
    "[ppth]": "‰",
    "W.h": "Wh",
    "kW.h": "kWh",
    "mm[Hg]": "mmHg",
    "[in_i'Hg]": "inHg",
}
_SMALL, _LARGE = 1e-3, 1e9
_LONGEST_S = 1e11


def plain(text: str, limit: int = NAME_LIMIT) -> str:
    """Text on one line without control, formatting or bidirectional characters, and no longer."""
    kept = (" " if _breaks(each) else each for each in text[: 4 * limit])
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _breaks(character: str) -> bool:
    return unicodedata.category(character)[0] == "C" or character in "\u2028\u2029"


def discord(text: str) -> str:
    r"""Text that Discord shows as it is.

    A backslash before punctuation takes its meaning away (Discord's guide to Markdown text).
    """
    return _DISCORD.sub(r"\\\g<0>", text)


def slack(text: str) -> str:
    """Text that Slack shows as it is: three characters are escaped (Slack's guide to mrkdwn)."""
    return text.translate(_SLACK)


def _same(text: str) -> str:
    return text


ESCAPES: Mapping[str, Callable[[str], str]] = {"discord": discord, "slack": slack}
"""By kind of channel; the others show text as it is."""


def escape(kind: str) -> Callable[[str], str]:
    """What makes text harmless on a kind of channel."""
    return ESCAPES.get(kind, _same)


def number(value: float) -> str:
    """A value as people write it: three decimals at most, no more than needed."""
    if value and not _SMALL <= abs(value) < _LARGE:
        return f"{value:.4g}"
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def shown_unit(code: str | None) -> str:
    """A UCUM code as people write it."""
    code = code or ""
    return _UNITS.get(code, code.strip("[]"))


def duration(seconds: float) -> str:
    """A duration in its two largest units, which every language reads."""
    # in this order no number is left a NaN
    whole = round(min(max(0.0, seconds), _LONGEST_S))
    parts = ((whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"))
    named = [f"{count} {unit}" for count, unit in (*parts, (whole % 60, "s")) if count]
    return " ".join(named[:2]) or "0 s"
