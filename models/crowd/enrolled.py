"""Those who consented to be called by name, and by which templates they are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Ints
from models.crowd.privacy import Consent, Mode
from models.crowd.sightings import Templates, whole, widened
from models.sites import Site


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Templates of those who consented to be called by name."""

    consents: Mapping[int, Consent]
    """By the number of the name."""

    owner: Ints
    """The number of the name that each template goes with."""

    space: Ints
    templates: Templates


def enrolled(names: Sequence[str], site: Site, spaces: Sequence[str]) -> Enrolled | None:
    """Everybody who may be called by name at a site; None if it calls nobody so."""
    known = {names.index(name): site.consents[name] for name in names if name in site.consents}
    rows = [
        (number, spaces.index(consent.model), whole(np.frombuffer(template, "<f2")[None]))
        for number, consent in known.items()
        if consent.model in spaces
        for template in consent.templates
    ]
    if site.privacy.mode is not Mode.IDENTIFIED or not rows:
        return None
    owner, space, parts = zip(*rows, strict=True)
    width = max(part.shape[1] for part in parts)
    templates = np.concatenate([widened(part, width) for part in parts])
    return Enrolled(known, np.array(owner), np.array(space), templates)
