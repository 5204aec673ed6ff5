"""A Faust transport that delivers one event per (partition, fetched batch).

Stock Faust pays about 200 microseconds for every message, whatever the agent does, because each
travels through four tasks and three turns of the event loop. Here a whole fetched batch makes
that journey once. Group handling stays aiokafka's and Faust's own; what changes is

* ``getmany`` yields batches, and a record stays as aiokafka's C code parsed it;
* what is committed is the low watermark of finished batches (``streams.watermark``), because
  Faust's own bookkeeping commits past work that is still under way, e.g. its issue 606;
* a commit that fails because the broker is away is tried again instead of ending the worker;
* a partition of which enough waits is not read on, and holds up no other;
* stopping and rebalancing wait, for a bounded time, until batches under way are finished.

It reaches into private parts of faust-streaming 0.15 and aiokafka 0.14, which are pinned for it.
"""

from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver

from streams.consumer import BatchConsumer

SCHEME = "engawa"
"""Scheme of the broker's URL that selects this transport: ``engawa://host:9092``."""


class BatchTransport(driver.Transport):
    """What ``engawa://`` in the broker's URL selects."""

    Consumer = BatchConsumer


def register() -> None:
    """Make Faust know the ``engawa://`` scheme."""
    TRANSPORTS.aliases[SCHEME] = f"{__name__}:{BatchTransport.__name__}"
