"""The model store: which version of each model is used, and how another one comes to be.

A version is used only after it has proven itself. The one that was chosen is, or without a choice
the newest; one that fails is passed over for the next older one, and a running worker keeps what
it has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.energy.card import Card, read_card
from models.energy.inputs import PLACE
from models.energy.model import EnergyModel, open_version
from models.energy.settings import EnergySettings
from models.energy.versions import Stamp, Versions, discard
from models.onnx import ModelError


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as it lies there."""

    name: str
    version: int
    folder: Path
    used: bool
    card: Card | None
    wrong: str
    """Why it cannot be used; empty if it can."""


class Store:
    """Shipped and own versions together."""

    def __init__(self, settings: EnergySettings) -> None:
        self._versions = Versions(settings.shipped_folder, settings.models_folder)
        self._settings = settings

    @property
    def names(self) -> Sequence[str]:
        """Every model that has a version."""
        return self._versions.names()

    def open(self, name: str, version: int) -> EnergyModel:
        """A version, once it has proven itself: hash, card, signature and smoke tests.

        Raises:
            ModelError: there is none, or it does not.

        """
        folder = self._versions.of(name).get(version)
        if folder is None:
            raise ModelError(f"{name} has no version {version}")
        model = self._proven(folder)
        if (model.card.name, model.card.version) != (name, version):
            raise ModelError(f"the card is of {model.card.name} {model.card.version}")
        return model

    def used(self, name: str, refused: Callable[[int, str], None]) -> EnergyModel | None:
        """The version to be used, if any is sound; ``refused`` hears of those that are not.

        Raises:
            ModelError: that is no name of a model.

        """
        for version in self._candidates(name, refused):
            try:
                return self.open(name, version)
            except ModelError as error:
                refused(version, str(error))
        return None

    def stamp(self, name: str) -> Stamp:
        """Something that changes with the versions of a model and with what is chosen."""
        return self._versions.stamp(name)

    def listed(self, name: str) -> Sequence[Listed]:
        """Every version of a model, the newest first, each of them tested."""
        used = self.used(name, lambda *_: None)
        number = used.card.version if used else 0
        return [
            self._look(name, version, folder, used=version == number)
            for version, folder in reversed(self._versions.of(name).items())
        ]

    def use(self, name: str, version: int | None) -> EnergyModel | None:
        """Choose a version, after it has proven itself; None: the newest, now and later on.

        Raises:
            ModelError: there is none, or it is not sound; then nothing changes.

        """
        if not self._versions.of(name):
            raise ModelError(f"{name} has no version at all")
        model = self.open(name, version) if version is not None else None
        self._versions.choose(name, version)
        return model or self.used(name, lambda *_: None)

    def rollback(self, name: str) -> EnergyModel:
        """Choose the newest sound version before the one that is used.

        Raises:
            ModelError: there is none.

        """
        used = self.used(name, lambda *_: None)
        for version in reversed(self._versions.of(name)):
            if used and version < used.card.version:
                try:
                    model = self.open(name, version)
                except ModelError:
                    continue
                self._versions.choose(name, version)
                return model
        raise ModelError(f"{name} has no sound version before the one that is used")

    def add(self, folder: Path) -> EnergyModel:
        """Take in a version: a folder with a card and a model, copied and tested.

        It is used at once unless another one was chosen.

        Raises:
            ModelError: it is not sound, or there is such a version already.

        """
        card = read_card(folder)
        draft = self._versions.draft(card.name, folder)
        try:
            model = self._proven(draft)
            self._versions.publish(model.card.name, model.card.version, draft)
        finally:
            discard(draft)
        return model

    def next_version(self, name: str) -> int:
        """The number of the version after the newest."""
        return max(self._versions.of(name), default=0) + 1

    def _candidates(self, name: str, refused: Callable[[int, str], None]) -> Sequence[int]:
        versions = self._versions.of(name)
        newest = max(versions, default=0)
        try:
            chosen = self._versions.chosen(name)
        except ModelError as error:
            refused(0, str(error))
            chosen = None
        if chosen is not None and chosen not in versions:
            refused(chosen, f"{name} has no version {chosen}")
        return [each for each in reversed(versions) if each <= (chosen or newest)]

    def _look(self, name: str, version: int, folder: Path, *, used: bool) -> Listed:
        card = None
        try:
            card = read_card(folder)
            self.open(name, version)
        except ModelError as error:
            return Listed(name, version, folder, used, card, str(error))
        return Listed(name, version, folder, used, card, "")

    def _proven(self, folder: Path) -> EnergyModel:
        settings = self._settings
        model = open_version(folder, threads=settings.threads, providers=settings.providers)
        card = model.card
        if unknown := [each.name for each in card.columns if each.name not in PLACE]:
            raise ModelError(f"nothing is known of the inputs {', '.join(unknown)[:100]}")
        if (card.sets, card.interval_s) != (settings.sets, settings.interval_s):
            raise ModelError(f"it wants {card.sets} sets, {card.interval_s:g} s apart")
        return model
