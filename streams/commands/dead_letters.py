"""``engawa dead-letters list | show | resend``: what was set aside, why, and back again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import nlargest
from typing import Annotated

import typer

from connectors.dead_letters import Wanted
from connectors.delivery import Parcel
from schemas.records import DeadLetter
from schemas.topics import CATALOGUE
from streams.exits import FOUND_WRONG
from streams.instants import HELP as INSTANT_HELP
from streams.letter_box import Box, opened
from streams.letters import content, described, document, line
from streams.output import Format, FormatOption, advance, progress, say, show, show_json, write
from streams.sending import send
from streams.settings import Settings

ORIGINS = {topic.name: topic for topic in CATALOGUE if topic.record is not DeadLetter}

TopicOption = Annotated[str | None, typer.Option(help="Only messages read from this topic.")]
ReasonOption = Annotated[str | None, typer.Option(help="Only this reason, e.g. undecodable.")]
SinceOption = Annotated[str | None, typer.Option(help=f"Only letters since then. {INSTANT_HELP}")]
OffsetOption = Annotated[
    str | None,
    typer.Option(metavar="P:O", help="Only the letter at this place: its partition and offset."),
]


def cli() -> typer.Typer:
    """The three commands."""
    app = typer.Typer(
        help="See the messages that were set aside, with their reasons, and send them again.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    app.command("list")(listed)
    app.command("show")(shown)
    app.command("resend")(resent)
    return app


def listed(
    *,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    since: SinceOption = None,
    offset: OffsetOption = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The newest so many.")] = 20,
    form: FormatOption = Format.TABLE,
) -> None:
    """List dead letters, the newest first, and count them by reason.

    Example: [bold]engawa dead-letters list --reason undecodable --since 2h[/bold]
    """
    reasons: Counter[str] = Counter()
    with opened(since, offset) as box:

        def rows() -> Iterator[tuple[tuple[int, int, int], dict[str, object]]]:
            for found in box.find(Wanted(topic=topic, reason=reason)):
                reasons[found.letter.reason] += 1
                yield (found.letter.at, found.partition, found.offset), dict(line(found))

        newest = [row for _, row in nlargest(limit, rows(), key=lambda each: each[0])]
    counts = dict(reasons.most_common())
    if form is Format.JSON:
        show_json({"letters": newest, "by_reason": counts, "total": reasons.total()})
        return
    show(newest, title=f"Dead letters, the newest {len(newest)} of {reasons.total()}")
    show([{"reason": name, "letters": n} for name, n in counts.items()], title="By reason")


def shown(
    place: Annotated[str, typer.Argument(metavar="P:O", help="As the list shows it, e.g. 0:12.")],
    *,
    topic: TopicOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show one dead letter: why, where from, its bytes, and what they say if they decode.

    Example: [bold]engawa dead-letters show 0:12[/bold]
    """
    with opened(None, place) as box:
        found = next(box.find(Wanted(topic=topic)), None)
        if found is None:
            say(f"no dead letter at {place}")
            raise typer.Exit(FOUND_WRONG)
        origin = ORIGINS.get(found.letter.topic)
        said, trouble = content(found.letter.value, origin, box.known)
    if form is Format.JSON:
        show_json(document(found, said, trouble))
    else:
        write(described(found, said, trouble))


def resent(
    *,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    since: SinceOption = None,
    offset: OffsetOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Put messages back where they were read from, with their key and bytes as they came.

    Say which: at least one filter is needed. The letters stay where they are, so a second resend
    sends again; what is still wrong with a message makes a new letter.

    Example: [bold]engawa dead-letters resend --reason unknown_profile --since 7d[/bold]
    """
    if (topic, reason, since, offset) == (None,) * 4:
        raise typer.BadParameter("say which: --topic, --reason, --since or --offset")
    with opened(since, offset) as box:
        counts = Counter(f.letter.topic for f in box.find(Wanted(topic=topic, reason=reason)))
        for name, count in counts.items():
            note = "" if name in ORIGINS else ", which is no topic of ours; not sent"
            say(f"{count} for {name}{note}")
        chosen = {name: count for name, count in counts.items() if name in ORIGINS}
        if not chosen:
            say("nothing to send")
        if dry_run or not chosen:
            return
        if not yes:
            typer.confirm(f"Send {sum(chosen.values())} again?", abort=True, err=True)
        refused = sum(
            _resend(box, Wanted(topic=name, reason=reason), count) for name, count in chosen.items()
        )
    if refused:
        raise typer.Exit(FOUND_WRONG)


def _resend(box: Box, wanted: Wanted, count: int) -> int:
    """Send what is wanted, all of one topic; give how many messages the broker refused."""
    assert wanted.topic is not None
    parcels = (Parcel(f.letter.key, f.letter.value) for f in box.find(wanted))
    sent: Counter[str] = Counter()
    with progress(f"to {wanted.topic}", count) as bar:

        def answered(batch: Sequence[Parcel]) -> None:
            sent[""] += len(batch)
            advance(bar, len(batch))

        outcome = send(Settings().kafka, wanted.topic, parcels, answered=answered)
    refused = len(outcome.refusals)
    say(f"{sent.total() - refused} of {count} sent to {wanted.topic}, {refused} refused")
    return refused
