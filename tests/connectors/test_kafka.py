"""One setting says who we are to Kafka; both clients take it, and nonsense fails by field name."""

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from pydantic import ValidationError

from connectors.kafka import KafkaSettings, Plaintext, Sasl, Tls


def settings(**security: Any) -> KafkaSettings:
    return KafkaSettings.model_validate({"security": security})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate and its encrypted key, whose password is ``open``."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-subj", "/CN=localhost", "-days", "2", "-passout", "pass:open"),
            *("-out", str(cert), "-keyout", str(key)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


def test_without_a_word_about_security_the_connection_is_open() -> None:
    kafka = KafkaSettings.model_validate({})

    assert isinstance(kafka.security, Plaintext)
    assert None is kafka.security.ssl_context()
    assert {
        "bootstrap.servers": "127.0.0.1:9092",
        "security.protocol": "PLAINTEXT",
    } == kafka.librdkafka()


def test_tls_with_a_client_certificate_reaches_both_clients(
    certificate: tuple[Path, Path],
) -> None:
    cert, key = map(str, certificate)
    kafka = settings(
        protocol="tls", ca_file=cert, certificate_file=cert, key_file=key, key_password="open"
    )

    assert {
        "bootstrap.servers": "127.0.0.1:9092",
        "security.protocol": "SSL",
        "ssl.ca.location": cert,
        "ssl.certificate.location": cert,
        "ssl.key.location": key,
        "ssl.key.password": "open",
    } == kafka.librdkafka()
    context = kafka.security.ssl_context()
    assert context is not None
    assert ssl.CERT_REQUIRED == context.verify_mode
    assert context.check_hostname
    assert 1 == len(context.get_ca_certs())
    Producer(kafka.librdkafka())  # librdkafka loads the files at once, and would raise


def test_tls_without_files_trusts_the_system() -> None:
    assert "SSL" == settings(protocol="tls").librdkafka()["security.protocol"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize(("encrypted", "protocol"), [(True, "SASL_SSL"), (False, "SASL_PLAINTEXT")])
def test_user_and_password_reach_librdkafka(
    *, mechanism: str, encrypted: bool, protocol: str
) -> None:
    kafka = settings(
        protocol="sasl", mechanism=mechanism, username="ada", password="s3", encrypted=encrypted
    )

    assert {
        "bootstrap.servers": "127.0.0.1:9092",
        "security.protocol": protocol,
        "sasl.mechanism": mechanism,
        "sasl.username": "ada",
        "sasl.password": "s3",
    } == kafka.librdkafka()
    assert encrypted == (kafka.security.ssl_context() is not None)
    Producer(kafka.librdkafka())


def test_sasl_over_tls_trusts_the_given_authority(certificate: tuple[Path, Path]) -> None:
    kafka = settings(protocol="sasl", username="ada", password="s3", ca_file=str(certificate[0]))

    assert str(certificate[0]) == kafka.librdkafka()["ssl.ca.location"]
    context = kafka.security.ssl_context()
    assert context is not None
    assert 1 == len(context.get_ca_certs())


@pytest.mark.parametrize(
    ("security", "field"),
    [
        ({"protocol": "kerberos"}, "security"),
        ({"protocol": "tls", "ca_file": "/nowhere/ca.pem"}, "ca_file"),
        ({"protocol": "tls", "username": "ada"}, "username"),
        ({"protocol": "tls", "key_file": __file__}, "key_file"),
        ({"protocol": "tls", "key_password": "x"}, "key_password"),
        ({"protocol": "tls", "ca_file": __file__}, "ca_file"),
        ({"protocol": "tls", "certificate_file": __file__}, "certificate_file"),
        ({"protocol": "sasl", "username": "ada"}, "password"),
        ({"protocol": "sasl", "password": "s3"}, "username"),
        ({"protocol": "sasl", "username": "", "password": "s3"}, "username"),
        (
            {"protocol": "sasl", "mechanism": "MD5", "username": "ada", "password": "s3"},
            "mechanism",
        ),
        (
            {
                "protocol": "sasl",
                "username": "ada",
                "password": "s3",
                "encrypted": False,
                "ca_file": __file__,
            },
            "ca_file",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_fails_by_its_name(
    security: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**security)

    [error] = caught.value.errors()
    assert field in (*error["loc"], *error["msg"].replace(",", " ").split())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bootstrap_servers", "localhost"),
        ("bootstrap_servers", "a:1, b:2"),
        ("instance", "two words"),
        ("session_timeout_s", 1),
        ("replication_factor", 0),
        ("compression", "gzip9"),
    ],
)
def test_any_other_setting_that_makes_no_sense_does_too(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        KafkaSettings.model_validate({field: value})


def test_no_password_is_ever_shown(certificate: tuple[Path, Path]) -> None:
    cert, key = map(str, certificate)
    sasl = Sasl.model_validate({"protocol": "sasl", "username": "ada", "password": "hush"})
    tls = Tls.model_validate(
        {"protocol": "tls", "certificate_file": cert, "key_file": key, "key_password": "open"}
    )

    assert "hush" not in repr(sasl)
    assert "hush" not in sasl.model_dump_json()
    assert "'open'" not in repr(tls)


def test_not_even_where_settings_are_wrong() -> None:
    with pytest.raises(ValidationError) as caught:
        settings(protocol="sasl", username="", password="hush")

    assert "hush" not in str(caught.value)
