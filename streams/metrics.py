"""What a worker counts, under Prometheus' naming rules: unit in the name, totals end in _total."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

DELAY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
BATCH_BUCKETS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10000)


class Metrics:
    """Every metric of one worker, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        ProcessCollector(registry=registry)
        self.received = Counter(
            "engawa_records_received", "Messages read.", ["step"], registry=registry
        )
        self.sent = Counter(
            "engawa_records_sent",
            "Records confirmed by the broker or the store.",
            ["step"],
            registry=registry,
        )
        self.rejected = Counter(
            "engawa_records_rejected",
            "Messages set aside to the dead letters.",
            ["step", "reason"],
            registry=registry,
        )
        self.expired = Counter(
            "engawa_records_expired",
            "Records not stored because the store keeps nothing as old.",
            ["step"],
            registry=registry,
        )
        self.batch = Histogram(
            "engawa_batch_records",
            "Messages in a batch.",
            ["step"],
            buckets=BATCH_BUCKETS,
            registry=registry,
        )
        self.work = Histogram(
            "engawa_work_seconds",
            "Decoding, the agent's work and encoding, by batch.",
            ["step"],
            buckets=DELAY_BUCKETS_S,
            registry=registry,
        )
        self.write = Histogram(
            "engawa_write_seconds",
            "Waiting for the broker's or the store's confirmation, retries included, by batch.",
            ["step"],
            buckets=DELAY_BUCKETS_S,
            registry=registry,
        )
        self.retries = Counter(
            "engawa_write_retries", "Writes put off: store away.", ["step"], registry=registry
        )
        self.delay = Histogram(
            "engawa_delay_seconds",
            "From the broker's log to confirmed output, of each batch's oldest message.",
            ["step"],
            buckets=DELAY_BUCKETS_S,
            registry=registry,
        )
        self.lag = Gauge(
            "engawa_lag_records",
            "Messages of a partition that are not finished.",
            ["step", "topic", "partition"],
            registry=registry,
        )
        self.lag_age = Gauge(
            "engawa_lag_seconds",
            "Age of the newest finished message while more wait, else 0.",
            ["step", "topic", "partition"],
            registry=registry,
        )
        self.backlog = Gauge(
            "engawa_chore_backlog",
            "What a chore's last pass found waiting.",
            ["chore"],
            registry=registry,
        )
        self.passes = Counter(
            "engawa_chore_passes", "Passes of a chore.", ["chore"], registry=registry
        )
        self.state = Gauge(
            "engawa_state_entries",
            "Entries in an agent's memory, over all partitions.",
            ["step"],
            registry=registry,
        )
