"""Polls a provider for the weather of every site, gently, and says how each call ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.outcome import RefusedError, UnavailableError
from connectors.weather_provider import LimitedError, MalformedError, WeatherProvider
from connectors.weather_settings import WeatherSettings
from connectors.weather_source import weather_source
from models.sites import Site, SiteSettings
from models.weather.pace import Pace
from models.weather.plausible import AHEAD_MS, fault
from schemas.weather import PollOutcome, WeatherObserved, WeatherPoll

SPREAD_MS = 10_000
"""Sites begin so far apart, or nearer if they are many, and so stay apart."""

DETAIL_CHARACTERS = 450
"""Of the 500 that a detail may have; what is added takes the rest."""

MINUTE_MS = 60_000

# the narrower kinds come first
_FAILURES: Mapping[type[Exception], PollOutcome] = {
    LimitedError: PollOutcome.LIMITED,
    UnavailableError: PollOutcome.UNAVAILABLE,
    MalformedError: PollOutcome.MALFORMED,
    RefusedError: PollOutcome.REFUSED,
}


@dataclass(frozen=True, slots=True)
class _Answer:
    outcome: PollOutcome
    detail: str = ""
    asked_s: float = 0.0
    observed: WeatherObserved | None = None


class WeatherPoller:
    """What was asked for each site, and when to ask again.

    Give ``provider`` to ask another than the settings name.
    """

    def __init__(
        self,
        settings: WeatherSettings,
        sites: SiteSettings,
        *,
        provider: WeatherProvider | None = None,
    ) -> None:
        self._settings = settings
        self._sites: dict[str, Site] = dict(sorted(sites.book().root.items()))
        self._provider = provider or weather_source(settings)
        self._paces: dict[str, Pace] = {}
        self._latest: dict[str, int] = {}
        self._recalled: list[WeatherObserved | WeatherPoll] = []

    def recall(self, records: Iterable[WeatherObserved | WeatherPoll]) -> None:
        """Take in what was sent in the last 24 hours, oldest first, before the first poll.

        So the budget is kept, and who failed is left alone: but for one who refused, since a new
        key is given by starting anew.
        """
        if self._paces:
            raise RuntimeError("it has polled already")
        self._recalled += records

    def poll(self, now_ms: int) -> list[WeatherObserved | WeatherPoll]:
        """Ask for every site whose turn it is, at most once; give what to send.

        It blocks for as long as the provider takes. To be called every few seconds, with the
        wall clock in epoch milliseconds.
        """
        if self._provider is None:
            return []
        if not self._paces:
            self._begin(now_ms)
        return [
            record
            for name, site in self._sites.items()
            if self._paces[name].may_call(now_ms)
            for record in self._ask(self._provider, name, site, now_ms)
        ]

    def _begin(self, now_ms: int) -> None:
        interval_ms = round(self._settings.interval_s * 1000)
        apart_ms = min(SPREAD_MS, interval_ms // max(1, len(self._sites)))
        self._paces = {
            name: Pace(
                interval_ms=interval_ms,
                calls_per_day=self._settings.calls_per_day,
                first_ms=now_ms + number * apart_ms,
            )
            for number, name in enumerate(self._sites)
        }
        for poll in sorted(_calls(self._recalled), key=lambda poll: poll.at):
            self._remember(poll)
        for record in self._recalled:
            if isinstance(record, WeatherObserved):
                self._saw(record)
        self._recalled = []

    def _remember(self, poll: WeatherPoll) -> None:
        pace = self._paces.get(poll.site)
        if pace is None:
            return
        mine = self._provider is not None and poll.provider == self._provider.name
        if mine and poll.outcome is not PollOutcome.REFUSED:
            pace.called(poll.at, poll.outcome)
        else:
            pace.recall(poll.at)

    def _ask(
        self, provider: WeatherProvider, name: str, site: Site, now_ms: int
    ) -> list[WeatherObserved | WeatherPoll]:
        pace, answer = self._paces[name], self._answer(provider, name, site, now_ms)
        pace.called(now_ms, answer.outcome, asked_ms=round(answer.asked_s * 1000))
        detail = answer.detail[:DETAIL_CHARACTERS]
        if pace.breaker.failures:
            detail += f"; asked again in {(pace.next_ms() - now_ms) / MINUTE_MS:.3g} min"
        poll = WeatherPoll(
            site=name,
            at=now_ms,
            provider=provider.name,
            outcome=answer.outcome,
            detail=detail,
            calls_today=pace.calls_in_day(now_ms),
        )
        if answer.observed is None:
            return [poll]
        self._saw(answer.observed)
        return [answer.observed, poll]

    def _answer(self, provider: WeatherProvider, name: str, site: Site, now_ms: int) -> "_Answer":
        try:
            observed = provider.observe(name, site.latitude, site.longitude, now_ms)
        except UnavailableError as error:
            return _Answer(_outcome(error), str(error), error.retry_after_s or 0.0)
        except RefusedError as error:
            return _Answer(_outcome(error), str(error))
        if (wrong := fault(observed, now_ms)) is not None:
            return _Answer(PollOutcome.MALFORMED, wrong)
        # what is far ahead of now was taken in by a clock that was wrong
        if observed.at <= self._latest.get(name, -1) <= now_ms + AHEAD_MS:
            return _Answer(PollOutcome.UNCHANGED)
        return _Answer(PollOutcome.OBSERVED, observed=observed)

    def _saw(self, observed: WeatherObserved) -> None:
        self._latest[observed.site] = observed.at


def _outcome(error: Exception) -> PollOutcome:
    return next(outcome for kind, outcome in _FAILURES.items() if isinstance(error, kind))


def _calls(records: Iterable[WeatherObserved | WeatherPoll]) -> list[WeatherPoll]:
    """Calls that were made, each once; of one that was cut short there is only what it saw."""
    calls: dict[tuple[str, int], WeatherPoll] = {}
    for record in records:
        if isinstance(record, WeatherPoll):
            calls[record.site, record.at] = record
        else:
            seen = WeatherPoll(
                site=record.site,
                at=record.fetched_at,
                provider=record.provider,
                outcome=PollOutcome.OBSERVED,
                calls_today=0,
            )
            calls.setdefault((record.site, record.fetched_at), seen)
    return list(calls.values())
