"""Takes fetched records out of aiokafka a log batch at a time, as its C code parsed them.

aiokafka's own way wraps each record in a ``ConsumerRecord``, through a generator, which costs
more than parsing it did. Positions, pauses and reassignments stay aiokafka's business. This is
the one file that knows the inside of aiokafka 0.14's fetcher, which is pinned for it.
"""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiokafka.consumer.fetcher import READ_COMMITTED, Fetcher, FetchResult
from aiokafka.errors import CorruptRecordException
from aiokafka.structs import TopicPartition


@dataclass(slots=True)
class Messages:
    """Messages of one partition, column by column.

    Columns of ints and bytes, because a worker may hold a hundred thousand messages at once, and
    the garbage collector would look at as many objects again and again.
    """

    offsets: list[int] = field(default_factory=list)
    timestamps: list[int] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)
    values: list[bytes | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.offsets)

    @property
    def size_bytes(self) -> int:
        """Bytes of all values."""
        return sum(map(len, filter(None, self.values)))

    def extend(self, more: "Messages") -> None:
        """Add messages that come after these."""
        self.offsets += more.offsets
        self.timestamps += more.timestamps
        self.keys += more.keys
        self.values += more.values

    def add(self, records: list[Any]) -> None:
        """Add records as aiokafka's C code gives them."""
        self.offsets += [record.offset for record in records]
        self.timestamps += [record.timestamp for record in records]
        self.keys += [record.key for record in records]
        self.values += [record.value for record in records]


Fetch = dict[TopicPartition, Messages]


async def take(
    fetcher: Fetcher, partitions: set[Any] | None, *, wait_s: float, max_records: int
) -> Fetch:
    """Records of these partitions that were fetched, waiting a while for the first.

    A partition gives whole log batches until it has given ``max_records``.
    """
    taken = await _take_now(fetcher, partitions, max_records)
    if not taken and wait_s:
        arrival = fetcher._create_fetch_waiter()
        done, _ = await asyncio.wait([arrival], timeout=wait_s)
        if not done:
            arrival.cancel()
            return {}
        arrival.result()  # raises e.g. what the broker said about authorization
        taken = await _take_now(fetcher, partitions, max_records)
    return taken


async def _take_now(fetcher: Fetcher, partitions: set[Any] | None, max_records: int) -> Fetch:
    results = [each for each in fetcher._records.values() if type(each) is FetchResult]
    for result in results:
        result.getall = partial(_getall, result, max_records)
    fetched: Fetch = {}
    for partition in list(fetcher._records):
        if partitions is None or partition in partitions:
            fetched |= await fetcher.fetched_records({partition}, timeout=0)
    for result in results:
        del result.getall  # it holds on to itself by this, and to all that was fetched
    return fetched


def _getall(result: FetchResult, max_records: int, _: int | None = None) -> Messages:
    """Stand in for ``FetchResult.getall``: the same contract, a log batch at a time."""
    taken = Messages()
    if not result.check_assignment(result._topic_partition) or not result.has_more():
        return taken
    unpacked = result._partition_records
    while len(taken) < max_records and unpacked._records.has_next():
        taken.add(_unpack(unpacked))
    result._update_position()
    if not unpacked._records.has_next():
        unpacked._records_iterator = None  # its frame holds on to all that was fetched
        result._partition_records = None
    return taken


def _unpack(unpacked: Any) -> list[Any]:
    """The records of the next log batch, without those before the position."""
    batch = unpacked._records.next_batch()
    if unpacked._check_crcs and not batch.validate_crc():
        raise CorruptRecordException(f"Invalid CRC - {unpacked._tp}")
    position, unpacked.next_fetch_offset = unpacked.next_fetch_offset, batch.next_offset
    if _aborted(unpacked, batch) or batch.is_control_batch:
        return []
    records: list[Any] = list(batch)
    if records and records[0].offset < position:
        return [record for record in records if record.offset >= position]
    return records


def _aborted(unpacked: Any, batch: Any) -> bool:
    """Whether the batch is of a transaction that its producer took back."""
    if unpacked._isolation_level != READ_COMMITTED or batch.producer_id is None:
        return False
    unpacked._consume_aborted_up_to(batch.base_offset)
    if batch.is_control_batch:
        if unpacked._contains_abort_marker(batch):
            unpacked._aborted_producers.discard(batch.producer_id)
        return False
    return batch.is_transactional and batch.producer_id in unpacked._aborted_producers
