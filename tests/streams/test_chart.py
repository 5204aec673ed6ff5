from pathlib import Path

import pytest

from agents.clean import Clean
from connectors.archive import ArchiveSink
from schemas.topics import READINGS_ACCEPTED, READINGS_RECEIVED, READINGS_REJECTED
from streams.chart import BEGIN, END, chart, in_page
from streams.flow import Drain, Flow, Step
from streams.topology import FLOWS

README = Path(__file__).parents[2] / "README.md"

FLOW = Flow(
    "telemetry",
    (
        Step("clean", READINGS_RECEIVED, Clean, writes=(READINGS_ACCEPTED, READINGS_REJECTED)),
        Drain("archive", READINGS_RECEIVED, ArchiveSink),
    ),
)


def test_the_chart_has_each_topic_each_part_in_its_flow_and_each_arrow_once() -> None:
    expected = """\
flowchart LR
  readings_received_v1[(readings.received.v1)]
  readings_accepted_v1[(readings.accepted.v1)]
  readings_rejected_v1[(readings.rejected.v1)]
  subgraph telemetry
    telemetry_clean[clean]
    telemetry_archive[/archive/]
  end
  readings_received_v1 --> telemetry_clean
  telemetry_clean --> readings_accepted_v1
  telemetry_clean -.-> readings_rejected_v1
  readings_received_v1 --> telemetry_archive
  telemetry_archive -.-> readings_rejected_v1
"""

    assert expected == chart([FLOW])


def test_the_chart_of_nothing_is_empty() -> None:
    assert chart([]) == "flowchart LR\n"


def test_the_chart_replaces_what_is_between_the_markers_and_nothing_else() -> None:
    page = f"# Title\n{BEGIN}\nold\n{END}\nrest\n"
    once = in_page(page, "flowchart LR\n")

    assert f"# Title\n{BEGIN}\n```mermaid\nflowchart LR\n```\n{END}\nrest\n" == once
    assert once == in_page(once, "flowchart LR\n")


@pytest.mark.parametrize(
    "page", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{END}"]
)
def test_a_page_without_its_two_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        in_page(page, "flowchart LR\n")


def test_the_readme_shows_the_topology_as_it_is() -> None:
    page = README.read_text("utf-8")

    assert page == in_page(page, chart(FLOWS))
