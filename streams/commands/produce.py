"""``engawa produce farm | rooms | camera``: what devices would send, where there are none."""

from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from time import perf_counter
from typing import Annotated

import typer

from connectors.departures import Sent
from connectors.faults import Damage, Fault, Faults, parse
from connectors.site import SITES, events
from connectors.tally import Tally
from connectors.telemetry_batch import framed
from connectors.traces import load
from schemas.topics import READINGS_RECEIVED
from streams.commands.camera import camera
from streams.exits import FOUND_WRONG
from streams.instants import HELP as INSTANT_HELP
from streams.instants import at, iso
from streams.observer import wall_ms
from streams.output import Format, FormatOption, advance, progress, say, show, show_json
from streams.sending import Outcome, send
from streams.settings import Settings

TOPIC = READINGS_RECEIVED.name

SPAN_MARGIN = 1.05
"""Drop-outs make so many events take longer than they would; none may come from the future."""

USUAL = Faults(dropout=0.01, stuck=0.01, spike=0.005, late=0.01, duplicate=0.01, malformed=0.005)


PLACES = {
    "farm": "Outdoor air, as by a weather station of a farm.",
    "rooms": "A house, nine places.",
}
"""The sites whose climate was measured."""


def cli() -> typer.Typer:
    """All commands that send what devices would."""
    app = typer.Typer(
        help="Send what devices would: measured climate, or what a camera sees.\n\n"
        "Example: [bold]engawa produce farm --devices 200[/bold]",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for place, about in PLACES.items():
        app.command(place, short_help=about)(measured)
    app.command()(camera)
    return app


def measured(
    context: typer.Context,
    *,
    devices: Annotated[int, typer.Option(min=1, max=1_000_000)] = 10,
    speed: Annotated[
        float, typer.Option(min=0, help="Seconds of the devices in one of ours; 0: all at once.")
    ] = 1.0,
    seconds: Annotated[
        float | None, typer.Option(min=0.001, help="How long to go on, in our seconds.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--events", min=1, help="How many messages to send.")
    ] = None,
    interval_s: Annotated[
        float | None,
        typer.Option(
            min=0.001, help="Each device's interval; that of the measurements by default."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed and start give the same bytes.")] = 1,
    faults: Annotated[
        str | None,
        typer.Option(
            help="Shares of events, e.g. dropout=0.01,stuck=0.01,spike=0.01,late=0.01,"
            "duplicate=0.01,malformed=0.05. By default there are some of each."
        ),
    ] = None,
    no_faults: Annotated[bool, typer.Option("--no-faults", help="Nothing goes wrong.")] = False,
    start: Annotated[
        str | None,
        typer.Option(
            help=f"Time of the first event. {INSTANT_HELP} By default such that the last event "
            "is of now."
        ),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Send measured climate to readings.received, as so many devices would.

    Event time is moved to now. Faults come from the seed; what was sent, and what went wrong on
    purpose, is printed at the end. Without --events or --seconds it goes on until Ctrl-C.

    [bold]engawa produce rooms --devices 9[/bold] as it would be;
    [bold]engawa produce farm --devices 200 --speed 3600 --seconds 60[/bold] the last 60 hours;
    [bold]engawa produce farm --speed 0 --events 1000000 --devices 1000[/bold] as fast as it goes
    """
    site = SITES[context.info_name or ""]
    trace = load(site.trace)
    every_s = interval_s or float(trace.interval_s)
    span_s = _span_s(speed=speed, seconds=seconds, count=count, events_per_s=devices / every_s)
    start_at_ms = _start_at_ms(start, speed=speed, span_s=span_s)
    messages: Iterator[Sent] = events(
        site,
        trace,
        devices=devices,
        start_at_ms=start_at_ms,
        interval_s=every_s,
        seed=seed,
        faults=_faults(faults, none=no_faults),
        encode=framed,
    )
    if seconds is not None and speed:
        end_ms = start_at_ms + seconds * speed * 1000
        messages = takewhile(lambda each: each.due_ms < end_ms, messages)
    messages = islice(messages, count)
    tally, began_s = Tally(), perf_counter()
    with progress(f"to {TOPIC}", count) as bar:

        def answered(batch: Sequence[Sent]) -> None:
            tally.add(batch)
            advance(bar, len(batch))

        kafka = Settings().kafka
        outcome = send(kafka, TOPIC, messages, answered=answered, speed=speed, first_ms=start_at_ms)
    _report(tally, outcome, perf_counter() - began_s, form)


def _faults(text: str | None, *, none: bool) -> Faults:
    if none:
        return Faults()
    try:
        return USUAL if text is None else parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--faults") from None


def _span_s(
    *, speed: float, seconds: float | None, count: int | None, events_per_s: float
) -> float | None:
    """How much time of the devices passes, or a little more; None if nobody knows."""
    if not speed and not count:
        raise typer.BadParameter("--speed 0 knows no time: say how many --events")
    spans = [SPAN_MARGIN * count / events_per_s] if count else []
    if seconds is not None and speed:
        spans.append(seconds * speed)
    return min(spans, default=None)


def _start_at_ms(start: str | None, *, speed: float, span_s: float | None) -> int:
    now_ms = wall_ms()
    if start is not None:
        return at(start, "--start", now_ms=now_ms)
    if span_s is None and speed > 1:
        raise typer.BadParameter(
            "without an end, events at this --speed would soon come from the future: "
            "say --seconds, --events or --start"
        )
    # while the span is sent, span / speed of our own time passes
    sending_s = (span_s or 0.0) / speed if speed else 0.0
    return now_ms - round(max(0.0, (span_s or 0.0) - sending_s) * 1000)


def _report(tally: Tally, outcome: Outcome, wall_s: float, form: Format) -> None:
    refused = len(outcome.refusals)
    summary = {
        "topic": TOPIC,
        "sent": tally.sent - refused,
        "readings": tally.readings,
        "refused_by_broker": refused,
        "first_at": None if tally.first_at is None else iso(tally.first_at),
        "last_at": None if tally.last_at is None else iso(tally.last_at),
        "wall_s": round(wall_s, 3),
        "messages_per_s": round(tally.sent / wall_s),
    }
    if form is Format.JSON:
        faults = {fault.value: tally.by_fault[fault.value] for fault in Fault}
        damage = {damage.value: tally.by_damage[damage.value] for damage in Damage}
        # a drop-out is what was not sent, so there is nothing to count
        faults.pop(Fault.DROPOUT.value)
        show_json({**summary, "by_fault": faults, "malformed_by_damage": damage})
    else:
        show([summary], title="Sent")
        counts = [
            *tally.by_fault.items(),
            *((f"malformed: {k}", n) for k, n in tally.by_damage.items()),
        ]
        show([{"on_purpose": name, "messages": n} for name, n in counts], title="Faults")
    if refused:
        say(f"the broker refused {refused}, the first: {outcome.refusals[0].reason}")
        raise typer.Exit(FOUND_WRONG)
