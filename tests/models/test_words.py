import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from models.words import Vocabulary

COLUMNS = st.lists(
    st.lists(st.sampled_from(["", "a", "b", "ab", "ba", "é", None]), max_size=6), max_size=6
)


@given(columns=COLUMNS)
def test_known_words_get_their_places_and_others_the_one_behind(
    columns: list[list[str | None]],
) -> None:
    known = ["a", "ab", "é"]
    vocabulary = Vocabulary(pa.array(known))
    for column in columns:
        expected = [known.index(word) if word in known else len(known) for word in column]
        assert expected == vocabulary(pa.array(column, pa.string())).codes.tolist()


@given(columns=COLUMNS)
def test_without_known_words_every_word_can_be_read_back(columns: list[list[str | None]]) -> None:
    vocabulary = Vocabulary()
    for column in columns:
        texts = [word or "" for word in column]
        words = vocabulary(pa.array(texts, pa.string()))
        distinct = words.distinct.to_pylist()
        assert texts == [distinct[code] for code in words.codes.tolist()]
        assert len(set(distinct)) == len(distinct)


def test_a_slice_is_not_taken_for_its_beginning() -> None:
    vocabulary = Vocabulary(pa.array(["a", "b"]))
    column = pa.array(["a", "b"])
    assert [0, 1] == vocabulary(column).codes.tolist()
    assert [1] == vocabulary(column.slice(1)).codes.tolist()
