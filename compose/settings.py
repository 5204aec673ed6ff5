"""The local servers' settings: ports, the S3 key, and where downloads are kept."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from platformdirs import user_cache_path
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from compose.ports import free_ports

PortNumber = Annotated[int, Field(ge=1024, le=65535)]


class ServerSettings(BaseSettings):
    """What the environment, or an `.env` file beside the caller, says about local servers.

    Every field is `ENGAWA_` and its name in capitals, but for `JAVA_HOME` and the S3 key, which
    keep the names that other readers of the same environment know.
    """

    model_config = SettingsConfigDict(
        env_prefix="ENGAWA_",
        env_ignore_empty=True,
        env_file=".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    cache_dir: Path = Field(default_factory=lambda: user_cache_path("engawa"))
    java_home: Path | None = Field(default=None, validation_alias="JAVA_HOME")

    kafka_port: PortNumber = 9092
    kafka_controller_port: PortNumber = 9093
    kafka_heap_mb: int = Field(default=512, ge=128)
    influxdb_port: PortNumber = 8086
    mongodb_port: PortNumber = 27017
    s3_port: PortNumber = 8333
    s3_grpc_port: PortNumber = 18333
    s3_master_port: PortNumber = 9333
    s3_master_grpc_port: PortNumber = 19333
    s3_volume_port: PortNumber = 9334
    s3_volume_grpc_port: PortNumber = 19334
    s3_filer_port: PortNumber = 9335
    s3_filer_grpc_port: PortNumber = 19335

    # Good for a server that only this machine can reach, and for nothing else.
    s3_access_key: str = Field(
        default="engawa", min_length=1, validation_alias="ENGAWA_S3__ACCESS_KEY"
    )
    s3_secret_key: SecretStr = Field(
        default=SecretStr("engawa-local"), min_length=1, validation_alias="ENGAWA_S3__SECRET_KEY"
    )

    @model_validator(mode="after")
    def _one_server_a_port(self) -> Self:
        for number, times in Counter(self.ports().values()).items():
            if times > 1:
                shared = sorted(name for name, port in self.ports().items() if port == number)
                raise ValueError(f"{' and '.join(shared)} are the same port, {number}")
        return self

    def ports(self) -> dict[str, int]:
        """Every port number by the environment variable that sets it."""
        return {
            f"ENGAWA_{name.upper()}": getattr(self, name)
            for name in type(self).model_fields
            if name.endswith("_port")
        }

    def with_free_ports(self) -> Self:
        """Return the same settings on ports that nobody uses at this moment."""
        settings = self.ports()
        return self.with_ports(dict(zip(settings, free_ports(len(settings)), strict=True)))

    def with_ports(self, ports: Mapping[str, int]) -> Self:
        """Return the same settings with these port numbers, by environment variable."""
        fields = {name.removeprefix("ENGAWA_").lower(): port for name, port in ports.items()}
        return self.model_copy(update=fields)
