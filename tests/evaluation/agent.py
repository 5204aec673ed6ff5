"""The recommender as it runs: the agent itself, fed what a server hall's flow would feed it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

from agents.recommend import Recommend
from models.energy.settings import EnergySettings
from models.energy.used import UsedModels
from models.sites import SiteSettings
from schemas.batch import Columns, Origin
from schemas.columns import arrow_schema
from schemas.energy import EnergyRecommendation, EnrichedReading
from tests.evaluation.building import RATED_IT_KW
from tests.evaluation.cases import Recommender
from tests.evaluation.view import Reading, View
from tests.evaluation.weather_file import Place

SITE, ROOM, SENSOR, CONDITIONER = "evaluation", "hall", "hall-sensor", "hall-conditioner"
TOPIC = "energy.enriched.v1"


def write_site_book(folder: Path, place: Place) -> Path:
    """A site book with this one hall; its limits are the shipped ones."""
    site = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "time_zone": f"Etc/GMT{-place.utc_hours:+.0f}",
        "rooms": {
            ROOM: {
                "sensor": SENSOR,
                "air_conditioner": CONDITIONER,
                "rated_it_kw": RATED_IT_KW,
            }
        },
    }
    book = folder / "sites.yaml"
    book.write_text(yaml.safe_dump({SITE: site}))
    return book


class Agent:
    """Asks the agent every minute, and does what it recommended last."""

    def __init__(self, book: Path, of: Recommender) -> None:
        settings = EnergySettings(
            models=list(of.models), experience=of.experience, models_folder=book.parent / "none"
        )
        self._recommend = Recommend(SiteSettings(sites_file=book), settings)
        self._layout = arrow_schema(EnrichedReading)
        self._offset = 0
        self.reasons: dict[str, int] = {}
        """How often it gave which reason."""

    def wish(self, view: View) -> float:
        """What it recommends, or the present setpoint if it says nothing."""
        wish_c = view.setpoint_c
        for each in [*self._recommend.tick(view.now), *self._recommended(view)]:
            wish_c = each.setpoint_c
            reason = each.reason.value
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        return wish_c

    def _recommended(self, view: View) -> list[EnergyRecommendation]:
        if not view.readings:
            return []
        rows = pa.RecordBatch.from_pylist(
            [_row(each) for each in view.readings], schema=self._layout
        )
        count = rows.num_rows
        origin = Origin(
            topic=TOPIC,
            partition=0,
            offsets=np.arange(self._offset, self._offset + count),
            logged_at=np.full(count, view.now),
        )
        self._offset += count
        answers = self._recommend(Columns(record=EnrichedReading, rows=rows, origin=origin))
        return list(answers)


def _row(reading: Reading) -> dict[str, object]:
    return {
        "event_id": f"{reading.at:032x}",
        "site": SITE,
        "device": SENSOR,
        "room": ROOM,
        "at": reading.at,
        "indoor_temperature_c": reading.inlet_c,
        "indoor_humidity_percent": reading.humidity_percent,
        "it_power_kw": reading.it_power_kw,
        "quality": reading.quality.value,
        "dew_point_c": None,
        "outdoor_temperature_c": reading.weather.temperature_c,
        "outdoor_humidity_percent": reading.weather.humidity_percent,
        "weather_state": reading.weather.state,
        "weather_age_s": reading.weather.age_s,
        "weather_stale": reading.weather.stale,
        "setpoint_c": reading.setpoint_c,
        "setpoint_age_s": reading.setpoint_age_s,
    }


def used_models() -> str:
    """The models that are measured, with version and hash."""
    used = UsedModels(EnergySettings(models_folder=Path("none")))()
    return ", ".join(
        f"{each.card.name} {each.card.version} ({each.card.sha256[:12]})" for each in used
    )
