"""Count: the faces of frames -> how many people were there, of what kind, and for how long."""

from models.crowd.census import Census
from models.crowd.settings import CrowdRules, CrowdSettings
from models.sites import SiteSettings


class Count(Census):
    """Counts the people of one partition's sites by the site book."""

    def __init__(self, settings: CrowdSettings, sites: SiteSettings) -> None:
        super().__init__(CrowdRules.of(settings, sites.book()))
