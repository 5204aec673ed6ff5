"""Who is who: the people that a camera told apart in one piece, as people of the whole site.

Of all pairs that are at least ``same`` the likest becomes one, then the next; among equals the
earlier of those seen, then whoever is known for longer. Nobody is two who were in one frame. Who is
left is compared with what the site has learnt meanwhile, and else is somebody new. Gender and age
are no part of it.

Pieces are taken in the order of their times and cameras in that of their names, so all of this
follows from which frames there are.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from models.arrays import Ints
from models.crowd.cell import People
from models.crowd.enrolled import Enrolled
from models.crowd.gallery import NAMELESS, PERSON, Gallery, Moment
from models.crowd.groups import NOBODY, likeness


@dataclass(slots=True)
class Meeting:
    """The people of one cell meet those whom the site knows."""

    gallery: Gallery
    them: People
    camera: int
    moment: Moment
    enrolled: Enrolled | None
    bound: dict[int, int]
    """Whose the tokens of this camera's window are."""

    _who: dict[int, int] = field(default_factory=dict)
    """Number in the gallery of each of them who is resolved."""

    def resolve(self) -> Ints:
        """Number in the gallery of each of them; ``NOBODY`` if the gallery is full."""
        begin = self.gallery.begin(self.moment)
        learnt = len(self.gallery.templates)
        self._by_token()
        self._by_name()
        self._likest(self.gallery.like(self.them, begin))
        for one in sorted(self._who):
            self.gallery.learn(self._who[one], self.them, one, self.moment, self.camera)
        for one in range(len(self.them.first)):
            if one not in self._who:
                self._late(one, learnt)
                if one in self._who:
                    self.gallery.learn(self._who[one], self.them, one, self.moment, self.camera)
            if token := int(self.them.token[one]):
                self.bound.setdefault(token, self._who.get(one, NOBODY))
        return np.array([self._who.get(one, NOBODY) for one in range(len(self.them.first))], int)

    def _by_token(self) -> None:
        for one, token in enumerate(self.them.token.tolist()):
            if token and self.bound.get(token, NOBODY) != NOBODY:
                self._who[one] = self.bound[token]

    def _by_name(self) -> None:
        if self.enrolled is None:
            return
        for one, name in sorted(_names(self.them, self.enrolled, self.gallery).items()):
            person = self.gallery.named(name, self.moment)
            if one in self._who or (person is not None and not self._may(one, person)):
                continue
            found = self._new(one, name) if person is None else person
            if found != NOBODY:
                self._who[one] = found

    def _likest(self, like: dict[tuple[int, int], float]) -> None:
        for one, person in sorted(like, key=lambda pair: (-like[pair], *pair)):
            if one not in self._who and self._may(one, person):
                self._who[one] = person

    def _late(self, one: int, learnt: int) -> None:
        """Compare one with what was learnt since the meeting began, or know somebody new."""
        like = self.gallery.like(_only(self.them, one), learnt)
        self._likest({(one, person): value for (_, person), value in like.items()})
        if one not in self._who and (found := self._new(one, NAMELESS)) != NOBODY:
            self._who[one] = found

    def _may(self, one: int, person: int) -> bool:
        """Whether one can be a person: nobody who was in a frame with them is."""
        others = [other for other, who in self._who.items() if who == person]
        return not self.them.together[one, others].any()

    def _new(self, one: int, name: int) -> int:
        if self.gallery.is_full(self.moment):
            return NOBODY
        first, frame, place = self.them.first[one], self.them.frame[one], self.them.place[one]
        when = (self.moment.piece, self.moment.period)
        row = (*when, self.camera, first, frame, place, name)
        return self.gallery.found(np.array([row], PERSON))


def _names(them: People, enrolled: Enrolled, gallery: Gallery) -> dict[int, int]:
    """The name of each of them who has one: the likest, if it is sure and the consent holds."""
    like = likeness(them.templates, enrolled.templates[:, : them.templates.shape[1]])
    sure = like >= gallery.marks.sure[them.space][:, None]
    found: dict[int, tuple[float, int]] = {}
    for row, column in zip(
        *(sure & (them.space[:, None] == enrolled.space)).nonzero(), strict=True
    ):
        one, name = int(them.owner[row]), int(enrolled.owner[column])
        if enrolled.consents[name].holds(int(them.first[one])):
            found[one] = max((float(like[row, column]), -name), found.get(one, (0.0, -name)))
    return {one: -name for one, (_, name) in found.items()}


def _only(them: People, one: int) -> People:
    """The templates of one of them."""
    rows = (them.owner == one).nonzero()[0]
    return replace(
        them, templates=them.templates[rows], owner=them.owner[rows], space=them.space[rows]
    )
