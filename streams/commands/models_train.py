"""``engawa models train``: new versions of the energy models, from simulated rooms or your own."""

import asyncio
import csv
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from connectors.influx import wall_ms
from connectors.room_history import room_history
from connectors.weather_replay import Climate, load_year
from models.energy.settings import EnergySettings
from models.energy.store import Store
from models.energy.training.history import history
from models.energy.training.identify import Identified, Measured, UselessDataError, identify
from models.energy.training.teach_load import Recipe
from models.energy.training.train import NAMES, Evaluation, finished, trained
from models.plant.climates import Weather, measured_weather
from streams.exits import FOUND_WRONG
from streams.instants import at
from streams.output import Format, FormatOption, say, show, show_json
from streams.settings import Settings

SIMULATED, INFLUX = "simulated", "influx"
Place = tuple[str | None, str | None]
"""A site, and a room of it."""

HELD_OUT = Climate.TUCSON
"""Models are judged in its weather; they are trained in weather that is made up."""


class What(StrEnum):
    """What can be trained."""

    ENERGY = "energy"


class Which(StrEnum):
    """One model, or all."""

    ALL = "all"
    ENERGY = "energy"
    LOAD = "energy-load"


def train(
    _: Annotated[What, typer.Argument(metavar="energy", help="What the models are for.")],
    *,
    source: Annotated[
        str,
        typer.Option(
            "--from", help="simulated, influx, or a CSV file with a row for each reading."
        ),
    ] = SIMULATED,
    model: Annotated[Which, typer.Option(help="Only this one.")] = Which.ALL,
    site: Annotated[str | None, typer.Option(help="With --from influx: of which site.")] = None,
    room: Annotated[str | None, typer.Option(help="Likewise: of which room.")] = None,
    last: Annotated[int, typer.Option(min=1, max=366, help="Likewise: of how many days.")] = 14,
    rated_kw: Annotated[
        float | None, typer.Option(min=0.001, help="The servers' power at full load.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same models.")] = 1,
    rooms: Annotated[int, typer.Option(min=4, max=5000, help="Rooms to learn from.")] = 250,
    hours: Annotated[
        int, typer.Option(min=3, max=168, help="How long each room is watched and judged.")
    ] = 24,
    folder: Annotated[
        Path | None, typer.Option(help="Another folder than the model store.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Train the models that recommend setpoints, and put them into the model store.

    A CSV file, or InfluxDB, shows what a room is like: how hot spots follow the load, and how the
    air follows the setpoint. The models then learn in simulated rooms like it. That needs columns
    time, temperature, Aircon_temp, and it_load or it_power_kw, and a setpoint that has moved:
    [bold]engawa query --site SITE --room ROOM --format csv[/bold] writes such a file.

    Example: [bold]engawa models train energy --from room.csv --rated-kw 60[/bold]
    """
    settings = Settings().energy
    if folder is not None:
        settings = settings.model_copy(update={"models_folder": folder})
    try:
        full = Recipe(rooms=rooms, minutes=60 * hours)
        recipe, data = _recipe(full, source, (site, room), last, rated_kw)
    except UselessDataError as error:
        say(str(error))
        raise typer.Exit(FOUND_WRONG) from None
    names = NAMES if model is Which.ALL else (model.value,)
    made = {name: _made(name, recipe, settings, seed, f"{data}, seed {seed}") for name in names}
    if form is Format.JSON:
        show_json(made)
        return
    for name, lines in made.items():
        show(lines, title=f"{name} in rooms held out, a day, kWh per kW of servers, simulated")


def _made(
    name: str, recipe: Recipe, settings: EnergySettings, seed: int, data: str
) -> list[Mapping[str, object]]:
    store = Store(settings)
    year = load_year(HELD_OUT.path)

    def weather(rooms: int, minutes: int, rng: np.random.Generator) -> Weather:
        return measured_weather((year.temperature_c, year.humidity_percent), rooms, minutes, rng)

    evaluation = Evaluation(
        minutes=recipe.minutes, weather=weather, climate=f"typical year of {HELD_OUT.title()}"
    )
    made, world, windows = trained(name, recipe, evaluation, seed=seed, data=data, told=say)
    with tempfile.TemporaryDirectory() as draft:
        card, lines = finished(
            made,
            world,
            windows,
            Path(draft),
            version=store.next_version(name),
            created=datetime.now(UTC).replace(microsecond=0),
        )
        store.add(Path(draft))
    say(f"{name} {card.version} is there")
    return [asdict(line) for line in lines]


def _recipe(
    recipe: Recipe, source: str, place: Place, days: int, rated_kw: float | None
) -> tuple[Recipe, str]:
    """What to learn from, and how to say so."""
    if source == SIMULATED:
        return recipe, "Simulated rooms drawn at random"
    found = identify(_measured(source, place, days, rated_kw))
    say(_said(found))
    data = f"Simulated rooms like a measured one: {_said(found)}"
    return replace(recipe, designs=found.designs), data


def _measured(source: str, place: Place, days: int, rated_kw: float | None) -> Measured:
    if source != INFLUX:
        try:
            with Path(source).open(newline="", encoding="utf-8-sig") as file:
                return history(csv.DictReader(file), rated_it_kw=rated_kw)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise typer.BadParameter(str(error), param_hint="--from") from None
    site, room = place
    if site is None or room is None:
        raise typer.BadParameter("which room, of which site?", param_hint="--site, --room")
    now_ms = wall_ms()
    rows = asyncio.run(
        room_history(
            site,
            room,
            from_ms=at(f"{days}d", "--last", now_ms=now_ms),
            to_ms=now_ms,
            influx=Settings().influx,
            energy=Settings().energy_points,
        )
    )
    return history(rows, rated_it_kw=rated_kw)


def _said(found: Identified) -> str:
    return (
        f"hot spots {found.base_k:.1f} K + {found.gain_k:.1f} K · load ^ {found.exponent:g}"
        f" over the setpoint, {found.lag_s / 60:g} min late, within {found.error_k:.2f} K"
    )
