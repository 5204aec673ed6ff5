"""What a demonstration shows in the end: tables, a chart, the figures as a file."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plotext
import typer

from compose.roster import STATE_DIR
from connectors.influxql import InfluxQL
from streams.demo import RESOURCE, Figures
from streams.demo_crowd_figures import CrowdFigures
from streams.demo_energy import EnergyFigures
from streams.demo_street import StreetFigures
from streams.exits import FOUND_WRONG
from streams.output import say, show, write
from streams.settings import Settings

BUILD_DIR = STATE_DIR.parent / "build"
PICTURE = BUILD_DIR / "crowd_frame.png"
CHARTED_DEVICE = "air-0001"
CHARTED_H = 24
CHART_SIZE = (96, 16)


def chart(settings: Settings) -> None:
    """Draw one device's last hours."""
    series = asyncio.run(_last_hours(settings))
    if not series:
        return
    plotext.clear_figure()
    plotext.plotsize(*CHART_SIZE)
    plotext.theme("clear")
    plotext.plot([hour for hour, _ in series], [value for _, value in series], marker="braille")
    plotext.title(f"{CHARTED_DEVICE}: outdoor temperature, °C, hours before the last reading")
    write(plotext.uncolorize(plotext.build()) + "\n")


def energy_chart(found: EnergyFigures) -> None:
    """Draw what was recommended for the first room, and what its air conditioner did."""
    if not found.recommended:
        return
    start_ms = found.recommended[0][0]
    plotext.clear_figure()
    plotext.plotsize(*CHART_SIZE)
    plotext.theme("clear")
    for series, label, marker in (
        (found.recommended, "recommended", "braille"),
        (found.reported, "actual", "dot"),
    ):
        hours = [(at - start_ms) / 3_600_000 for at, _ in series]
        plotext.plot(hours, [value for _, value in series], marker=marker, label=label)
    plotext.title("a simulated server room: setpoint, °C, hours since it began at 18 °C")
    write(plotext.uncolorize(plotext.build()) + "\n")


def report(found: Figures, cpu_us: Mapping[str, float], *, took_s: float) -> None:
    """Show everything, save it, and exit with 1 if a count does not add up."""
    document = {**found.document(), "cpu_us_per_event": cpu_us, "took_s": round(took_s, 1)}
    path = _save(document)
    _readings(found, document, cpu_us)
    _alarms(document["alarms"])
    _energy(document["energy"])
    _crowd(found.crowd)
    _street(found.street)
    show(document["checks"], title="Does it add up?")
    say(f"The figures are in {path}")
    say("Further: engawa up; engawa topics; engawa worker telemetry alarms notify store")
    if not document["ok"]:
        say("demo: the counts do NOT add up")
        raise typer.Exit(FOUND_WRONG)
    say(f"demo: every count adds up ({took_s:.0f} s)")


def _readings(found: Figures, document: Mapping[str, Any], cpu_us: Mapping[str, float]) -> None:
    show(
        [
            {
                "messages sent": found.sent["sent"],
                "per second": found.sent["messages_per_s"],
                "accepted": found.accepted.events,
                "points in InfluxDB": found.values["raw"],
                "archived": found.archived,
                "archived MB": found.archived_bytes / 1e6,
            }
        ],
        title="What arrived",
    )
    show(_counts(found.accepted.qualities, "readings"), title="Readings by quality")
    show(_counts(found.letters, "messages"), title="Set aside, by reason")
    show(
        [
            {
                **{f"{p} ms": ms for p, ms in document["latency_ms"].items()},
                **{f"{flow} CPU µs": used for flow, used in cpu_us.items()},
            }
        ],
        title="From received to accepted (broker's clock), and processor time by event",
    )


def _alarms(alarms: Mapping[str, Any]) -> None:
    show(_counts(alarms["changes"], "changes"), title="What became of alarms")
    show(
        [
            {
                "alarms": alarms["openings"],
                "per device and day": alarms["alarms_per_device_and_day"],
                "posts": alarms["notifications"],
                "posts per event": alarms["posts_per_reading"],
                "one post per breach": alarms["original_posts_per_reading"],
            }
        ],
        title="How often somebody is told, against a post for each reading above a limit",
    )
    show(
        [
            {
                "until": until,
                **{f"{p} ms": ms for p, ms in alarms[f"reading_to_{until}_ms"].items()},
            }
            for until in ("alarm", "delivery")
        ],
        title="From the accepted reading to its alarm and to the webhook",
    )


def _energy(energy: Mapping[str, Any]) -> None:
    show(_counts(energy["recommendations_by_reason"], "recommendations"), title="Setpoints, why")
    show(_counts(energy["commands_by_state"], "commands"), title="What became of commands")
    show(energy["rooms"], title="Cooling energy against a fixed 18 °C (simulated rooms)")


def _crowd(crowd: CrowdFigures) -> None:
    title = "Visitors of a staged scene: the truth, what we say, what the original's rule says"
    show([each.row() for each in crowd.windows], title=title)
    show(crowd.totals(), title="The same over all")
    for why in crowd.missing:
        say(f"somebody is missing in the scene: {why}")
    if crowd.pictures:
        say(f"One frame with what was found in it: {PICTURE}")


def _street(street: StreetFigures) -> None:
    if street.missing:
        say(f"the video of a street is missing, and was not played: {street.missing}")
    else:
        title = "A recorded street as plain load: how many faces there are is not known"
        show([street.row()], title=title)


async def _last_hours(settings: Settings) -> list[tuple[float, float]]:
    """One device's last hours, as minutes hold them: hours before the end, degrees Celsius."""
    influx = settings.influx
    ql = InfluxQL(influx.url, influx.token, timeout_s=30.0)
    try:
        rows = await ql.ask(
            f'SELECT "{RESOURCE}_mean" FROM "{influx.database}".minute.readings'  # noqa: S608  # constants, and a database name that the settings have checked
            f" WHERE device = '{CHARTED_DEVICE}' AND time > now() - {CHARTED_H}h"
        )
    finally:
        await ql.close()
    end_ms = rows[-1]["time"] if rows else 0
    return [((row["time"] - end_ms) / 3_600_000, row[f"{RESOURCE}_mean"]) for row in rows]


def _counts(counts: Mapping[str, int], what: str) -> list[dict[str, Any]]:
    return [{"which": name, what: count} for name, count in sorted(counts.items())]


def _save(document: Mapping[str, Any]) -> Path:
    BUILD_DIR.mkdir(exist_ok=True)
    path = BUILD_DIR / "demo.json"
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path
