"""``engawa produce camera``: what a camera sees, or has seen, as frames to be analysed."""

import asyncio
import threading
from typing import Annotated, Any

import typer

from connectors.camera import CameraError, Source
from connectors.camera_sources import source_of
from connectors.capture import Wanted
from models.names import NAME_LIMIT, fault
from schemas.topics import FRAMES_CAPTURED
from streams.camera_sending import Session
from streams.exits import FOUND_WRONG, UNAVAILABLE
from streams.instants import HELP as INSTANT_HELP
from streams.instants import at, iso
from streams.observer import wall_ms
from streams.options import duration_of
from streams.output import Format, FormatOption, say, show, show_json
from streams.settings import Settings

LONGEST_EVERY_MS = 86_400_000
"""A day."""


def camera(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A folder of pictures (JPEG, PNG, BMP, WebP; other files are passed over), a "
            "video file, an address as rtsp://…, or the number of a camera at USB. An address "
            "with a password is better said by ENGAWA_CAMERA__SOURCE."
        ),
    ] = None,
    *,
    site: Annotated[str, typer.Option(help="Where it hangs; a site of the site book.")] = "gwangju",
    name: Annotated[
        str, typer.Option("--camera", help="What it is called there, in the site book.")
    ] = "entrance",
    every: Annotated[str, typer.Option(help="Take one frame in so long: 200ms, 1s, 5m.")] = "1s",
    motion: Annotated[
        bool, typer.Option("--motion", help="Only if something moved, or once a minute.")
    ] = False,
    analyses: Annotated[str, typer.Option(help="What to find out.")] = "faces,scene",
    max_width: Annotated[
        int | None, typer.Option(min=16, max=20_000, help="Make wider frames so narrow, in pixels.")
    ] = None,
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of JPEG.")] = 85,
    watch: Annotated[
        bool, typer.Option("--watch", help="Wait for new files in the folder.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0.001, help="How long to go on, in our seconds.")
    ] = None,
    frames: Annotated[int | None, typer.Option(min=1, help="How many frames to take.")] = None,
    speed: Annotated[
        float, typer.Option(min=0, help="Seconds of a recording in one of ours; 0: all at once.")
    ] = 1.0,
    start: Annotated[
        str | None,
        typer.Option(
            help=f"Time of a recording's first frame. {INSTANT_HELP} By default such that its last "
            "frame is of now."
        ),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Send a camera's frames to frames.captured.

    While Kafka is away they wait on this machine's disk, in .engawa/frames, up to a bound; the
    next call for the same camera sends what was left.

    [bold]engawa produce camera 0 --motion[/bold] the first camera at USB;
    [bold]engawa produce camera rtsp://10.0.0.9/stream --site mall --camera door[/bold]
    """
    settings, stop = Settings(), threading.Event()
    wanted = Wanted(
        site=_named(site, "--site"),
        camera=_named(name, "--camera"),
        analyses=tuple(_named(word.strip(), "--analyses") for word in analyses.split(",")),
        max_width_px=max_width,
        quality=quality,
        motion=motion,
        frames=frames,
    )
    try:
        opened = source_of(
            _source(source, settings),
            every_ms=_every_ms(every),
            watch=watch,
            now_ms=wall_ms,
            wait=stop.wait,
        )
        session = Session(settings, opened, wanted, stop)
        start_ms = _start_ms(start, opened, speed)
        asyncio.run(session.run(start_ms=start_ms, speed=speed, seconds=seconds))
    except CameraError as error:
        raise typer.BadParameter(str(error), param_hint="SOURCE") from None
    _report(session, form)


def _source(word: str | None, settings: Settings) -> str:
    secret = settings.camera.source
    if not word and secret is None:
        raise typer.BadParameter("say one, or set ENGAWA_CAMERA__SOURCE", param_hint="SOURCE")
    return word or (secret.get_secret_value() if secret else "")


def _named(name: str, option: str) -> str:
    if wrong := fault(name, NAME_LIMIT):
        raise typer.BadParameter(wrong.value, param_hint=option)
    return name


def _every_ms(text: str) -> int:
    if text.endswith("ms") and text[:-2].isdecimal() and 0 < int(text[:-2]) <= LONGEST_EVERY_MS:
        return int(text[:-2])
    return duration_of(text, "--every")


def _start_ms(start: str | None, source: Source, speed: float) -> int:
    """When a recording began: while it is sent, some of our own time passes too."""
    now_ms = wall_ms()
    if start is not None:
        return at(start, "--start", now_ms=now_ms)
    span_ms = source.span_ms or 0
    return now_ms - round(max(0.0, span_ms - (span_ms / speed if speed else 0.0)))


def _report(session: Session, form: Format) -> None:
    capturing, sender, buffer = session.capturing, session.sender, session.buffer
    assert sender is not None
    refused = sum(sender.refused.values())
    summary: dict[str, Any] = {
        "topic": FRAMES_CAPTURED.name,
        "taken": capturing.taken,
        "sent": sender.sent,
        "by_reference": sender.by_reference,
        "first_at": None if capturing.first_at is None else iso(capturing.first_at),
        "last_at": None if capturing.last_at is None else iso(capturing.last_at),
        "refused": refused,
        "waiting_on_disk": len(buffer),
    }
    lost = {**capturing.passed_over, **buffer.dropped}
    if form is Format.JSON:
        show_json({**summary, "not_sent": lost})
    else:
        show([summary], title="Frames")
        show([{"not_sent": why, "frames": count} for why, count in lost.items()], title="Not sent")
    if refused:
        say(f"{refused} were refused, the first: {next(iter(sender.refused))}")
        raise typer.Exit(FOUND_WRONG)
    if len(buffer):
        say(f"{len(buffer)} frames wait in {buffer.folder}; the next call sends them")
        raise typer.Exit(UNAVAILABLE)
