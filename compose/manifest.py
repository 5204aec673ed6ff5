"""The one list of servers, read from `servers.yaml` and refused when it makes no sense."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

MANIFEST = Path(__file__).with_name("servers.yaml")


class Row(BaseModel):
    """A part of the manifest: exact field names, never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Port(Row):
    """A default port number and the environment variable that replaces it."""

    number: int = Field(ge=1024, le=65535)
    setting: str = Field(pattern=r"^ENGAWA_[A-Z0-9_]+_PORT$")


class MavenSource(Row):
    """Jars from Maven Central, as `group:artifact:version`, with what they depend on."""

    kind: Literal["maven"]
    coordinates: tuple[Annotated[str, Field(pattern=r"^[\w.-]+:[\w.-]+:[\w.-]+$")], ...]


class GoSource(Row):
    """A Go program, as `package@version`, built on this machine."""

    kind: Literal["go"]
    package: str = Field(pattern=r"^[\w./-]+@v[\w.-]+$")


class PypiSource(Row):
    """A program in a wheel, as `name==version`; `hashes` are those of its wheels."""

    kind: Literal["pypi"]
    requirement: str = Field(pattern=r"^[\w.-]+==[\w.]+$")
    hashes: tuple[Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")], ...] = Field(
        min_length=1
    )


Source = Annotated[MavenSource | GoSource | PypiSource, Field(discriminator="kind")]


class Server(Row):
    """One server: its version, where it comes from, its image, ports and addresses."""

    title: str
    version: str
    image: str = Field(pattern=r"^[\w./-]+:[\w.-]+$")
    ports: Mapping[str, Port] = Field(min_length=1)
    url: str
    source: Source | None = None
    stand_in: str = ""
    environment: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_version(self) -> Self:
        if self.source and self.version not in self.source.model_dump_json():
            raise ValueError(f"the source does not name version {self.version}")
        if not self.stand_in and self.version not in self.image:
            raise ValueError(f"the image {self.image} is not version {self.version}")
        return self

    @model_validator(mode="after")
    def _url_of_known_ports(self) -> Self:
        try:
            self.url.format(**{name: port.number for name, port in self.ports.items()})
        except KeyError as unknown:
            raise ValueError(f"the url names a port that is not listed: {unknown}") from None
        return self


Manifest = Mapping[str, Server]


def load_manifest(path: Path = MANIFEST) -> Manifest:
    """Read the manifest, servers by name in the order they are started.

    Raises pydantic's ValidationError, naming the server and the field, when it makes no sense.
    """
    return TypeAdapter(dict[str, Server]).validate_python(yaml.safe_load(path.read_text()))
