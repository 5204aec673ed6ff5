"""A device that knows nothing of our code joins: the README's own lines, run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.message_log import MessageLog
from schemas.codec import decode, schema_of
from schemas.records import Telemetry
from schemas.topics import READINGS_RECEIVED
from streams.settings import Settings

ROOT = Path(__file__).parents[3]
SNIPPET = re.compile(r"<!-- device -->\s*```python\n(.*?)```", re.DOTALL)


def snippet() -> str:
    [found] = SNIPPET.findall((ROOT / "README.md").read_text("utf-8"))
    return str(found)


def test_the_readmes_device_is_ten_lines_of_other_peoples_code() -> None:
    lines = [line for line in snippet().splitlines() if line.strip()]
    doing = [line for line in lines if not line.startswith(("import ", "from "))]

    assert 10 == len(doing)
    assert not re.search(r"\b(streams|agents|connectors|schemas\.|models)\b", snippet())


@pytest.mark.integration
def test_the_readmes_device_sends_an_event_that_is_read(
    stocked: dict[str, str], settings: Settings
) -> None:
    with MessageLog(settings.kafka) as log:
        before = log.span(READINGS_RECEIVED.name)
        subprocess.run(
            [sys.executable, "-c", snippet()], cwd=ROOT, env=os.environ | stocked, check=True
        )
        ends = {number: end for number, (_, end) in before.bounds.items()}
        found = log.read(log.span(READINGS_RECEIVED.name))
        sent = [each for each in found if each.offset >= ends[each.partition]]
    [message] = [each for each in sent if each.key == b"bleiswijk/my-device"]
    header = schema_of(Telemetry).header
    assert message.value
    event = decode(message.value.removeprefix(header), Telemetry)

    assert message.value.startswith(header)
    assert ("bleiswijk", "my-device", "farm.climate") == (event.site, event.device, event.profile)
    assert 21.5 == event.readings[0].value
