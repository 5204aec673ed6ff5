"""``engawa erase``: forget a person, a camera, or the past of a site, and prove it."""

import asyncio
import os
import pwd
from typing import Annotated
from uuid import uuid4

import typer

from models.names import NAME_LIMIT, fault
from schemas.erasures import Erasure
from streams.erasing import Erased, Erasing
from streams.exits import FOUND_WRONG
from streams.instants import HELP as INSTANT_HELP
from streams.instants import at, iso
from streams.observer import wall_ms
from streams.output import Format, FormatOption, Row, say, show, show_json
from streams.settings import Settings

WITHIN_S = 120.0


def erase(
    *,
    site: Annotated[str, typer.Option("--site", help="Site of which something is erased.")],
    person: Annotated[
        str | None, typer.Option("--person", help="A person's name or pseudonym, as visits say it.")
    ] = None,
    camera: Annotated[str | None, typer.Option("--camera", help="All that a camera saw.")] = None,
    before: Annotated[
        str | None, typer.Option("--before", help=f"All that was before. {INSTANT_HELP}")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    within_s: Annotated[
        float, typer.Option("--within-s", min=1, max=3600, help="How long to wait for workers.")
    ] = WITHIN_S,
    form: FormatOption = Format.TABLE,
) -> None:
    """Erase templates, frames and visits wherever they are, and read back what is left.

    Say what: --person, --camera or --before, one of them. Exit code 0 means that nothing is left
    but what Kafka deletes by itself at the time shown.

    Example: [bold]engawa erase --site gwangju --camera entrance[/bold]
    """
    now_ms = wall_ms()
    asked = Erasure(
        erasure_id=str(uuid4()),
        site=site,
        person=person,
        camera=camera,
        before=None if before is None else min(at(before, "--before", now_ms=now_ms), now_ms),
        at=now_ms,
        by=_account(),
    )
    _check(asked)
    erasing = Erasing(Settings(), asked, within_s=within_s)
    if not yes:
        show([_line(each) for each in asyncio.run(erasing.look())], title="This would be erased")
        typer.confirm("Erase it for good?", abort=True, err=True)
    done = asyncio.run(erasing.run())
    _tell(asked, done, form)
    if not all(each.done for each in done):
        raise typer.Exit(FOUND_WRONG)


def _check(asked: Erasure) -> None:
    said = [each for each in (asked.person, asked.camera, asked.before) if each is not None]
    if len(said) != 1:
        raise typer.BadParameter("one of --person, --camera and --before")
    names = {"--site": asked.site, "--person": asked.person, "--camera": asked.camera}
    for option, name in names.items():
        if name is not None and fault(name, NAME_LIMIT):
            hint = f"a name of 1 to {NAME_LIMIT} characters"
            raise typer.BadParameter(hint, param_hint=option)


def _tell(asked: Erasure, done: list[Erased], form: Format) -> None:
    if form is Format.JSON:
        places = [{**_line(each), "done": each.done} for each in done]
        show_json({"erasure_id": asked.erasure_id, "places": places})
        return
    show([_line(each) for each in done], title="Erased, and read back")
    left = sum(not each.done for each in done)
    say(f"{left} places still have something" if left else "nothing is left that should be gone")


def _line(each: Erased) -> Row:
    return {
        "place": each.place,
        "found": each.found,
        "removed": each.removed,
        "left": each.left,
        "gone_by": None if each.gone_by is None else iso(each.gone_by),
        "why": each.why,
    }


def _account() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
