"""The alarm of a camera that sees nothing: its life from picture to picture."""

from dataclasses import dataclass

from models.alarms.key import alarm_key
from models.frame_settings import SceneSettings
from models.scene import Sight
from schemas.alarms import Action, AlarmRequest, Cause, Judgement, Level
from schemas.frames import FrameCaptured

LENS = "lens", "blocked"
"""Resource and rule of the alarm. No rules file need have the rule: its channels are then those
of the rules that name none."""

BY = "scene"
"""Who asks."""


@dataclass(slots=True)
class Lens:
    """What was seen of one camera lately; one that is new to it is neither blocked nor free.

    So the first verdict is always told: after a restart it raises what still stands, which
    changes nothing, or clears what is over.
    """

    newest_at: int = 0
    blocked: bool = False
    """In the newest frame."""

    since: int = 0
    """Time of the first of the frames in a row that are so."""

    frames: int = 0
    """How many these are."""

    told: bool | None = None
    """What was told last."""

    def see(self, sight: Sight, at: int, settings: SceneSettings) -> bool:
        """Take in a picture; say whether there is news to tell.

        One that is older than the newest says nothing of now.
        """
        if at <= self.newest_at:
            return False
        blocked, self.newest_at = sight.blocked(settings), at
        if blocked != self.blocked or not self.frames:
            self.blocked, self.since, self.frames = blocked, at, 0
        self.frames += 1
        lasting = at - self.since >= settings.blocked_s * 1000
        if self.blocked == self.told or not (lasting or self.frames >= settings.blocked_frames):
            return False
        self.told = self.blocked
        return True

    def judgement(
        self, frame: FrameCaptured, sight: Sight, settings: SceneSettings, *, seen_at: int
    ) -> AlarmRequest:
        """How it is from now on; ``frame`` is the newest, ``seen_at`` when Kafka logged it.

        Judgements are numbered by their time, which only rises: so no number has to be remembered,
        and one that is made again is a repeat.
        """
        key, dark = alarm_key(frame.site, frame.camera, *LENS), sight.dark(settings)
        found = Judgement(
            number=frame.at,
            level=Level.WARNING if self.blocked else Level.OK,
            cause=Cause.TROUBLE,
            value=sight.brightness if dark or not self.blocked else sight.contrast,
            threshold=settings.flat_contrast
            if self.blocked and not dark
            else settings.dark_brightness,
            since=self.since,
            seen_at=seen_at,
        )
        dim = "it is dark" if dark else "something covers the lens"
        return AlarmRequest(
            request_id=f"{key}#{frame.at}",
            alarm=key,
            action=Action.JUDGE,
            at=frame.at,
            by=BY,
            text=dim if self.blocked else "the camera sees again",
            judgement=found,
        )
