from connectors.departures import Sent
from connectors.faults import Damage, Fault
from connectors.tally import Tally
from schemas.records import Reading, Telemetry

READINGS = (Reading(resource="temperature", value=1.0), Reading(resource="humidity", value=2.0))


def sent(at: int, fault: Fault | None = None, damage: Damage | None = None) -> Sent:
    record = Telemetry(
        event_id=str(at), site="s", device="d", profile="p", at=at, readings=READINGS, tags={}
    )
    return Sent(record=record, key=b"s/d", value=b"", due_ms=at, fault=fault, damage=damage)


def test_a_tally_counts_messages_readings_faults_and_damage() -> None:
    tally = Tally()
    tally.add([sent(5), sent(3, Fault.SPIKE)])
    tally.add([sent(9, Fault.MALFORMED, Damage.TRUNCATED), sent(7, Fault.SPIKE)])

    assert (4, 8) == (tally.sent, tally.readings)
    assert {"spike": 2, "malformed": 1} == tally.by_fault
    assert {"truncated": 1} == tally.by_damage


def test_a_tally_knows_the_first_and_the_last_time() -> None:
    tally = Tally()
    assert (None, None) == (tally.first_at, tally.last_at)

    tally.add([sent(5), sent(3)])
    tally.add([sent(4), sent(9)])

    assert (3, 9) == (tally.first_at, tally.last_at)
