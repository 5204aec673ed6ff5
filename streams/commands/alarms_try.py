"""``engawa alarms try``: a rule file over recorded data, before anybody is woken by it."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.alarm import Alarm
from agents.notify import Notify
from agents.watch import Watch
from connectors.recordings import RecordingError, from_file, from_influx
from models.profiles import load
from schemas.records import AcceptedTelemetry
from streams.instants import iso
from streams.observer import wall_ms
from streams.options import duration_of
from streams.output import Format, FormatOption, say, show, show_json
from streams.settings import Settings
from streams.trial import Trial, run

SHOWN = 20


def try_rules(
    rules: Annotated[Path, typer.Argument(help="Rule file to try.", exists=True, dir_okay=False)],
    *,
    on: Annotated[
        Path | None,
        typer.Option(help="CSV or Parquet file of readings.", exists=True, dir_okay=False),
    ] = None,
    last: Annotated[str | None, typer.Option(help="So long until now, from InfluxDB: 7d.")] = None,
    profile: Annotated[
        str, typer.Option(help="Profile of a file's devices, if it does not say.")
    ] = "farm.climate",
    resource: Annotated[
        str | None, typer.Option(help="Resource of a file's column 'value'.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Say what a rule file would have raised on recorded data, and how often it would have posted.

    Nothing is sent to anybody. Time is that of the readings, reminders included.

    Example: [bold]engawa alarms try my-rules.yaml --last 7d[/bold]
    """
    if (on is None) == (last is None):
        raise typer.BadParameter("either --on FILE or --last 7d")
    settings = Settings()
    alarms = settings.alarms.model_copy(update={"rules_file": rules})
    agents = Watch(alarms), Alarm(alarms), Notify(alarms)
    try:
        events = _events(settings, on, last, profile, resource)
    except RecordingError as error:
        raise typer.BadParameter(str(error)) from None
    _report(run(*agents, events), form)


def _events(
    settings: Settings, on: Path | None, last: str | None, profile: str, resource: str | None
) -> Iterable[AcceptedTelemetry]:
    profiles = load(settings.alarms.profiles_file)
    if on:
        return from_file(on, profiles, profile=profile, resource=resource)
    to_ms = wall_ms()
    from_ms = to_ms - duration_of(last or "", "--last")
    return asyncio.run(from_influx(settings.influx, profiles, from_ms=from_ms, to_ms=to_ms))


def _report(found: Trial, form: Format) -> None:
    openings = sorted(found.openings(), key=lambda each: each.raised_at)
    listed = [
        {
            "raised at": iso(each.raised_at),
            "alarm": each.alarm,
            "worst": each.worst_level.value,
            "value": each.value,
            "threshold": each.threshold,
            "minutes": round(found.lasted_s(each) / 60, 1),
            "cleared": not each.active,
        }
        for each in openings
    ]
    totals = {
        "events": found.events,
        "devices": len(found.devices),
        "alarms": len(openings),
        "alarms per device and day": round(found.per_device_and_day(), 3),
        "posts": len(found.posts),
        "posts per reading": round(len(found.posts) / max(1, found.events), 6),
    }
    if form is Format.JSON:
        show_json({**totals, "rules": found.by_rule(), "openings": listed})
        return
    show(found.by_rule(), title="By rule", empty="no alarm at all")
    show(listed[:SHOWN], title=f"The first {min(SHOWN, len(listed))} alarms", empty="none")
    show([totals], title="In all")
    say(
        "Nothing was sent. Yardstick: EEMUA 191 finds one alarm in ten minutes per operator enough."
    )
