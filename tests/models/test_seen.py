import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from models.seen import MOST_BLOCKS, Seen

LOGS = st.lists(st.sampled_from(["a", "b", "c", "dd", "e" * 40, "é", "空" * 128]), max_size=30)


def duplicates(seen: Seen, *ids: str, first_offset: int = 0) -> dict[int, int]:
    offsets = np.arange(first_offset, first_offset + len(ids))
    return seen.duplicates(pa.array(ids, pa.string()), offsets)


def plain(log: list[str], limit: int) -> dict[int, int]:
    young: dict[str, int] = {}
    old: dict[str, int] = {}
    found = {}
    for offset, each in enumerate(log):
        young[each] = first = min(offset, young.get(each, offset), old.get(each, offset))
        if first < offset:
            found[offset] = first
        if (offset + 1) % limit == 0:
            young, old = {}, young
    return found


@given(log=LOGS, limit=st.integers(1, 8), cut=st.integers(0, 30))
def test_agrees_with_two_dicts_wherever_batches_begin(log: list[str], limit: int, cut: int) -> None:
    seen = Seen(limit, seed=1)
    head = duplicates(seen, *log[:cut])
    tail = duplicates(seen, *log[cut:], first_offset=len(log[:cut]))
    shift = len(log[:cut])
    assert plain(log, limit) == head | {place + shift: first for place, first in tail.items()}


@given(log=LOGS, limit=st.integers(1, 8))
def test_ids_whose_hashes_meet_are_told_apart(log: list[str], limit: int) -> None:
    seen = Seen(limit)
    seen._factors[:] = 0
    assert plain(log, limit) == duplicates(seen, *log)


@given(log=LOGS)
def test_the_same_events_again_are_not_their_own_duplicates(log: list[str]) -> None:
    seen = Seen(1000)
    assert duplicates(seen, *log) == duplicates(seen, *log)


def test_an_earlier_copy_that_is_read_later_becomes_the_first() -> None:
    seen = Seen(10)
    assert {} == duplicates(seen, "a", first_offset=9)
    assert {} == duplicates(seen, "a", first_offset=5)
    assert {0: 5} == duplicates(seen, "a", first_offset=9)


def test_an_id_is_remembered_for_at_least_the_limit() -> None:
    for start in range(10):
        seen = Seen(10)
        duplicates(seen, *[f"before-{n}" for n in range(start)])
        duplicates(seen, "a", *[f"after-{n}" for n in range(9)], first_offset=start)
        assert {0: start} == duplicates(seen, "a", first_offset=start + 10)


def test_memory_is_bounded() -> None:
    seen = Seen(100)
    for first in range(0, 10_000, 70):
        duplicates(seen, *[str(n) for n in range(first, first + 70)], first_offset=first)
        assert len(seen) <= 200


def test_many_small_batches_are_remembered_like_few_large_ones() -> None:
    seen = Seen(5000)
    for offset in range(1000):
        assert {} == duplicates(seen, str(offset), first_offset=offset)
    again = {place: place for place in range(1000)}
    assert again == duplicates(seen, *[str(n) for n in range(1000)], first_offset=1000)
    assert len(seen._young._ids) <= MOST_BLOCKS
