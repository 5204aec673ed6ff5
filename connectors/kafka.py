"""Where Kafka is and how to prove who we are to it: one setting for every client."""

import ssl
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr, model_validator


class Plaintext(BaseModel):
    """No encryption, no authentication: loopback and tests."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    protocol: Literal["plaintext"] = "plaintext"

    def librdkafka(self) -> dict[str, Any]:
        """Settings for librdkafka's clients."""
        return {"security.protocol": "PLAINTEXT"}

    def ssl_context(self) -> ssl.SSLContext | None:
        """Transport security for clients that take Python's own."""
        return None


class Tls(BaseModel):
    """Encrypted; the client shows a certificate if it has one (mutual TLS)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    protocol: Literal["tls"]
    ca_file: FilePath | None = None
    """Certificates to trust instead of the system's; a missing file fails at start."""

    certificate_file: FilePath | None = None
    key_file: FilePath | None = None
    key_password: SecretStr | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for name in ("key_file", "key_password"):
            if getattr(self, name) and not self.certificate_file:
                raise ValueError(f"{name} is of no use without certificate_file")
        self.ssl_context()
        return self

    def librdkafka(self) -> dict[str, Any]:
        """Settings for librdkafka's clients."""
        return {"security.protocol": "SSL", **_tls(self)}

    def ssl_context(self) -> ssl.SSLContext | None:
        """Transport security for clients that take Python's own."""
        context = _trusting(self.ca_file)
        if self.certificate_file:
            # a password is never asked for on the terminal: none is an empty one
            password = self.key_password.get_secret_value() if self.key_password else ""
            try:
                context.load_cert_chain(self.certificate_file, self.key_file, password)
            except ssl.SSLError as error:
                raise ValueError(
                    f"certificate_file, key_file and key_password do not fit: {error}"
                ) from error
        return context


class Sasl(BaseModel):
    """User and password, over TLS unless told otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    protocol: Literal["sasl"]
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    username: str = Field(min_length=1)
    password: SecretStr
    encrypted: bool = True
    """False sends over an open connection, with PLAIN the password too."""

    ca_file: FilePath | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.ca_file and not self.encrypted:
            raise ValueError("ca_file is of no use without encrypted")
        self.ssl_context()
        return self

    def librdkafka(self) -> dict[str, Any]:
        """Settings for librdkafka's clients."""
        tls = {"ssl.ca.location": str(self.ca_file)} if self.ca_file else {}
        return {
            "security.protocol": "SASL_SSL" if self.encrypted else "SASL_PLAINTEXT",
            "sasl.mechanism": self.mechanism,
            "sasl.username": self.username,
            "sasl.password": self.password.get_secret_value(),
            **tls,
        }

    def ssl_context(self) -> ssl.SSLContext | None:
        """Transport security for clients that take Python's own."""
        return _trusting(self.ca_file) if self.encrypted else None


Security = Annotated[Plaintext | Tls | Sasl, Field(discriminator="protocol")]


class KafkaSettings(BaseModel):
    """Where the brokers are, and how this worker stands in its group."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bootstrap_servers: str = Field("127.0.0.1:9092", pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$")
    """``host:port``, several joined by commas."""

    security: Security = Plaintext()
    instance: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,100}$")
    """Name of this worker within its flow, e.g. its host: a worker that comes back under its name
    gets its partitions back at once (static membership). No two workers may share one."""

    session_timeout_s: float = Field(10.0, ge=6.0, le=300.0)
    """Silence after which the group gives a worker's partitions to others; 6 s is the broker's
    own lower bound (group.min.session.timeout.ms)."""

    replication_factor: int = Field(1, ge=1, le=10)
    """Copies of each topic that ``engawa topics`` creates; 3 in production."""

    compression: Literal["none", "lz4", "zstd"] = "lz4"

    def librdkafka(self) -> dict[str, Any]:
        """What every librdkafka client needs to connect."""
        return {"bootstrap.servers": self.bootstrap_servers, **self.security.librdkafka()}


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=_text(ca_file))
    except ssl.SSLError as error:
        raise ValueError(f"ca_file {ca_file} holds no certificates: {error}") from error


def _tls(tls: Tls) -> dict[str, Any]:
    files = {
        "ssl.ca.location": _text(tls.ca_file),
        "ssl.certificate.location": _text(tls.certificate_file),
        "ssl.key.location": _text(tls.key_file),
        "ssl.key.password": tls.key_password.get_secret_value() if tls.key_password else None,
    }
    return {name: value for name, value in files.items() if value is not None}


def _text(path: Path | None) -> str | None:
    return str(path) if path else None
