"""``engawa replay``: from the archive back to Kafka."""

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Annotated

import typer

from connectors.archive_reader import ArchiveReader
from connectors.delivery import Parcel
from streams.exits import FOUND_WRONG
from streams.instants import HELP as INSTANT_HELP
from streams.instants import at, iso
from streams.observer import wall_ms
from streams.output import Format, FormatOption, advance, progress, say, show, show_json
from streams.sending import send
from streams.settings import Settings


def replay(
    topic: Annotated[str, typer.Argument(help="The topic whose messages were archived.")],
    *,
    since: Annotated[str, typer.Option(help=f"From this log time on. {INSTANT_HELP}")],
    until: Annotated[str, typer.Option(help=f"Before this log time. {INSTANT_HELP}")] = "now",
    to: Annotated[
        str | None, typer.Option("--to", help="Another topic to send to instead.")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0, help="Seconds of log time in one of ours; 0: all at once.")
    ] = 0.0,
    form: FormatOption = Format.TABLE,
) -> None:
    """Put archived messages back on Kafka, with their key and bytes as they came.

    Messages come in the archive's order, so each partition's keep theirs; the topic may have
    other partitions now. Stores take the same events twice without a trace.

    Example: [bold]engawa replay readings.received.v1 --since 7d --until 2h[/bold]
    """
    now_ms = wall_ms()
    since_ms, until_ms = at(since, "--since", now_ms=now_ms), at(until, "--until", now_ms=now_ms)
    if since_ms >= until_ms:
        raise typer.BadParameter("--since must be before --until")
    settings, target, began_s, sent = Settings(), to or topic, perf_counter(), [0]
    archive = ArchiveReader(settings.s3)
    with progress(f"to {target}", None) as bar:

        def answered(batch: Sequence[Parcel]) -> None:
            sent[0] += len(batch)
            advance(bar, len(batch))

        parcels = _parcels(archive, topic, since_ms, until_ms)
        outcome = send(
            settings.kafka, target, parcels, answered=answered, speed=speed, first_ms=since_ms
        )
    archive.close()
    refused, wall_s = len(outcome.refusals), perf_counter() - began_s
    summary = {
        "topic": target,
        "since": iso(since_ms),
        "until": iso(until_ms),
        "sent": sent[0] - refused,
        "refused_by_broker": refused,
        "wall_s": round(wall_s, 3),
    }
    if form is Format.JSON:
        show_json(summary)
    else:
        show([summary], title="Replayed")
    if refused:
        say(f"the broker refused {refused}, the first: {outcome.refusals[0].reason}")
        raise typer.Exit(FOUND_WRONG)


def _parcels(archive: ArchiveReader, topic: str, since_ms: int, until_ms: int) -> Iterator[Parcel]:
    for message in archive.read(topic, since_ms, until_ms):
        yield Parcel(message.key, message.value, message.logged_at)
