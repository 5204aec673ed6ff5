"""The site book's rooms and sites as numbers, to find their telemetry in a batch."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.arrays import Column, Ints, where
from models.sites import SiteBook
from models.words import Vocabulary


class Rooms:
    """Rooms and their sites, each a number from 0 on in the order of the book."""

    def __init__(self, book: SiteBook) -> None:
        rooms = [
            (place, name, site, room)
            for place, (name, site) in enumerate(book.root.items())
            for room in site.rooms.items()
        ]
        self.sites = {name: place for place, name in enumerate(book.root)}
        self.site = np.array([place for place, *_ in rooms], np.intp)
        """The site of each room."""

        self.names: Column = pa.array([name for *_, (name, _) in rooms], pa.string())
        self.air_conditioners = {
            (site, room.air_conditioner): number
            for number, (_, site, _, (_, room)) in enumerate(rooms)
            if room.air_conditioner is not None
        }
        """Room by site and device."""

        sensors = list(dict.fromkeys(room.sensor for *_, (_, room) in rooms))
        self._sensor = Vocabulary(pa.array(sensors, pa.string()))
        self._site_names = pa.array(list(book.root), pa.string())
        at = {sensor: place for place, sensor in enumerate(sensors)}
        keys = np.array(
            [place * len(sensors) + at[room.sensor] for place, *_, (_, room) in rooms], np.intp
        )
        self._room = np.argsort(keys)
        self._keys = keys[self._room]

    def find(self, sites: Column, devices: Column) -> tuple[Ints, Ints]:
        """Rows of devices that measure a room, and the room of each.

        A batch without any costs one look at the names of its devices.
        """
        words = self._sensor(devices)
        rows = where(words.codes < len(words.distinct))
        if not rows.size:
            return rows, rows
        site = pc.index_in(sites.take(pa.array(rows)), value_set=self._site_names)
        site = site.fill_null(len(self.sites)).to_numpy().astype(np.intp)
        key = site * len(words.distinct) + words.codes[rows]
        place = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        theirs = where(self._keys[place] == key)
        return rows[theirs], self._room[place[theirs]]
