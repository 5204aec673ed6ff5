"""What goes wrong with devices: how often, for how long, and what damage does to bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np

from schemas.records import Telemetry


class Fault(StrEnum):
    """One way in which an event goes wrong; each is a rate of ``Faults``."""

    DROPOUT = "dropout"
    STUCK = "stuck"
    SPIKE = "spike"
    LATE = "late"
    DUPLICATE = "duplicate"
    MALFORMED = "malformed"


SPELL_EVENTS: Mapping[Fault, int] = {Fault.DROPOUT: 6, Fault.STUCK: 12}
"""Faults that last, and for how many events of the device; the others strike one event."""


class Damage(StrEnum):
    """What happened to the bytes of a malformed event."""

    TRUNCATED = "truncated"
    EXTENDED = "extended"
    WRONG_MAGIC = "wrong_magic"
    RANDOM_BYTES = "random_bytes"
    INVALID_UTF8 = "invalid_utf8"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The share of a device's events that each fault takes, in the long run; 1 in all at most.

    Raises:
        ValueError: a share is not between 0 and 1, or all add up to more, or dropout alone is 1.

    """

    dropout: float = 0.0
    """The device is silent."""

    stuck: float = 0.0
    """It repeats its last readings to the last digit."""

    spike: float = 0.0
    """One reading is far off."""

    late: float = 0.0
    """The event comes some intervals after its time."""

    duplicate: float = 0.0
    """The event comes twice."""

    malformed: float = 0.0
    """Its bytes are damaged."""

    def __post_init__(self) -> None:
        for field in fields(self):
            share = getattr(self, field.name)
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"{field.name}: {share} is no share between 0 and 1")
        if sum(self.shares().values()) > 1.0:
            raise ValueError("the shares of all faults add up to more than 1")
        if self.dropout == 1.0:
            raise ValueError("dropout: nothing would ever be sent")

    def shares(self) -> dict[Fault, float]:
        """Give the share of events by fault."""
        return {fault: getattr(self, fault.value) for fault in Fault}

    def onsets(self) -> dict[Fault | None, float]:
        """Give the chance that each fault, or none, begins at an event outside any spell.

        A spell takes several events for one beginning, so it has to begin more rarely.
        """
        shares = self.shares()
        weights: dict[Fault | None, float] = {None: 1.0 - sum(shares.values())}
        weights |= {fault: share / SPELL_EVENTS.get(fault, 1) for fault, share in shares.items()}
        whole = sum(weights.values())
        return {fault: weight / whole for fault, weight in weights.items()}


def parse(text: str) -> Faults:
    """Read faults as ``dropout=0.01,malformed=0.05``; those not named don't happen.

    Raises:
        ValueError: a name or a share is none.

    """
    names = [fault.value for fault in Fault]
    shares: dict[str, float] = {}
    for pair in filter(None, text.split(",")):
        name, _, share = pair.partition("=")
        if name not in names:
            raise ValueError(f"{name!r} is none of {', '.join(names)}")
        try:
            shares[name] = float(share)
        except ValueError:
            raise ValueError(f"{name}: {share!r} is no share between 0 and 1") from None
    return Faults(**shares)


def damaged(
    record: Telemetry,
    damage: Damage,
    encode: Callable[[Telemetry], bytes],
    rng: np.random.Generator,
) -> bytes:
    """Encode ``record`` and do ``damage`` to it: never the same bytes as the good ones.

    ``encode`` must leave text in plain UTF-8, as Avro does.
    """
    good = encode(record)
    match damage:
        case Damage.TRUNCATED:
            return good[: rng.integers(1, len(good))]
        case Damage.EXTENDED:
            return good + rng.bytes(int(rng.integers(1, 17)))
        case Damage.WRONG_MAGIC:
            # neither of the two framings begins with 55 or 96, which this makes of theirs
            return bytes((good[0] ^ 0x55,)) + good[1:]
        case Damage.RANDOM_BYTES:
            return rng.bytes(len(good))
        case Damage.INVALID_UTF8:
            text_at = good.index(record.device.encode())
            return good[:text_at] + b"\xff" + good[text_at + 1 :]
        case Damage.NOT_A_NUMBER:
            first, *others = record.readings
            return encode(replace(record, readings=(replace(first, value=float("nan")), *others)))
