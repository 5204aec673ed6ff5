"""A flow as a Faust app: topics, agents and our transport. Nothing connects before it starts."""

import ssl
from collections.abc import Callable
from typing import Any

import faust
from faust.types import TP

from connectors.kafka import KafkaSettings, Sasl
from streams.flow import Flow
from streams.gather import Gatherer
from streams.lanes import Lanes
from streams.settings import Settings
from streams.transport import SCHEME, register


def create_app(flow: Flow, settings: Settings) -> faust.App:
    """The app of a flow, without agents: its id is the consumer group."""
    register()
    kafka, worker = settings.kafka, settings.worker
    brokers = [f"{SCHEME}://{server}" for server in kafka.bootstrap_servers.split(",")]
    return faust.App(
        group_id(flow),
        broker=brokers,
        broker_credentials=credentials(kafka),
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        # the transport's own way of waiting for batches under way, which is bounded
        stream_wait_empty=True,
        broker_max_poll_records=worker.batch_records,
        consumer_max_fetch_size=worker.fetch_bytes,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=kafka.instance,
        broker_commit_interval=worker.commit_interval_s,
        broker_commit_every=None,
        broker_session_timeout=kafka.session_timeout_s,
        # Faust's default, unless the session is as long: Faust refuses that
        broker_request_timeout=max(90.0, kafka.session_timeout_s),
        broker_heartbeat_interval=kafka.session_timeout_s / 3,
        broker_max_poll_interval=300.0,
    )


def group_id(flow: Flow) -> str:
    """The consumer group of a flow."""
    return f"engawa-{flow.name}"


def credentials(kafka: KafkaSettings) -> Any:
    """How Faust's client proves who we are; None if nobody asks."""
    context: ssl.SSLContext | None = kafka.security.ssl_context()
    if isinstance(kafka.security, Sasl):
        return faust.SASLCredentials(
            username=kafka.security.username,
            password=kafka.security.password.get_secret_value(),
            mechanism=kafka.security.mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None


def add_agent(
    app: faust.App,
    name: str,
    topic: str,
    *,
    open_lane: Callable[[int], Gatherer],
    fail: Callable[[BaseException], None],
) -> Lanes:
    """Register the Faust agent that hands a topic's batches to a part's lanes."""
    lanes = Lanes(open_lane, assigned=lambda: _assigned(app), fail=fail)

    async def consume(stream: Any) -> None:
        try:
            await lanes.run(stream.noack().events())
        except Exception as error:  # noqa: BLE001  # Faust would acknowledge and restart
            fail(error)

    source = app.topic(topic, value_type=bytes, value_serializer="raw")
    app.agent(source, name=name)(consume)
    return lanes


def _assigned(app: faust.App) -> set[TP]:
    return {TP(tp.topic, tp.partition) for tp in app.consumer.assignment()}
