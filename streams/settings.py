"""Settings: the environment (ENGAWA_KAFKA__BOOTSTRAP_SERVERS and so on), or a ``.env`` file.

Each connector's and agent's own settings are defined beside it and only put together here.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from agents.clean import CleanSettings
from agents.enrich import EnrichSettings
from connectors.channel import Secrets
from connectors.energy_points import EnergyPointsSettings
from connectors.frame_buffer import CameraSettings
from connectors.frame_store import FrameSettings
from connectors.influx import InfluxSettings
from connectors.kafka import KafkaSettings
from connectors.mongo import MongoSettings
from connectors.object_store import ObjectStoreSettings
from connectors.registry import RegistrySettings
from connectors.serving_settings import ServingSettings
from connectors.weather_settings import WeatherSettings
from models.alarms.settings import AlarmSettings
from models.crowd.settings import CrowdSettings
from models.energy.settings import EnergySettings
from models.faces.settings import FaceSettings
from models.faces.tracks import TrackSettings
from models.frame_settings import RouteSettings, SceneSettings
from models.shadows.settings import CommandSettings
from models.sites import SiteSettings


class WorkerSettings(BaseModel):
    """How a worker reads, and where it shows how it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_records: int = Field(10_000, ge=1, le=100_000)
    """Most messages in a batch. Larger ones cost less each; a batch is what is in memory at once,
    and what is read again after a crash."""

    fetch_bytes: int = Field(4 * 1024 * 1024, ge=64 * 1024, le=64 * 1024 * 1024)
    """Most bytes fetched of one partition at once."""

    queued_batches: int = Field(1, ge=1, le=1000)
    """Batches of a partition that may wait for a step before no more of the partition is read."""

    fetch_pause_s: float = Field(0.01, ge=0, le=5)
    """Pause after a fetch of few messages. A quiet site's events wait this long at most; a busy
    one's are bundled instead of costing a batch each."""

    memory_interval_s: float = Field(10.0, gt=0, le=3600)
    """How often an agent that remembers is saved; as much is read again after a crash."""

    commit_interval_s: float = Field(1.0, gt=0, le=60)
    http_host: str = "127.0.0.1"
    http_port: int = Field(0, ge=0, le=65535)
    """Port of /metrics and /health; 0 takes a free one, which is logged at start."""


class Settings(BaseSettings):
    """Everything that differs between deployments."""

    model_config = SettingsConfigDict(
        env_prefix="ENGAWA_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # it may be a password
    )

    kafka: KafkaSettings = KafkaSettings()
    registry: RegistrySettings | None = None
    worker: WorkerSettings = WorkerSettings()
    clean: CleanSettings = CleanSettings()
    influx: InfluxSettings = InfluxSettings()
    s3: ObjectStoreSettings = ObjectStoreSettings()
    mongo: MongoSettings = MongoSettings()
    alarms: AlarmSettings = AlarmSettings()
    sites: SiteSettings = SiteSettings()
    weather: WeatherSettings = WeatherSettings()
    enrich: EnrichSettings = EnrichSettings()
    energy: EnergySettings = EnergySettings()
    energy_points: EnergyPointsSettings = EnergyPointsSettings()
    commands: CommandSettings = CommandSettings()
    serving: ServingSettings = ServingSettings()
    camera: CameraSettings = CameraSettings()
    frames: FrameSettings = FrameSettings()
    route: RouteSettings = RouteSettings()
    scene: SceneSettings = SceneSettings()
    faces: FaceSettings = FaceSettings()
    tracks: TrackSettings = TrackSettings()
    crowd: CrowdSettings = CrowdSettings()
    secret: Secrets = Secrets()
    """What channels must not have in the rules file, e.g. ENGAWA_SECRET__FARM_DISCORD."""

    @model_validator(mode="after")
    def _profiles_are_the_same(self) -> Self:
        if self.clean.profiles_file != self.alarms.profiles_file:
            raise ValueError("alarms.profiles_file has to be the same as clean.profiles_file")
        return self
