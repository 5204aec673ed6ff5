"""The files of a package that a model is made of."""

from collections.abc import Callable, Mapping

Sources = Mapping[str, bytes]
"""Content of each file, by its path in the package."""

Conversion = Callable[[Sources], bytes]


class ConversionError(ValueError):
    """A file is not what the conversion was written for."""


def only(sources: Sources, ending: str) -> bytes:
    """The one file whose path ends so.

    Raises:
        ConversionError: there is none, or more.

    """
    found = [content for path, content in sources.items() if path.endswith(ending)]
    if len(found) != 1:
        raise ConversionError(f"{len(found)} files end in {ending}, not one")
    return found[0]
