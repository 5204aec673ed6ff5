"""Alarms to MongoDB: how each is now, and everything that became of it.

Two collections: ``alarms``, one document for each key, its newest change; and ``alarm_changes``,
one for each change. Ids come from the alarms, so writing twice changes nothing, and an older
change never stands in place of a newer one. Only what every server that speaks MongoDB's protocol
does alike is used: upserts in bulk, plain filters, sorting.
"""

from collections.abc import Iterator, Sequence

from pymongo import ASCENDING, DESCENDING, UpdateOne

from connectors.mongo import MongoSettings
from connectors.mongo_sink import MongoSink, Updates
from models.alarms.order import newest, order
from schemas.alarms import AlarmChange
from schemas.batch import Records
from schemas.codec import to_data

ALARMS, CHANGES = "alarms", "alarm_changes"

INDEXES = {
    CHANGES: [("alarm", ASCENDING), ("raised_at", DESCENDING)],
    ALARMS: [("active", ASCENDING), ("at", DESCENDING)],
}


class AlarmsSink(MongoSink):
    """Writes changes of alarms."""

    def __init__(self, settings: MongoSettings) -> None:
        super().__init__(settings, INDEXES)

    async def write(self, batch: Records[AlarmChange]) -> None:
        """Keep every change, and how each alarm is after them, as ``put`` does."""
        await self.put(_updates(batch.rows))


def _updates(changes: Sequence[AlarmChange]) -> Iterator[Updates]:
    history = [_in_history(each) for each in changes]
    yield Updates(collection=CHANGES, operations=history, ordered=False)
    current = [each for change in newest(changes) for each in _as_current(change)]
    yield Updates(collection=ALARMS, operations=current)


def _in_history(change: AlarmChange) -> UpdateOne:
    made = {"_id": f"{change.alarm_id}#{change.sequence}"}
    return UpdateOne(made, {"$set": to_data(change)}, upsert=True)


def _as_current(change: AlarmChange) -> tuple[UpdateOne, UpdateOne]:
    """Insert it where there is none; then put it in place of an older one."""
    document, key = to_data(change), {"_id": change.alarm}
    raised_at, sequence = order(change)
    older = [
        {"raised_at": {"$lt": raised_at}},
        {"raised_at": raised_at, "sequence": {"$lt": sequence}},
    ]
    return (
        UpdateOne(key, {"$setOnInsert": document}, upsert=True),
        UpdateOne({**key, "$or": older}, {"$set": document}),
    )
