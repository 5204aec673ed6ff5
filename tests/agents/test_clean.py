from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.clean import Clean, CleanSettings
from schemas.batch import Columns
from schemas.codec import decode
from schemas.columns import arrow_schema, encode_columns
from schemas.reasons import DETAIL_LIMIT, Reason, SetAside
from schemas.records import AcceptedTelemetry, Quality, Telemetry
from tests.models.logs import entries
from tests.models.plain_clean import PlainClean
from tests.models.telemetry import PROFILES, Logged, batch, event, logged, said

Verdict = AcceptedTelemetry | Reason


@pytest.fixture(scope="module")
def profiles_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("profiles") / "profiles.yaml"
    path.write_text(yaml.safe_dump(PROFILES.model_dump(mode="json")), encoding="utf-8")
    return path


@pytest.fixture
def clean(profiles_file: Path) -> Clean:
    return Clean(CleanSettings(profiles_file=profiles_file))


def cleaned(clean: Clean, entries: Sequence[Logged]) -> list[Verdict]:
    """The verdict on each entry, after a look at everything else that must hold."""
    verdicts: dict[int, Verdict] = {}
    accepted: list[AcceptedTelemetry] = []
    for output in clean(batch(entries)):
        if isinstance(output, SetAside):
            assert len(output.detail) <= DETAIL_LIMIT
            assert output.detail.isprintable()
            verdicts[output.row] = output.reason
        else:
            accepted += as_records(output)
    rows = (row for row in range(len(entries)) if row not in verdicts)
    verdicts |= dict(zip(rows, accepted, strict=True))
    return [verdicts[row] for row in sorted(verdicts)]


def as_records(output: Columns[AcceptedTelemetry]) -> list[AcceptedTelemetry]:
    assert output.rows.schema.equals(arrow_schema(AcceptedTelemetry), check_metadata=True)
    output.rows.validate(full=True)
    bodies = encode_columns(output.rows, AcceptedTelemetry)
    return [decode(body, AcceptedTelemetry) for body in bodies]


def qualities(verdicts: Sequence[Verdict]) -> list[Any]:
    return [v if isinstance(v, Reason) else [r.quality for r in v.readings] for v in verdicts]


def parts(log: Sequence[Logged], cuts: Sequence[int]) -> Iterator[Sequence[Logged]]:
    bounds = sorted({0, len(log), *(cut % len(log) for cut in cuts)})
    for begin, end in pairwise(bounds):
        yield log[begin:end]


@settings(deadline=None, max_examples=60)
@given(log=entries(), cuts=st.lists(st.integers(0, 40), max_size=4), ids=st.integers(1, 9))
def test_agrees_with_the_plain_cleaner_wherever_batches_begin_and_end(
    profiles_file: Path, log: list[Logged], cuts: list[int], ids: int
) -> None:
    # twenty series: two generations of two devices with five resources each
    limits = CleanSettings(profiles_file=profiles_file, remembered_ids=ids, remembered_series=20)
    clean, plain = Clean(limits), PlainClean(PROFILES, ids=ids, devices=2)
    expected = [plain(entry) for entry in log]
    assert expected == [v for part in parts(log, cuts) for v in cleaned(clean, part)]


@settings(deadline=None, max_examples=30)
@given(log=entries(), cuts=st.lists(st.integers(0, 40), max_size=4))
def test_a_batch_that_comes_again_gets_the_same_verdicts(
    profiles_file: Path, log: list[Logged], cuts: list[int]
) -> None:
    clean = Clean(CleanSettings(profiles_file=profiles_file))
    for part in parts(log, cuts):
        assert cleaned(clean, part) == cleaned(clean, part)


def test_an_empty_batch_gives_nothing(clean: Clean) -> None:
    assert clean(batch([])) == []


def test_a_batch_without_an_origin_is_a_mistake(clean: Clean) -> None:
    rows = batch(logged([event()])).rows
    with pytest.raises(ValueError, match="origin"):
        clean(Columns(record=Telemetry, rows=rows))


def test_a_slice_of_a_larger_batch_is_cleaned_like_any_other(clean: Clean) -> None:
    log = logged(
        [event(n, 20.0 + n, said(value=True, resource="door"), said("a", "note")) for n in range(4)]
    )
    whole, part = batch(log), batch(log[1:3])
    sliced = Columns(record=Telemetry, rows=whole.rows.slice(1, 2), origin=part.origin)
    [output] = clean(sliced)
    assert isinstance(output, Columns)
    assert cleaned(clean, log[1:3]) == as_records(output)


def test_columns_that_need_no_change_are_handed_on_as_they_are(clean: Clean) -> None:
    given = batch(logged([event(n, said(20.0 + n, unit="Cel")) for n in range(3)]))
    [output] = clean(given)
    assert isinstance(output, Columns)
    for name in ("event_id", "tags"):
        same = [each.address for each in given.rows.column(name).buffers() if each]
        assert same == [each.address for each in output.rows.column(name).buffers() if each]
    before, after = (rows.column("readings").values for rows in (given.rows, output.rows))
    for name in ("resource", "value", "unit"):
        same = [each.address for each in before.field(name).buffers() if each]
        assert same == [each.address for each in after.field(name).buffers() if each]


def test_hostile_names_pass_unharmed(clean: Clean) -> None:
    names = ["../../etc/passwd", "a,b=c d", 'say "hi"', "'; drop--", "💧 Wärme", "\\n", "a/b", "²"]
    sent = [event(n, site=s, device=s, tags={s: s}) for n, s in enumerate(names)]
    verdicts = cleaned(clean, logged(sent))
    assert [(s.site, s.device, s.tags) for s in sent] == [
        (v.site, v.device, v.tags) for v in verdicts if isinstance(v, AcceptedTelemetry)
    ]


def test_an_event_sent_again_is_set_aside(clean: Clean) -> None:
    log = logged([event(0), event(1), event(0)])
    assert [[Quality.GOOD], [Quality.GOOD], Reason.DUPLICATE] == qualities(cleaned(clean, log))
    assert [Reason.DUPLICATE] == cleaned(clean, logged([event(1)], first_offset=9))


def test_a_refused_event_may_be_mended_and_sent_again(clean: Clean) -> None:
    log = logged([event(0, float("inf")), event(0, 20.0)])
    assert [Reason.NOT_FINITE, [Quality.GOOD]] == qualities(cleaned(clean, log))


def test_reading_the_log_again_from_further_back_loses_nothing(clean: Clean) -> None:
    log = logged([event(n, 20.0 + n % 2) for n in range(9)])
    before = [*cleaned(clean, log[:3]), *cleaned(clean, log[3:6]), *cleaned(clean, log[6:])]
    assert before == cleaned(clean, log)


def test_a_million_devices_are_remembered_within_bounds(profiles_file: Path) -> None:
    limits = CleanSettings(profiles_file=profiles_file, remembered_ids=5000, remembered_series=5000)
    clean, size = Clean(limits), 10_000
    given = batch(logged([event(n) for n in range(size)]))
    origin = given.origin
    assert origin
    for first in range(0, 1_000_000, size):
        numbers = pa.array(np.arange(first, first + size).astype(str))
        rows = given.rows.set_column(0, given.rows.schema.field(0), numbers)
        rows = rows.set_column(2, given.rows.schema.field(2), numbers)
        moved = replace(origin, offsets=origin.offsets + first)
        [output] = clean(Columns(record=Telemetry, rows=rows, origin=moved))
        assert isinstance(output, Columns)
        assert output.rows.num_rows == size
        # two generations of ids, and of devices with five series each
        assert clean.entries <= 2 * 5000 + 5000 // 5
