"""Settings on their way to Faust's client."""

import ssl
import subprocess
from pathlib import Path
from typing import Any

import faust
import pytest

from connectors.kafka import KafkaSettings
from streams.app import create_app, credentials
from streams.flow import Flow
from streams.settings import Settings


def kafka(**given: Any) -> KafkaSettings:
    return KafkaSettings.model_validate(given)


def test_nobody_asks_who_we_are_on_an_open_connection() -> None:
    assert None is credentials(kafka())


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_user_and_password_reach_faust(mechanism: str) -> None:
    security = {"protocol": "sasl", "mechanism": mechanism, "username": "ada", "password": "hush"}

    found = credentials(kafka(security=security))

    assert isinstance(found, faust.SASLCredentials)
    assert mechanism == found.mechanism.value
    assert ("ada", "hush") == (found.username, found.password)
    assert isinstance(found.ssl_context, ssl.SSLContext)


def test_unencrypted_credentials_have_no_tls() -> None:
    security = {"protocol": "sasl", "username": "ada", "password": "hush", "encrypted": False}

    found = credentials(kafka(security=security))

    assert None is found.ssl_context


def test_certificates_reach_faust(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=localhost", "-days", "2"),
            *("-out", str(cert), "-keyout", str(key)),
        ],
        check=True,
        capture_output=True,
    )
    security = {
        "protocol": "tls",
        "ca_file": str(cert),
        "certificate_file": str(cert),
        "key_file": str(key),
    }

    found = credentials(kafka(security=security))

    assert isinstance(found, faust.SSLCredentials)
    assert 1 == len(found.context.get_ca_certs())


@pytest.mark.parametrize("session_timeout_s", [6.0, 10.0, 90.0, 300.0])
async def test_faust_takes_every_session_timeout_that_the_settings_take(
    session_timeout_s: float,
) -> None:
    settings = Settings(_env_file=None).model_copy(
        update={"kafka": kafka(session_timeout_s=session_timeout_s)}
    )

    conf = create_app(Flow("f", ()), settings).conf

    assert conf.broker_heartbeat_interval < conf.broker_session_timeout
    assert conf.broker_session_timeout <= conf.broker_request_timeout
