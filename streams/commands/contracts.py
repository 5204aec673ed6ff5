"""``engawa contracts``: the Avro files beside the records, and what releases have promised."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from schemas.compatibility import incompatibilities, releases
from schemas.contracts import CONTRACTS, RELEASED, contract, file_name
from streams.exits import FOUND_WRONG
from streams.output import Format, FormatOption, Row, say, show, show_json
from streams.topology import topics


def contracts(
    *,
    save: Annotated[
        bool, typer.Option("--write", help="Write schemas/avro/*.avsc from the records.")
    ] = False,
    release: Annotated[
        bool,
        typer.Option("--release", help="Keep today's contracts as released, where they changed."),
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Compare the contracts with the records, and with what the last release promised.

    Every contract must be compatible with its last released copy in both directions: new readers
    read old messages, old readers new ones. Exits 1 if anything is wrong.

    Example: [bold]engawa contracts --write[/bold] after a change to schemas/records.py
    """
    records = list(dict.fromkeys(topic.record for topic in topics()))
    if save:
        _write_each(records)
    found = [
        {"contract": file_name(each), "wrong": wrong} for each in records for wrong in _wrong(each)
    ]
    if release and not found:
        _release_each(records)
    _report(records, found, form)


def _wrong(record: type) -> Iterator[str]:
    path = CONTRACTS / file_name(record)
    if not path.exists():
        yield "missing; make it with engawa contracts --write"
    elif json.loads(path.read_text("utf-8")) != contract(record):
        yield "differs from the record; engawa contracts --write brings it up to date"
    for last in releases(file_name(record))[-1:]:
        yield from incompatibilities(last, contract(record))


def _report(records: Sequence[type], found: Sequence[Row], form: Format) -> None:
    if form is Format.JSON:
        show_json({"contracts": [file_name(each) for each in records], "wrong": found})
    elif found:
        show(found, title="Contracts")
    else:
        say(f"{len(records)} contracts are as their records are, and compatible")
    if found:
        raise typer.Exit(FOUND_WRONG)


def _write_each(records: Sequence[type]) -> None:
    CONTRACTS.mkdir(exist_ok=True)
    for record in records:
        (CONTRACTS / file_name(record)).write_text(_text(contract(record)), "utf-8")


def _release_each(records: Sequence[type]) -> None:
    RELEASED.mkdir(parents=True, exist_ok=True)
    for record in records:
        earlier = releases(file_name(record))
        if earlier[-1:] != [contract(record)]:
            name = file_name(record).replace(".avsc", f".{len(earlier) + 1}.avsc")
            (RELEASED / name).write_text(_text(contract(record)), "utf-8")
            say(f"released {name}")


def _text(definition: Any) -> str:
    return json.dumps(definition, indent=2) + "\n"
