import json

from models.alarms.state import AlarmState, BookPages, opened, pages
from schemas.codec import encode, schema, schema_of, to_data, write_body

STATE = AlarmState(alarm="a/b/c/d", sequence=3, judged=2)


def test_states_and_requests_come_back_in_their_order() -> None:
    states, requests = opened(pages([encode(STATE)], ["r-2", "r-1"]))

    assert [(STATE, encode(STATE))] == list(states)
    assert ("r-2", "r-1") == requests


def test_what_an_earlier_version_saved_is_read_by_its_own_schema() -> None:
    definition = json.loads(schema_of(AlarmState).text)
    later = {"seen_since", "past"}
    definition["fields"] = [each for each in definition["fields"] if each["name"] not in later]
    earlier = schema(definition)
    data = {name: value for name, value in to_data(STATE).items() if name not in later}
    book = BookPages(
        schema=json.dumps(definition), alarms=(write_body(data, earlier),), requests=()
    )

    states, _ = opened(encode(book))
    assert [(STATE, encode(STATE))] == list(states)
