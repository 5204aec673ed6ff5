"""What is written down about a server finds it again."""

from pathlib import Path

from compose.place import Place
from compose.process import Process
from compose.roster import places
from compose.settings import ServerSettings


def place(state_dir: Path, name: str = "kafka") -> Place:
    (found,) = places([name], ServerSettings(), state_dir)
    found.home.mkdir(parents=True, exist_ok=True)
    return found


def test_a_server_never_started_has_no_record(tmp_path: Path) -> None:
    assert place(tmp_path).record() is None


def test_a_record_comes_back_with_process_and_ports(tmp_path: Path) -> None:
    kafka, process = place(tmp_path), Process(pid=7, born="today")
    kafka.write_down(process)
    record = place(tmp_path).record()
    assert record is not None
    assert (process, kafka.ports()) == (record.process, record.ports)


def test_a_stopped_server_is_forgotten(tmp_path: Path) -> None:
    kafka = place(tmp_path)
    kafka.write_down(Process(pid=7, born="today"))
    kafka.forget()
    assert kafka.record() is None


def test_a_running_server_is_found_where_it_was_started(tmp_path: Path) -> None:
    kafka = place(tmp_path)
    kafka.write_down(Process(pid=7, born="today"))
    record = kafka.record()
    (moved,) = places(["kafka"], ServerSettings(kafka_port=19_000), tmp_path)
    assert record is not None
    assert moved.url() == "127.0.0.1:19000"
    assert moved.as_recorded(record).url() == kafka.url()


def test_the_last_words_are_the_end_of_the_log(tmp_path: Path) -> None:
    kafka = place(tmp_path)
    assert kafka.last_words() == "(its log is empty)"
    kafka.log.write_bytes(b"one\ntwo \xff\nthree\n")
    assert kafka.last_words(2) == "two \ufffd\nthree"


def test_a_worker_gets_address_and_key(tmp_path: Path) -> None:
    assert place(tmp_path, "s3").worker_environment() == {
        "ENGAWA_S3__ENDPOINT_URL": "http://127.0.0.1:8333",
        "ENGAWA_S3__ACCESS_KEY": "engawa",
        "ENGAWA_S3__SECRET_KEY": "engawa-local",
    }
