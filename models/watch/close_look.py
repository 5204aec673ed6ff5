"""A close look at devices on which something may have changed: event by event, in order.

Before an event is judged, every device is silent whose newest reading is as much older than the
newest of the whole partition, this event included, as counts as silence.
"""

from collections.abc import Iterator
from heapq import heappop, heappush

import numpy as np

from models.arrays import Ints
from models.watch.condition import NEVER
from models.watch.fleet import Fleet
from models.watch.heard import Heard
from models.watch.judge import Judge
from models.watch.judgements import gone
from schemas.alarms import AlarmRequest
from schemas.batch import Int64s


class CloseLook:
    """Judges events of one batch.

    ``device`` [event] has sent each, ``reached`` [event] is the newest time so far.
    """

    def __init__(
        self, fleet: Fleet, resources: list[str], heard: Heard, device: Ints, reached: Int64s
    ) -> None:
        self._fleet, self._heard, self._device, self._reached = fleet, heard, device, reached
        self._resources = [*resources, ""]
        self._due: list[tuple[int, int, str, int]] = []
        """The row that shows a silence, when that began, and whose: name and number."""

    def __call__(self, rows: list[int], silent: list[int]) -> Iterator[AlarmRequest]:
        """Judge the events at ``rows``; ``silent`` are the devices that may fall silent."""
        for device in silent:
            self._expect(device, 0)
        for row in rows:
            yield from self._silences(row)
            yield from self._event(row, int(self._device[row]))
            self._expect(int(self._device[row]), row + 1)
        yield from self._silences(len(self._reached))

    def _expect(self, device: int, row: int) -> None:
        """Await the row, ``row`` or later, that shows the silence of a device."""
        deadline = int(self._fleet.devices.deadline[device])
        shown = max(row, int(np.searchsorted(self._reached, deadline)))
        if shown < len(self._reached):
            heappush(self._due, (shown, deadline, self._fleet.names[device], device))

    def _silences(self, row: int) -> Iterator[AlarmRequest]:
        """Every silence that is shown by ``row`` or before."""
        while self._due and self._due[0][0] <= row:
            shown, deadline, _, device = heappop(self._due)
            if deadline == self._fleet.devices.deadline[device]:
                yield from Judge(self._fleet, device, deadline).silent()
                self._expect(device, shown)

    def _event(self, row: int, device: int) -> Iterator[AlarmRequest]:
        heard, devices = self._heard, self._fleet.devices
        at, seen_at, signature = (
            int(each[row]) for each in (heard.at, heard.logged_at, heard.signature)
        )
        newest, same = int(devices.newest[device]), signature == devices.signature[device]
        if heard.skewed[row]:
            if newest == NEVER:
                newest = heard.rows.column("received_at")[row].as_py()
            judge = Judge(self._fleet, device, newest, seen_at)
            for resource, value, good in self._readings(row) if same else ():
                yield from judge.skewed(resource, value, good=good)
            return
        judge = Judge(self._fleet, device, at, seen_at)
        if at < newest:
            for resource, value, good in self._readings(row) if same else ():
                yield from judge.late(resource, value, good=good)
            return
        if not same:
            yield from gone(self._fleet.select(device, signature), at, seen_at)
        self._keep_position(row, device)
        yield from judge.heard(int(self._reached[row]))
        for resource, value, good in self._readings(row):
            yield from judge.reading(resource, value, good=good)

    def _readings(self, row: int) -> Iterator[tuple[str, float, bool]]:
        part = slice(self._heard.first[row], self._heard.first[row + 1])
        columns = (self._heard.resource, self._heard.value, self._heard.good)
        for resource, value, good in zip(*(each[part].tolist() for each in columns), strict=True):
            yield self._resources[resource], value, good

    def _keep_position(self, row: int, device: int) -> None:
        position = self._heard.rows.column("position")[row].as_py()
        if position:
            self._fleet.devices.lat[device] = position["lat"]
            self._fleet.devices.lon[device] = position["lon"]
