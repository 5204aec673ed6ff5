"""Servers come up, prove service, stay, go, and leave nothing running."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from mypy_boto3_s3 import S3Client
from pymongo import MongoClient, UpdateOne

from compose.errors import BusyPortError, StartError, UnknownServerError
from compose.local import down, up
from compose.ports import is_busy, wait_until_free
from compose.progress import Progress
from compose.roster import RECIPES
from compose.settings import ServerSettings
from compose.status import Status, status, worker_environment

LARGE_BYTES = 12 * 1024 * 1024


@pytest.fixture
def settings() -> ServerSettings:
    return ServerSettings().with_free_ports()


@pytest.fixture
def state_dir(tmp_path: Path, settings: ServerSettings) -> Iterator[Path]:
    yield tmp_path / "state"
    down(settings=settings, state_dir=tmp_path / "state")


def test_a_name_nobody_knows_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(UnknownServerError, match=r"chronograf: .* kafka, influxdb, mongodb, s3"):
        up(["kafka", "chronograf"], settings=ServerSettings(), state_dir=tmp_path)


def test_a_busy_port_is_named_with_its_setting(settings: ServerSettings, state_dir: Path) -> None:
    taken = settings.s3_master_port
    with (
        socket.create_server(("127.0.0.1", taken)),
        pytest.raises(BusyPortError, match=f"{taken} .*ENGAWA_S3_MASTER_PORT"),
    ):
        up(["s3"], settings=settings, state_dir=state_dir)
    assert [s.state for s in status(settings=settings, state_dir=state_dir)] == ["stopped"] * 4


def test_servers_never_started_are_stopped_and_need_no_stopping(tmp_path: Path) -> None:
    down(settings=ServerSettings(), state_dir=tmp_path)
    looked = status(settings=ServerSettings(), state_dir=tmp_path)
    assert [(s.name, s.state, s.pid) for s in looked] == [(n, "stopped", None) for n in RECIPES]


@pytest.mark.integration
@pytest.mark.timeout(900)  # the first run of all builds InfluxDB
def test_all_servers_come_up_stay_and_go(settings: ServerSettings, state_dir: Path) -> None:
    told: list[Progress] = []
    up(settings=settings, state_dir=state_dir, report=told.append)
    first = status(settings=settings, state_dir=state_dir)
    assert [(s.name, s.state) for s in first] == [(name, "ready") for name in RECIPES]
    assert [p.name for p in told if p.stage == "ready"] == list(RECIPES)
    assert_out_of_reach(first)
    assert_kafka_takes_large_messages_where_allowed(settings)
    assert_mongodb_upserts(settings)
    store_in_influxdb_and_s3(settings)

    told.clear()
    up(settings=settings, state_dir=state_dir, report=told.append)
    assert [p.stage for p in told] == ["ready"] * 4
    again = status(settings=settings, state_dir=state_dir)
    assert [s.pid for s in first] == [s.pid for s in again]

    down(settings=settings, state_dir=state_dir)
    assert [s.state for s in status(settings=settings, state_dir=state_dir)] == ["stopped"] * 4
    assert not any(is_busy(port) for port in settings.ports().values())
    assert worker_environment(settings=settings, state_dir=state_dir) == {}

    up(["influxdb", "s3"], settings=settings, state_dir=state_dir)
    assert_influxdb_and_s3_remember(settings)


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_a_server_that_dies_while_starting_is_quoted(
    settings: ServerSettings, state_dir: Path
) -> None:
    (state_dir / "influxdb").mkdir(parents=True)
    (state_dir / "influxdb" / "data").write_text("not a folder")
    with pytest.raises(StartError, match=r"influxdb died while starting[^$]*not a directory"):
        up(["influxdb"], settings=settings, state_dir=state_dir)
    (looked,) = status(["influxdb"], settings=settings, state_dir=state_dir)
    assert looked.state == "failed"
    (state_dir / "influxdb" / "data").unlink()
    up(["influxdb"], settings=settings, state_dir=state_dir)


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_a_running_server_is_not_moved(settings: ServerSettings, state_dir: Path) -> None:
    up(["mongodb"], settings=settings, state_dir=state_dir)
    moved = settings.with_free_ports()
    with pytest.raises(StartError, match="already runs, on other ports"):
        up(["mongodb"], settings=moved, state_dir=state_dir)
    (looked,) = status(["mongodb"], settings=moved, state_dir=state_dir)
    assert (looked.state, looked.url) == ("ready", f"mongodb://127.0.0.1:{settings.mongodb_port}")


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_two_checkouts_do_not_fight(
    settings: ServerSettings, state_dir: Path, tmp_path: Path
) -> None:
    other = settings.with_free_ports()
    up(["mongodb"], settings=settings, state_dir=state_dir)
    up(["mongodb"], settings=other, state_dir=tmp_path / "other")
    down(settings=other, state_dir=tmp_path / "other")
    (ours,) = status(["mongodb"], settings=settings, state_dir=state_dir)
    assert ours.state == "ready"


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_a_killed_broker_is_seen_and_comes_back(settings: ServerSettings, state_dir: Path) -> None:
    up(["kafka"], settings=settings, state_dir=state_dir)
    (before,) = status(["kafka"], settings=settings, state_dir=state_dir)
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    assert wait_until_free([settings.kafka_port], patience_s=10)
    (killed,) = status(["kafka"], settings=settings, state_dir=state_dir)
    up(["kafka"], settings=settings, state_dir=state_dir)
    (after,) = status(["kafka"], settings=settings, state_dir=state_dir)
    assert ("failed", "ready") == (killed.state, after.state)


def assert_out_of_reach(looked: list[Status]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
        route.connect(("192.0.2.1", 9))  # TEST-NET-1: a datagram socket sends nothing by this
        own_address = route.getsockname()[0]
    for port in (port for one in looked for port in one.ports.values()):
        with socket.socket() as outside:
            assert outside.connect_ex((own_address, port)) != 0, f"{own_address}:{port} answers"


def assert_kafka_takes_large_messages_where_allowed(settings: ServerSettings) -> None:
    where: dict[str, str | int | float | bool] = {
        "bootstrap.servers": f"127.0.0.1:{settings.kafka_port}"
    }
    topic = NewTopic("large", 1, config={"max.message.bytes": str(LARGE_BYTES)})
    admin = AdminClient(where)
    admin.create_topics([topic])["large"].result(30)
    refusals: list[object] = []
    producer = Producer({**where, "message.max.bytes": LARGE_BYTES})
    producer.produce("large", bytes(10_000_000), on_delivery=lambda e, _: refusals.append(e))
    assert producer.flush(30) == 0
    assert refusals == [None]


def assert_mongodb_upserts(settings: ServerSettings) -> None:
    with MongoClient[dict[str, object]](f"mongodb://127.0.0.1:{settings.mongodb_port}") as client:
        rooms = client["engawa"]["rooms"]
        for _ in range(2):
            rooms.bulk_write([UpdateOne({"_id": 1}, {"$set": {"free": True}}, upsert=True)])
        assert list(rooms.find()) == [{"_id": 1, "free": True}]


def store_in_influxdb_and_s3(settings: ServerSettings) -> None:
    influxdb = f"http://127.0.0.1:{settings.influxdb_port}"
    httpx.post(f"{influxdb}/query", data={"q": "CREATE DATABASE kept"}).raise_for_status()
    httpx.post(f"{influxdb}/write?db=kept", content="m v=42 1").raise_for_status()
    s3_client(settings, "engawa-local").create_bucket(Bucket="kept")
    s3_client(settings, "engawa-local").put_object(Bucket="kept", Key="k", Body=b"kept")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        s3_client(settings, "guessed").get_object(Bucket="kept", Key="k")


def assert_influxdb_and_s3_remember(settings: ServerSettings) -> None:
    influxdb = f"http://127.0.0.1:{settings.influxdb_port}"
    answer = httpx.get(f"{influxdb}/query", params={"q": "SELECT v FROM kept..m"}).json()
    assert answer["results"][0]["series"][0]["values"][0][1] == 42
    found = s3_client(settings, "engawa-local").get_object(Bucket="kept", Key="k")
    assert found["Body"].read() == b"kept"


def s3_client(settings: ServerSettings, secret_key: str) -> S3Client:
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{settings.s3_port}",
        aws_access_key_id="engawa",
        aws_secret_access_key=secret_key,
        region_name="us-east-1",
    )
