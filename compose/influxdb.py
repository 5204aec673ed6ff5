"""InfluxDB 1.8, built from its Go module."""

import httpx

from compose.errors import NotReadyError
from compose.place import Place
from compose.progress import Report

# The index lives on disk (tsi1), so memory stays bounded whatever the number of series; the
# limits on series and tag values bind the in-memory index only, and are left alone:
# https://docs.influxdata.com/influxdb/v1.8/administration/config/#data-settings
# The backup service's port is 0, any free one: nothing here calls it. Flux costs nine seconds
# at every start, and InfluxQL answers every question asked here.
CONFIG = """\
reporting-disabled = true
bind-address = "127.0.0.1:0"

[meta]
dir = "{data}/meta"
logging-enabled = false

[data]
dir = "{data}/data"
wal-dir = "{data}/wal"
index-version = "tsi1"
query-log-enabled = false

[http]
bind-address = "127.0.0.1:{http}"
auth-enabled = false
flux-enabled = false
log-enabled = false
suppress-write-log = true

[monitor]
store-enabled = false

[logging]
level = "warn"
suppress-logo = true
"""


def command(place: Place, _: Report) -> list[str]:
    """Write the configuration and name the program."""
    config = place.home / "influxdb.conf"
    config.write_text(CONFIG.format(data=place.data, **place.ports()))
    return [str(place.installed / "influxd"), "run", "-config", str(config)]


def prove(place: Place) -> None:
    """Write one point to a database of our own and read it back."""
    url = f"http://127.0.0.1:{place.settings.influxdb_port}"
    with httpx.Client(base_url=url, timeout=5, trust_env=False) as client:
        try:
            _ask(client, "CREATE DATABASE engawa_probe")
            point = client.post("/write", params={"db": "engawa_probe"}, content="probe value=1 1")
            point.raise_for_status()
            answer = _ask(client, "SELECT value FROM engawa_probe..probe")
        except httpx.HTTPError as refusal:
            raise NotReadyError(str(refusal)) from refusal
    if '"values"' not in answer:
        raise NotReadyError("a point that was written is not there")


def _ask(client: httpx.Client, query: str) -> str:
    return client.post("/query", data={"q": query}).raise_for_status().text
