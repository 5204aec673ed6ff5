"""Which events were accepted before, by their ids, in bounded memory."""

from collections.abc import Sequence


class Seen:
    """The ids of one partition, each with the lowest offset at which it was accepted.

    An event is a duplicate if its id was accepted at a lower offset. So the same batch may be
    asked about again, whole or in part, and nothing in it is its own duplicate.

    Ids are kept in two generations of at most ``limit``: when the younger is full, the older is
    forgotten. At least the last ``limit`` different ids are always remembered, and at most twice
    as many, wherever batches begin and end.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def duplicates(self, ids: Sequence[str], offsets: Sequence[int]) -> dict[int, int]:
        """Remember ``ids``; give the place of each duplicate, with its event's first offset.

        ``offsets`` ascend.
        """
        found: dict[int, int] = {}
        begin = 0
        while begin < len(ids):
            end = begin + self._limit - len(self._young)
            part = self._remember(ids[begin:end], offsets[begin:end])
            found |= {begin + place: offset for place, offset in part.items()}
            begin = end
            if len(self._young) >= self._limit:
                self._old, self._young = self._young, {}
        return found

    def _remember(self, ids: Sequence[str], offsets: Sequence[int]) -> dict[int, int]:
        """Remember no more ids than there is room for."""
        # from the end, so that the first of several stays
        first = dict(zip(reversed(ids), reversed(offsets), strict=True))
        repeated = len(first) < len(ids)
        for generation in (self._young, self._old):
            for known in generation.keys() & first.keys():
                first[known] = min(first[known], generation[known])
                repeated = True
        self._young.update(first)
        if not repeated:
            return {}
        pairs = enumerate(zip(ids, offsets, strict=True))
        return {place: first[id_] for place, (id_, offset) in pairs if first[id_] < offset}
