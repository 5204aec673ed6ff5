"""Runs a flow's chores by the clock: on every worker, or on the one that leads."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from connectors.outcome import UnavailableError
from streams.chores import Pass, Telling
from streams.flow import Clockwork
from streams.observer import Observer
from streams.reports import Reports
from streams.settings import Settings

LOOK_EVERY_S = 1.0
"""How often a worker that does not lead looks whether it does by now."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Where a chore's records go, and whether this worker is the one that says them."""

    leads: Callable[[], bool]
    reports: Reports
    recall: Callable[[Telling], Awaitable[None]]


async def keep_doing(
    clockwork: Clockwork, settings: Settings, observer: Observer, voice: Voice | None
) -> None:
    """Do a chore, pause, and so on; wait while its store is away."""
    while True:
        if voice is not None and not voice.leads():
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        chore: Any = clockwork.chore(settings)
        if voice is not None:
            chore.report = voice.reports
            await voice.recall(chore)
        while voice is None or voice.leads():
            try:
                done = await chore()
                observer.passed(done.found)
            except UnavailableError as error:
                observer.waiting(error)
                done = Pass(0, 0)
            if voice is not None:
                await voice.reports.confirmed()
            await asyncio.sleep(0 if done.left else clockwork.every_s)
