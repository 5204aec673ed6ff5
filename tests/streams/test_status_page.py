from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.metrics import Metrics
from streams.readiness import Readiness
from streams.status_page import serve


class Page:
    """A status page that is up."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.metrics = Metrics()
        self.readiness = Readiness("starting")


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with httpx.AsyncClient(trust_env=False) as client:
        page = Page(client)
        registry = page.metrics.registry
        runner, port = await serve("127.0.0.1", 0, registry=registry, readiness=page.readiness)
        client.base_url = f"http://127.0.0.1:{port}"
        yield page
        await runner.cleanup()


async def test_a_worker_that_answers_is_alive_even_before_it_is_ready(page: Page) -> None:
    answer = await page.client.get("/health/live")

    assert (200, {"live": True}) == (answer.status_code, answer.json())


async def test_it_is_ready_once_nobody_objects_and_says_who_does(page: Page) -> None:
    early = await page.client.get("/health/ready")
    page.readiness.clear("starting")
    ready = await page.client.get("/health/ready")
    page.readiness.hold("influx", "connection refused")
    away = await page.client.get("/health/ready")

    assert (503, {"starting": "not yet"}) == (early.status_code, early.json()["reasons"])
    assert (200, {"ready": True, "reasons": {}}) == (ready.status_code, ready.json())
    assert (503, {"influx": "connection refused"}) == (away.status_code, away.json()["reasons"])


async def test_metrics_are_what_prometheus_reads(page: Page) -> None:
    page.metrics.rejected.labels("clean", "tombstone").inc(3)
    page.metrics.batch.labels("clean").observe(40)

    answer = await page.client.get("/metrics")

    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    labels = (("reason", "tombstone"), ("step", "clean"))
    assert 3.0 == samples["engawa_records_rejected_total", labels]
    assert 40.0 == samples["engawa_batch_records_sum", (("step", "clean"),)]


async def test_two_workers_of_one_process_do_not_share_counts() -> None:
    ours, theirs = Metrics(), Metrics()

    ours.received.labels("clean").inc()

    assert None is theirs.registry.get_sample_value(
        "engawa_records_received_total", {"step": "clean"}
    )


async def test_a_taken_port_is_an_error(page: Page) -> None:
    taken = page.client.base_url.port
    assert taken is not None

    with pytest.raises(OSError, match="address already in use"):
        await serve("127.0.0.1", taken, registry=Metrics().registry, readiness=Readiness())
