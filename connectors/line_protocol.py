"""Accepted telemetry to InfluxDB's line protocol: columns in, bytes out, no loop over rows.

One event is one point of ``readings``: tags ``site``, ``device``, ``profile``; one field per
resource; ``<resource>_quality`` where a reading is anything but a good value; ``lat``, ``lon``
where the event has a position; its own time in milliseconds, so a second write is the same point.

What line protocol cannot say is said by a lookalike. A backslash before a comma, equals sign,
space or the end of a name would escape it, so it becomes fullwidth (U+FF3C); so does the tilde
(U+FF5E) in ``#!~``, because InfluxDB's own files part series from field by ``#!~#``.
https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.outcome import RefusedError
from schemas.records import Quality

MEASUREMENT = "readings"
TAGS = ("site", "device", "profile")
QUALITY_SUFFIX = "_quality"
RESERVED_FIELDS = frozenset({"lat", "lon", "time"})
"""Fields no resource may be called: InfluxDB drops one called ``time`` without a word."""

_UNUSUAL = r"[\\,= \x00-\x1f\x7f]|#!~|^$"
_NEVER = r"[\x00-\x1f\x7f]|^$"
_LOOKALIKES = ((r"\\([,= ]|$)", "\uff3c\\1"), ("#!~", "#!\uff5e"))
_NULL, _NUMBER, _TEXT, _SWITCH = range(4)
"""Branches of a reading's value, in the order of the contract's union."""


def lines(rows: pa.RecordBatch) -> pa.StringArray:
    """One line for each event, ending in a line feed; none for an event with nothing to store.

    ``rows`` is laid out as the contract of ``AcceptedTelemetry``, and may be a slice.

    Raises:
        RefusedError: a name is empty, holds control characters or is one of ``RESERVED_FIELDS``.

    """
    fields = _fields_of_events(rows)
    site, device, profile = (tagged(rows.column(tag), tag) for tag in TAGS)
    at = rows.column("at").cast(pa.string())
    made = pc.binary_join_element_wise(
        MEASUREMENT, site, device, profile, " ", fields, " ", at, "\n", ""
    )
    stored = pc.not_equal(fields, "")
    return made if pc.all(stored).as_py() else made.filter(stored)


def payload(made: pa.StringArray) -> pa.Buffer:
    """Lines as one run of bytes, not copied."""
    offsets = np.frombuffer(made.buffers()[1], np.int32)[made.offset :]
    text = made.buffers()[2]
    return text.slice(int(offsets[0]), int(offsets[len(made)] - offsets[0]))


def stored_names(names: pa.StringArray) -> pa.StringArray:
    """Names as InfluxDB will give them back: what it cannot hold, replaced by its lookalike.

    Raises:
        RefusedError: a name is empty or holds control characters.

    """
    if pc.any(pc.match_substring_regex(names, _NEVER)).as_py():
        raise RefusedError("a name is empty or holds control characters")
    for pattern, lookalike in _LOOKALIKES:
        names = pc.replace_substring_regex(names, pattern, lookalike)
    return names


def _escaped(names: pa.StringArray) -> pa.StringArray:
    if not pc.any(pc.match_substring_regex(names, _UNUSUAL)).as_py():
        return names
    return pc.replace_substring_regex(stored_names(names), "([,= ])", r"\\\1")


def tagged(column: pa.StringArray, tag: str) -> pa.StringArray:
    """``,tag=value`` for each row; the work is done once for each distinct value.

    Raises:
        RefusedError: a value is empty or holds control characters.

    """
    found = column.dictionary_encode()
    texts = pc.binary_join_element_wise(f",{tag}=", _escaped(found.dictionary), "")
    return texts.take(found.indices)


def _fields_of_events(rows: pa.RecordBatch) -> pa.StringArray:
    """All fields of each event, joined by commas."""
    readings = rows.column("readings")
    offsets = readings.offsets.to_numpy()
    first, end = int(offsets[0]), int(offsets[-1])
    fields = _fields_of_readings(readings.values.slice(first, end - first))
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets - first), fields), ",")
    position = rows.column("position")
    if position.null_count == len(position):
        return joined
    place = [_coordinate(position, name) for name in ("lat", "lon")]
    joined = pc.if_else(pc.equal(joined, ""), None, joined)
    return pc.binary_join_element_wise(joined, *place, ",", null_handling="skip")


def _coordinate(position: pa.StructArray, name: str) -> pa.StringArray:
    degrees = pc.struct_field(position, name).cast(pa.string())
    return pc.binary_join_element_wise(f"{name}=", degrees, "")


def _fields_of_readings(readings: pa.StructArray) -> pa.StringArray:
    """``resource=value``, ``resource_quality="..."`` or both for each reading."""
    found = readings.field("resource").dictionary_encode()
    if not RESERVED_FIELDS.isdisjoint(found.dictionary.to_pylist()):
        raise RefusedError(f"a resource is called one of {', '.join(sorted(RESERVED_FIELDS))}")
    keys = _escaped(found.dictionary)
    values = _values(readings.field("value"))
    key = pc.binary_join_element_wise(keys, "=", "").take(found.indices)
    fields = pc.binary_join_element_wise(key, values, "")
    quality = readings.field("quality")
    flagged = pc.or_(pc.not_equal(quality, Quality.GOOD.value), values.is_null())
    if not pc.any(flagged).as_py():
        return fields
    # few are, so what costs more is done for those alone
    key = pc.binary_join_element_wise(keys, f'{QUALITY_SUFFIX}="', "")
    key = key.take(found.indices.filter(flagged))
    verdicts = pc.binary_join_element_wise(key, quality.filter(flagged), '"', "")
    both = pc.binary_join_element_wise(fields.filter(flagged), verdicts, ",", null_handling="skip")
    return pc.replace_with_mask(fields, flagged, both)


def _values(union: pa.UnionArray) -> pa.StringArray:
    """Each value as line protocol writes it; null where there is none."""
    codes = np.frombuffer(union.buffers()[1], np.int8, len(union), union.offset)
    present = np.bincount(codes, minlength=4) > 0
    texts: list[Any] = [pa.scalar(None, pa.string())] * 4
    if present[_NUMBER]:
        # the shortest decimal that reads back as the same double
        texts[_NUMBER] = union.field(_NUMBER).cast(pa.string())
    if present[_TEXT]:
        escaped = pc.replace_substring_regex(union.field(_TEXT), r'(["\\])', r"\\\1")
        texts[_TEXT] = pc.binary_join_element_wise('"', escaped, '"', "")
    if present[_SWITCH]:
        texts[_SWITCH] = union.field(_SWITCH).cast(pa.string())
    if present.sum() == 1 and not present[_NULL]:
        return texts[int(codes[0])]
    return pc.choose(pa.array(codes), *texts)
