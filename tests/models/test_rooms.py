import numpy as np
import pyarrow as pa

from models.rooms import Rooms
from models.sites import SiteBook
from tests.models.room_logs import BOOK


def test_a_room_is_found_by_its_site_and_its_sensor() -> None:
    rooms = Rooms(BOOK)
    sites = pa.array(["tower", "annex", "tower", "farm", "nowhere", "tower"])
    devices = pa.array(["room-2", "room-1", "room-1", "room-1", "room-1", "air-1"])
    rows, room = rooms.find(sites, devices)
    assert [0, 1, 2] == rows.tolist()
    assert ["two", "one", "one"] == [rooms.names[place].as_py() for place in room.tolist()]
    names = list(BOOK.root)
    assert ["tower", "annex", "tower"] == [names[place] for place in rooms.site[room].tolist()]


def test_a_sensor_that_another_site_has_too_is_no_room_here() -> None:
    rooms = Rooms(BOOK)
    rows, _ = rooms.find(pa.array(["annex"]), pa.array(["room-2"]))
    assert 0 == rows.size


def test_a_book_without_rooms_finds_none() -> None:
    rows, room = Rooms(SiteBook({})).find(pa.array(["a"]), pa.array(["b"]))
    assert (0, 0) == (rows.size, room.size)
    assert np.intp == rows.dtype
