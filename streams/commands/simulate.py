"""``engawa simulate``: server rooms that send, report and obey, where there are none."""

import asyncio
import signal
from typing import Annotated, Any

import typer

from connectors.server_room import STEP_S, ServerRoom
from connectors.weather_replay import Climate, WeatherReplay, load_year
from streams.instants import iso
from streams.observer import wall_ms
from streams.output import Format, FormatOption, say, show, show_json
from streams.settings import Settings
from streams.simulation import Simulation, simulated

HOUR_MS = 3_600_000


def simulate(
    *,
    speed: Annotated[
        float, typer.Option(min=0.1, max=600, help="Seconds of theirs in one of ours.")
    ] = 1.0,
    hours: Annotated[
        float | None, typer.Option(min=0.01, max=100_000, help="How long to go on, in theirs.")
    ] = None,
    climate: Annotated[
        Climate, typer.Option(help="Whose typical year the weather is.")
    ] = Climate.NEW_YORK,
    shift_h: Annotated[
        float, typer.Option(help="How far that year is ahead, e.g. 4380 for the other season.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same rooms.")] = 1,
    form: FormatOption = Format.TABLE,
) -> None:
    """Simulate every server room of the site book, its sensor and its air conditioner.

    The servers' load is a real cluster's, the weather a typical year's, the room a model. The air
    conditioners do what devices.commanded says, and report. What they took is printed at the end,
    beside what a twin at 18 °C would have taken. Faster than real time needs --hours, and ends
    now.
    """
    if hours is None and speed > 1:
        raise typer.BadParameter(
            "faster than real time, it would soon come from the future: --hours"
        )
    settings = Settings()
    past_ms = 0 if hours is None else round(hours * HOUR_MS * (1 - 1 / max(speed, 1.0)))
    weather = WeatherReplay(load_year(climate.path), shift_h=shift_h)
    simulation = simulated(
        settings,
        settings.sites.book(),
        weather,
        start_ms=wall_ms() - past_ms,
        speed=speed,
        seed=seed,
    )
    if not simulation.rooms:
        raise typer.BadParameter("the site book has no rooms: see ENGAWA_SITES__SITES_FILE")
    say(f"Simulating {len(simulation.rooms)} server rooms at {speed:g} times real time …")
    asyncio.run(_run(simulation, None if hours is None else round(hours * 3600 / STEP_S)))
    rows = [_row(room) for room in simulation.rooms]
    if form is Format.JSON:
        show_json({"sent": simulation.sent, "start": iso(simulation.start_ms), "rooms": rows})
    else:
        show(rows, title="Cooling energy, simulated")


async def _run(simulation: Simulation, steps: int | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await simulation.run(steps, stop)


def _row(room: ServerRoom) -> dict[str, Any]:
    kwh, fixed_kwh = room.hvac_kwh, room.fixed_hvac_kwh
    return {
        "room": room.name,
        "device": room.book.sensor,
        "hours": round(len(room.moments) * STEP_S / 3600, 2),
        "hvac_kwh": round(kwh, 2),
        "at_18_c_kwh": round(fixed_kwh, 2),
        "saved_percent": round(100 * (1 - kwh / fixed_kwh), 1) if fixed_kwh else 0.0,
        "commands_obeyed": room.obeyed,
        "setpoint_c": room.setpoint_c,
        "warmest_inlet_c": round(max((each.inlet_c for each in room.moments), default=0.0), 1),
        "min_above_27_c": round(room.too_warm_min, 1),
    }
