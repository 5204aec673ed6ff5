"""What is remembered of each series, a resource of a device, in bounded memory."""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from models.arrays import Floats, Ints, where
from models.steadiness import NEWEST, NOTHING, Observed, judge, late
from schemas.records import Quality

STUCK, SPIKE = (list(Quality).index(quality) for quality in (Quality.STUCK, Quality.SPIKE))


class Series:
    """The series of one partition.

    Each device has a block of ``width`` series. Blocks are in two generations: when the younger
    is full, the older is forgotten; a device that comes back from the older keeps its memory. So
    at least the last ``limit // (2 * width)`` devices are known, and never more than twice that.

    The last batch can be taken back, so that judging it again gives the same verdicts. Going
    back further, or after a generation was forgotten in between, begins with a fresh memory.
    """

    def __init__(self, limit: int, width: int) -> None:
        self._width = width
        self._per_generation = max(1, limit // (2 * width))
        self._memory = np.empty((2 * self._per_generation * width, len(NOTHING)))
        self._young: dict[Hashable, int] = {}
        self._old: dict[Hashable, int] = {}
        self._base = 0
        """The first block of the younger generation."""

        self._undo: list[tuple[Ints, Floats]] = []
        self._began_at = self._folded_to = -1
        """First and last offset of the last batch; the first is -1 if it can't be taken back."""

    def __len__(self) -> int:
        """Count the devices remembered."""
        return len(self._young) + len(self._old)

    def begin(self, first_offset: int, last_offset: int) -> None:
        """Make ready for a batch; take the last one back if this is the same again."""
        if first_offset <= self._folded_to:
            if first_offset == self._began_at:
                for slots, before in reversed(self._undo):
                    self._memory[slots] = before
            else:
                self._forget()
        self._undo.clear()
        self._began_at, self._folded_to = first_offset, last_offset

    def judge(
        self, keys: Sequence[Hashable], device: Ints, column: Ints, seen: Observed
    ) -> npt.NDArray[np.uint8]:
        """Find the STUCK and the SPIKE (else 0) among numbers in the order of their arrival.

        ``device`` says which of ``keys`` each number is of; they are numbered in the order of
        their first number. ``column`` says which of the device's series it belongs to.
        Numbers older than their series' newest are neither judged nor remembered.
        """
        verdict = np.zeros(len(device), np.uint8)
        blocks = np.zeros(len(keys), np.intp)
        begin = 0
        while begin < len(device):
            end = self._find(keys, blocks, device, begin)
            if end > begin:
                part = slice(begin, end)
                verdict[part] = self._fold(blocks, device[part], column[part], seen.pick(part))
            if end < len(device):
                self._turn()
            begin = end
        return verdict

    def _fold(
        self, blocks: Ints, device: Ints, column: Ints, seen: Observed
    ) -> npt.NDArray[np.uint8]:
        """Judge and remember."""
        verdict = np.zeros(len(device), np.uint8)
        series = device * self._width + column
        order = _order(series)
        first = _first(series[order])
        slots = self._slots(blocks, series[order[first]])
        behind = late(seen.at[order], first, self._memory[slots, NEWEST])
        if behind is not None:
            order = order[~behind]
            if not order.size:
                return verdict
            first = _first(series[order])
            slots = self._slots(blocks, series[order[first]])
        before = self._memory[slots]
        stuck, spike, after = judge(seen.pick(order), first, before)
        self._undo.append((slots, before))
        self._memory[slots] = after
        verdict[order[stuck]] = STUCK
        verdict[order[spike]] = SPIKE
        return verdict

    def _slots(self, blocks: Ints, series: Ints) -> Ints:
        device, column = np.divmod(series, self._width)
        return blocks[device] * self._width + column

    def _find(self, keys: Sequence[Hashable], blocks: Ints, device: Ints, begin: int) -> int:
        """Give each device from number ``begin`` on its block; say how far there is room."""
        places = dict.fromkeys(device[begin:].tolist()) if begin else range(len(keys))
        for place in places:
            block = self._block(keys[place])
            if block is None:
                return begin + int(np.argmax(device[begin:] == place))
            blocks[place] = block
        return len(device)

    def _block(self, key: Hashable) -> int | None:
        block = self._young.get(key)
        if block is None and len(self._young) < self._per_generation:
            block = self._young[key] = self._base + len(self._young)
            self._memory[self._rows(block)] = (
                self._memory[self._rows(self._old[key])] if key in self._old else NOTHING
            )
        return block

    def _rows(self, block: int) -> slice:
        return slice(block * self._width, (block + 1) * self._width)

    def _turn(self) -> None:
        """Forget the older generation."""
        self._old, self._young = self._young, {}
        self._base = self._per_generation - self._base
        self._undo.clear()
        self._began_at = -1

    def _forget(self) -> None:
        self._young, self._old = {}, {}
        self._base = 0
        self._undo.clear()
        self._began_at = -1


def _order(series: Ints) -> Ints:
    """Series by series, and within each as it came."""
    # numpy sorts 16-bit numbers by radix, several times faster
    small = len(series) and series.max() < 1 << 16
    return np.argsort(series.astype(np.uint16) if small else series, kind="stable")


def _first(series: Ints) -> Ints:
    """Where each series begins, once in order."""
    new = np.ones(len(series), bool)
    np.not_equal(series[1:], series[:-1], out=new[1:])
    return where(new)
