import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from models.names import fault, faults


@given(
    names=st.lists(st.text(max_size=6) | st.sampled_from(["\x85", "²", "\x7f", "ab\n"])),
    shortest=st.integers(0, 1),
)
def test_a_look_at_the_bytes_misses_no_fault(names: list[str], shortest: int) -> None:
    expected = [(n, fault(name, 4, shortest=shortest)) for n, name in enumerate(names)]
    found = [(n, why) for n, _, why in faults(pa.array(names, pa.string()), 4, shortest=shortest)]
    assert [(n, why) for n, why in expected if why] == found


def test_a_slice_counts_from_its_own_beginning() -> None:
    names = pa.array(["\n", "fine", "a\n"]).slice(1)
    assert [1] == [place for place, *_ in faults(names, 128)]
