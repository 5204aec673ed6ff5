"""Logs of a partition as hypothesis draws them."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from schemas.records import Position, Quality, Reading, Telemetry
from tests.models.telemetry import DAY, MINUTE, NOW, Logged, said

temperatures = st.builds(
    Reading,
    resource=st.just("temperature"),
    value=st.sampled_from([20.0, 20.0, 20.0, 21.0, 24.0, 50.0, 250.0, 0.0, -0.0, None]),
    unit=st.sampled_from([None, None, "", "Cel", "°C", "[degF]", "K"]),
    quality=st.sampled_from([None, None, None, None, Quality.GOOD, Quality.SUSPECT]),
)
others = st.sampled_from(
    [
        said(950.0, "pressure"),
        said(95_000.0, "pressure", unit="Pa"),
        said(-1e308, "count"),
        said(1e308, "count"),
        said(value=True, resource="door"),
        said("x" * 1024, "note"),
        said("", "note", unit=""),
    ]
)
spoils: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"event_id": ""},
        {"event_id": "a\nb"},
        {"device": "x" * 129},
        {"profile": "unheard.of"},
        {"tags": {"": "1"}},
        {"at": 0},
        {"readings": ()},
        {"readings": (said(float("nan")),)},
        {"readings": (said(1e308, "pressure", unit="kPa"),)},
        {"readings": (said(1.0, unit="%"),)},
        {"readings": (said("20"),)},
        {"readings": (said(20.0), said(20.0))},
        {"readings": (said(1.0, "wind"),)},
        {"position": Position(lat=91.0, lon=0.0)},
    ]
)


@st.composite
def entries(draw: st.DrawFn) -> list[Logged]:
    """A partition's log: mostly sound, with repeated ids, late events and clocks ahead."""
    log, at = [], NOW
    for offset in range(draw(st.integers(1, 40))):
        at += draw(st.sampled_from([MINUTE, MINUTE, MINUTE, 5 * MINUTE, 1, 0, -3 * MINUTE]))
        profile = draw(st.sampled_from(["greenhouse", "greenhouse", "greenhouse", "cold.room"]))
        more = draw(st.lists(others, max_size=2, unique_by=lambda each: each.resource))
        sent = Telemetry(
            event_id=draw(st.sampled_from([f"new-{offset}"] * 6 + ["twice", "again"])),
            site=draw(st.sampled_from(["farm", "farm", "hof"])),
            device=draw(st.sampled_from(["air-1", "air-1", "air-2", "空気-3"])),
            profile=profile,
            at=at,
            received_at=draw(st.sampled_from([None, None, 0, at, at - 61_000, at + DAY])),
            readings=(draw(temperatures), *(more if profile == "greenhouse" else ())),
            position=draw(st.sampled_from([None, Position(lat=52.0, lon=4.5)])),
            tags=draw(st.sampled_from([{}, {"firmware": ""}])),
        )
        spoil = draw(spoils) if draw(st.integers(0, 9)) == 9 else {}
        skew = draw(st.sampled_from([0, 0, 0, 0, 0, 0, 61_000, DAY + 1]))
        log.append(Logged(replace(sent, **spoil), offset * 2, at - skew))
    return log
