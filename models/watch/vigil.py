"""The rules kept over one partition: which alarms to raise and clear, in the time of its readings.

- A reading is in time if it is not older than the newest of its device. Only such readings are
  judged and move anything. Those of equal times are judged in the order of the log.
- A suspect or missing reading is trouble with the sensor, and not judged by its value, unless
  the rule trusts it. A rate is the change since the last reading that was judged, per minute; there
  is none between two of the same time.
- What is skewed raises trouble, at the time of its device's newest reading, and does nothing else.
- Late readings tell of a level once, as backfilled, if a single reading is enough for it and all
  is well now. Till the next reading in time only a worse one is told.
- A device is silent from the moment at which its newest reading is old enough by the partition's
  newest, or by the clock if the whole partition has said nothing for as long. What is wrong with it
  is told as inhibited, until it sends a reading that is younger than that.
- A device whose profile or tags change is watched by other rules from then on. What these watch as
  well goes on where it was; of what they don't, the end is told.
- Beyond its limit a vigil forgets the devices unheard for longest; this alone, and nothing else,
  may depend on how the log is cut into batches.
"""

from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush

import numpy as np

from models.alarms.rules import Rule
from models.arrays import where
from models.profiles import Profiles
from models.watch.close_look import CloseLook
from models.watch.condition import NEVER
from models.watch.fleet import Fleet
from models.watch.fleet_bytes import restore, saved
from models.watch.glance import Lanes, glance, lanes
from models.watch.heard import Ear
from models.watch.judge import Judge
from models.watch.judgements import gone
from models.watch.watched import Selection
from schemas.alarms import AlarmRequest
from schemas.batch import Columns
from schemas.records import AcceptedTelemetry


class Vigil:
    """Judges one partition. A clock may be ahead of an event's arrival by ``skew_ms``.

    ``limit`` says how many conditions are remembered at most.
    """

    def __init__(
        self, rules: Mapping[str, Rule], profiles: Profiles, *, skew_ms: int, limit: int
    ) -> None:
        self._selection = Selection(rules, profiles)
        self._fleet = Fleet(self._selection, limit)
        self._hear = Ear(self._selection, skew_ms)
        self._lanes: Lanes = lanes([], [])
        self._reached = NEVER
        self._logged_at = 0

    @property
    def entries(self) -> int:
        """Conditions watched."""
        return len(self._fleet)

    def judge(self, batch: Columns[AcceptedTelemetry]) -> list[AlarmRequest]:
        """Judge a batch.

        Raises:
            ValueError: it does not say where it came from.

        """
        heard = self._hear(batch)
        if not batch.rows.num_rows:
            return []
        fleet = self._fleet
        known, lost = fleet.admit(heard)
        found = list(gone(lost, int(heard.at[0]), int(heard.logged_at[0])))
        times = np.where(heard.skewed, NEVER, heard.at)
        times[0] = max(times[0], self._reached)
        reached = np.maximum.accumulate(times)
        self._reached = int(reached[-1])
        self._logged_at = max(self._logged_at, int(heard.logged_at.max()))
        silent = fleet.due(self._reached)
        odd = glance(heard, fleet, self._layout(), known, reached)
        rows = where(odd[heard.name.codes])
        if rows.size or silent.size:
            device = known[heard.name.codes]
            silent = np.setdiff1d(silent, device[~odd[heard.name.codes]])
            look = CloseLook(fleet, self._selection.resources, heard, device, reached)
            found += look(rows.tolist(), silent.tolist())
        return found

    def tick(self, now_ms: int) -> list[AlarmRequest]:
        """Judge silence by the clock, as far as nothing has come since the last batch."""
        fleet, found = self._fleet, list[AlarmRequest]()
        due = [each for n in fleet.due(now_ms).tolist() for each in self._due(n, now_ms)]
        heapify(due)
        while due:
            at, _, device = heappop(due)
            found += Judge(fleet, device, at).silent()
            for more in self._due(device, now_ms):
                heappush(due, more)
        return found

    def _due(self, device: int, now_ms: int) -> Iterator[tuple[int, str, int]]:
        """When the next silence of a device began, with its name and number, if it did."""
        devices = self._fleet.devices
        at, newest = int(devices.deadline[device]), int(devices.newest[device])
        if at <= now_ms and at - newest <= now_ms - self._logged_at:
            yield at, self._fleet.names[device], device

    def save(self) -> bytes:
        """Everything known, as bytes."""
        more = {"reached": self._reached, "logged_at": self._logged_at}
        return saved(self._fleet, self._selection.fingerprint, more)

    def load(self, data: bytes) -> None:
        """Know what another vigil knew; nothing must have been judged before.

        Raises:
            ValueError: no vigil of this version saved that.

        """
        more = restore(self._fleet, self._selection, data)
        self._reached, self._logged_at = more["reached"], more["logged_at"]

    def _layout(self) -> Lanes:
        if self._lanes.plans != len(self._fleet.plans):
            self._lanes = lanes(self._fleet.plans, self._selection.resources)
        return self._lanes
