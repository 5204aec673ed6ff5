"""The models that are used now: the newest that proved themselves, looked for again and again."""

import logging
from collections.abc import Sequence

from models.energy.model import EnergyModel
from models.energy.settings import EnergySettings
from models.energy.store import Store
from models.energy.versions import Stamp

log = logging.getLogger(__name__)


class UsedModels:
    """Models in the order of preference. Not safe to be used by several threads.

    A model goes on being used until another version has proven itself, whatever happens to its
    files meanwhile.
    """

    def __init__(self, settings: EnergySettings) -> None:
        self._settings, self._store = settings, Store(settings)
        self._models: dict[str, EnergyModel] = {}
        self._stamps: dict[str, Stamp] = {}
        self.refused: dict[tuple[str, int], str] = {}
        """Versions that cannot be used, and why; version 0 stands for the choice of one."""

        self.refresh()

    def __call__(self) -> Sequence[EnergyModel]:
        """The models that can be asked."""
        return [self._models[name] for name in self._settings.models if name in self._models]

    def refresh(self) -> bool:
        """Look whether there are other versions, which costs little; say if another one is used."""
        before = self()
        for name in self._settings.models:
            stamp = self._store.stamp(name)
            if self._stamps.get(name) != stamp:
                self._stamps[name] = stamp
                self._take(name)
        return before != self()

    def _take(self, name: str) -> None:
        for key in [each for each in self.refused if each[0] == name]:
            del self.refused[key]
        wrong: dict[int, str] = {}
        model = self._store.used(name, wrong.__setitem__)
        for version, why in wrong.items():
            self.refused[name, version] = why
            log.warning("version %d of the model %s is refused: %s", version, name, why)
        old = self._models.get(name)
        if model is None or (old and old.card == model.card):
            return
        if old and wrong and model.card.version < old.card.version:
            return  # what was to be used failed: better what is known than what is older
        self._models[name] = model
        log.info("version %d of the model %s is used", model.card.version, name)
