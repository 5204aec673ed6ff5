from hypothesis import given
from hypothesis import strategies as st

from streams.watermark import Watermark


def test_nothing_is_committed_past_a_batch_under_way() -> None:
    mark = Watermark()
    for batch in range(3):
        mark.begin(batch, next_offset=(batch + 1) * 10)

    mark.finish(1)
    mark.finish(2)

    assert None is mark.offset
    assert 3 == mark.in_flight


def test_a_batch_that_never_began_here_does_not_count() -> None:
    mark = Watermark()
    mark.begin("ours", next_offset=10)

    assert not mark.finish("of the last generation")
    assert None is mark.offset


@given(st.permutations(range(12)), st.integers(min_value=0, max_value=12))
def test_the_offset_is_the_end_of_the_finished_beginning_in_any_order(
    order: list[int], finished: int
) -> None:
    mark = Watermark()
    for batch in range(12):
        mark.begin(batch, next_offset=(batch + 1) * 100)

    for batch in order[:finished]:
        mark.finish(batch)

    unfinished = set(range(12)) - set(order[:finished])
    expected = 100 * min(unfinished, default=12)
    assert (expected or None) == mark.offset
