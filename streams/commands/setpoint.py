"""``engawa setpoint …``: what devices are wanted to be set to, and a person's word on it."""

import os
import pwd
from typing import Annotated
from uuid import uuid4

import typer

from models.names import NAME_LIMIT, fault
from models.shadows.issue import TEXT_LIMIT
from models.shadows.limits import POSSIBLE_C
from models.shadows.settings import LONGEST_HOLD_S
from schemas.codec import to_data
from schemas.shadows import CommandState, DeviceCommand, Origin, ShadowUpdate
from streams.alarm_lines import measured
from streams.exits import FOUND_WRONG
from streams.instants import iso
from streams.observer import wall_ms
from streams.options import duration_of
from streams.output import Format, FormatOption, Row, say, show, show_json
from streams.setpoint_asking import ask, told
from streams.settings import Settings

ANSWER_WITHIN_S = 5.0

Site = Annotated[str, typer.Argument(metavar="SITE", help="Site of the device.")]
Device = Annotated[str, typer.Argument(metavar="DEVICE", help="The air conditioner.")]
By = Annotated[str | None, typer.Option("--by", help="Your name; else that of your account.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in your words.")]


def cli() -> typer.Typer:
    """All commands about setpoints."""
    app = typer.Typer(
        help="See what air conditioners are wanted to be set to, and set them yourself for a time.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    app.command("set")(wish)
    app.command("list")(listed)
    for command in (release, history):
        app.command()(command)
    return app


def wish(
    site: Site,
    device: Device,
    setpoint: Annotated[
        float,
        typer.Argument(
            metavar="CELSIUS", min=POSSIBLE_C[0], max=POSSIBLE_C[1], help="Setpoint, in °C."
        ),
    ],
    *,
    hold: Annotated[
        str | None,
        typer.Option(help="How long it goes before the model's: 30m, 2h, 7d; 7d at most."),
    ] = None,
    by: By = None,
    reason: Why = "",
) -> None:
    """Set an air conditioner yourself, within its room's limits, whatever the model wishes.

    Example: [bold]engawa setpoint set gwangju aircon-1 22 --hold 2h --reason maintenance[/bold]
    """
    hold_s = None if hold is None else duration_of(hold, "--hold") / 1000
    if hold_s is not None and hold_s > LONGEST_HOLD_S:
        raise typer.BadParameter("7d at most", param_hint="--hold")
    _ask(site, device, setpoint, hold_s=hold_s, by=by, reason=reason)


def release(site: Site, device: Device, *, by: By = None, reason: Why = "") -> None:
    """Give the model its way again.

    Example: [bold]engawa setpoint release gwangju aircon-1[/bold]
    """
    _ask(site, device, None, by=by, reason=reason)


def listed(
    *,
    site: Annotated[str | None, typer.Option("--site", help="Only this site.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List what each device is wanted to be set to, and what it says it is."""
    found = {(each.site, each.device): each for each in told(Settings())}
    rows = [found[key] for key in sorted(found) if site in (None, key[0])]
    if form is Format.JSON:
        show_json([to_data(each) for each in rows])
    else:
        show([_line(each) for each in rows], title="Setpoints", empty="none was ever wanted")


def history(
    site: Site,
    device: Device,
    *,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many at most.")] = 100,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show what became of a device's commands in the last days."""
    ours = [each for each in told(Settings()) if (each.site, each.device) == (site, device)]
    if not ours:
        say(f"no command for {device} at {site}")
        raise typer.Exit(FOUND_WRONG)
    ours = ours[-limit:]
    if form is Format.JSON:
        show_json([to_data(each) for each in ours])
    else:
        show([_event(each) for each in ours], title=f"Its newest {len(ours)} changes")


def _ask(
    site: str,
    device: str,
    setpoint_c: float | None,
    *,
    by: str | None,
    reason: str,
    hold_s: float | None = None,
) -> None:
    by = _account() if by is None else by
    for option, name in (("SITE", site), ("DEVICE", device), ("--by", by)):
        if fault(name, NAME_LIMIT):
            hint = f"a name of 1 to {NAME_LIMIT} characters"
            raise typer.BadParameter(hint, param_hint=option)
    if len(reason) > TEXT_LIMIT:
        raise typer.BadParameter(f"{TEXT_LIMIT} characters at most", param_hint="--reason")
    update = ShadowUpdate(
        update_id=str(uuid4()),
        site=site,
        device=device,
        origin=Origin.PERSON,
        at=wall_ms(),
        by=by,
        setpoint_c=setpoint_c,
        hold_s=hold_s,
        text=reason,
    )
    answer = ask(Settings(), update, within_s=ANSWER_WITHIN_S)
    if answer.command is None:
        came = f"nothing changed within {ANSWER_WITHIN_S:g} s: it is so already, or no worker runs"
        say(answer.refused or came)
        raise typer.Exit(FOUND_WRONG)
    show([_line(answer.command)], title="Now")
    if answer.command.state is CommandState.PROPOSED:
        say(f"only proposed: in the site book, {site} does not act")


def _account() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def _line(shadow: DeviceCommand) -> Row:
    return {
        "site": shadow.site,
        "device": shadow.device,
        "wanted": measured(shadow.desired_c, "°C"),
        "reported": measured(shadow.reported_c, "°C"),
        "state": shadow.state,
        "version": str(shadow.version),
        "by": shadow.by,
        "held until": None if shadow.manual_until is None else iso(shadow.manual_until),
        "changed": iso(shadow.at),
        "why": shadow.text,
    }


def _event(shadow: DeviceCommand) -> Row:
    return {"at": iso(shadow.at)} | {
        name: value
        for name, value in _line(shadow).items()
        if name not in ("site", "device", "changed")
    }
