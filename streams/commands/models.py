"""``engawa models``: the model store: which versions there are, and which one is used."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from models.energy.model import EnergyModel
from models.energy.settings import EnergySettings
from models.energy.store import Listed, Store
from models.onnx import ModelError
from streams.commands.models_build import build
from streams.commands.models_train import train
from streams.exits import FOUND_WRONG
from streams.output import Format, FormatOption, say, show, show_json
from streams.settings import Settings

NameArgument = Annotated[str, typer.Argument(help="Name of the model, e.g. energy.")]
VersionOption = Annotated[
    int | None, typer.Option("--version", min=1, help="This version instead of the used one.")
]


def cli() -> typer.Typer:
    """All commands about models."""
    app = typer.Typer(
        help="See models and their versions, test them, take others into use and go back.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    app.command("list")(listed)
    app.command("show")(shown)
    for command in (verify, use, rollback, add, train, build):
        app.command()(command)
    return app


def listed(*, form: FormatOption = Format.TABLE) -> None:
    """List every version of every model, each of them tested.

    Example: [bold]engawa models list --format json[/bold]
    """
    _report(_all(Settings().energy), form)


def shown(
    name: NameArgument, *, version: VersionOption = None, form: FormatOption = Format.TABLE
) -> None:
    """Show the card of a version: what it was made from, what it takes, and how good it is.

    Example: [bold]engawa models show energy[/bold]
    """
    with _refusals():
        found = [
            each
            for each in Store(Settings().energy).listed(name)
            if (each.used if version is None else each.version == version)
        ]
    if not found or found[0].card is None:
        say(found[0].wrong if found else f"there is no such version of {name}")
        raise typer.Exit(FOUND_WRONG)
    card = found[0].card
    if form is Format.JSON:
        show_json(card.model_dump(mode="json"))
        return
    about = card.model_dump(mode="json", exclude={"columns", "metrics", "smoke", "output"})
    show([{"field": key, "value": value} for key, value in about.items()], title="Card")
    show([column.model_dump() for column in card.columns], title="Inputs, as trained")
    show([{"metric": key, "value": value} for key, value in card.metrics.items()], title="Metrics")


def verify(
    name: Annotated[str | None, typer.Argument(help="Only this model.")] = None,
    *,
    form: FormatOption = Format.TABLE,
) -> None:
    """Test versions: hash, card, signature and smoke tests. Exits 1 if one fails.

    Example: [bold]engawa models verify energy[/bold]
    """
    energy = Settings().energy
    with _refusals():
        found = _all(energy) if name is None else Store(energy).listed(name)
    _report(found, form)
    if any(each.wrong for each in found):
        raise typer.Exit(FOUND_WRONG)


def use(
    name: NameArgument,
    version: Annotated[
        int | None, typer.Argument(min=1, help="This one; else the newest, now and later on.")
    ] = None,
) -> None:
    """Take a version into use, if it is sound. Running workers take it within seconds.

    Example: [bold]engawa models use energy 3[/bold]
    """
    with _refusals():
        _say(Store(Settings().energy).use(name, version))


def rollback(name: NameArgument) -> None:
    """Go back to the sound version before the one that is used.

    Example: [bold]engawa models rollback energy[/bold]
    """
    with _refusals():
        _say(Store(Settings().energy).rollback(name))


def add(
    folder: Annotated[
        Path, typer.Argument(help="Holds card.json and model.onnx.", exists=True, file_okay=False)
    ],
) -> None:
    """Take in a version. It is used at once, unless another one was chosen.

    Example: [bold]engawa models add ./energy-7[/bold]
    """
    store = Store(Settings().energy)
    with _refusals():
        card = store.add(folder).card
        used = store.used(card.name, lambda *_: None)
    say(f"{card.name} {card.version} is there")
    _say(used)


@contextmanager
def _refusals() -> Iterator[None]:
    """End the command with a sentence if the store refuses."""
    try:
        yield
    except (ModelError, OSError) as error:  # the store may be read-only, or its disk full
        say(str(error))
        raise typer.Exit(FOUND_WRONG) from None


def _all(energy: EnergySettings) -> list[Listed]:
    store = Store(energy)
    return [each for name in store.names for each in store.listed(name)]


def _say(model: EnergyModel | None) -> None:
    say(f"{model.card.name} {model.card.version} is used" if model else "no version is sound")


def _report(found: Sequence[Listed], form: Format) -> None:
    if form is Format.JSON:
        show_json([_row(each) | {"folder": str(each.folder)} for each in found])
    else:
        show([_row(each) for each in found], title="Models", empty="none")


def _row(each: Listed) -> dict[str, object]:
    return {
        "model": each.name,
        "version": str(each.version),
        "used": each.used,
        "sound": not each.wrong,
        "created": f"{each.card.created:%Y-%m-%d %H:%M}" if each.card else None,
        "inputs": len(each.card.columns) if each.card else None,
        "wrong": each.wrong or None,
    }
