import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from connectors.outcome import RefusedError, UnavailableError
from connectors.weather import WeatherPoller
from connectors.weather_provider import LimitedError, MalformedError
from connectors.weather_settings import WeatherSettings
from models.sites import SiteSettings
from schemas.weather import PollOutcome, WeatherObserved, WeatherPoll
from tests.connectors.weather_service import KEY, NOW, Answer, free_port, said, service

TICK_MS = 10_000
MINUTE_MS = 60_000
INTERVAL_MS = 10 * MINUTE_MS
DAY_MS = 24 * 60 * MINUTE_MS

Happening = Callable[[str, int], WeatherObserved]
Record = WeatherObserved | WeatherPoll


class Sky:
    """A provider that does what it is told, call by call, and counts."""

    name = "sky"

    def __init__(self, *happenings: Happening) -> None:
        self._happenings = list(happenings)
        self.asked: list[tuple[str, int]] = []

    def observe(self, site: str, latitude: float, longitude: float, now_ms: int) -> WeatherObserved:
        del latitude, longitude
        self.asked.append((site, now_ms))
        happening = self._happenings[(len(self.asked) - 1) % len(self._happenings)]
        return happening(site, now_ms)


def seen(**changes: Any) -> Happening:
    """Weather observed a minute ago, with changes."""

    def observe(site: str, now_ms: int) -> WeatherObserved:
        fields: dict[str, Any] = {
            "site": site,
            "at": now_ms - MINUTE_MS,
            "fetched_at": now_ms,
            "provider": Sky.name,
            "temperature_c": 20.0,
            "humidity_percent": 50.0,
        }
        return WeatherObserved(**fields | changes)

    return observe


def fails(error: Exception) -> Happening:
    def observe(site: str, now_ms: int) -> WeatherObserved:
        del site, now_ms
        raise error

    return observe


AWAY = fails(UnavailableError("away"))
FINE = seen()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], SiteSettings]:
    """A site book of so many sites."""

    def make(sites: int) -> SiteSettings:
        path: Path = tmp_path_factory.mktemp("sites") / "sites.json"
        where = {"latitude": 35.15972, "longitude": 126.85306, "time_zone": "Asia/Seoul"}
        path.write_text(json.dumps({f"site-{n:03}": where for n in range(sites)}))
        return SiteSettings(sites_file=path)

    return make


@pytest.fixture(scope="module")
def one(book: Callable[[int], SiteSettings]) -> SiteSettings:
    return book(1)


def poller(sites: SiteSettings, sky: Sky, **settings: Any) -> WeatherPoller:
    return WeatherPoller(WeatherSettings(**settings), sites, provider=sky)


def run(polls: WeatherPoller, from_ms: int, to_ms: int) -> Iterator[Record]:
    for now_ms in range(from_ms, to_ms, TICK_MS):
        yield from polls.poll(now_ms)


def calls(records: Iterable[Record]) -> list[WeatherPoll]:
    return [record for record in records if isinstance(record, WeatherPoll)]


def test_a_site_is_asked_for_every_ten_minutes(one: SiteSettings) -> None:
    records = list(run(poller(one, Sky(FINE)), NOW, NOW + 60 * MINUTE_MS))

    assert [NOW + n * INTERVAL_MS for n in range(6)] == [poll.at for poll in calls(records)]
    assert [1, 2, 3, 4, 5, 6] == [poll.calls_today for poll in calls(records)]


def test_what_was_observed_comes_with_how_the_call_ended(one: SiteSettings) -> None:
    poll = WeatherPoll(
        site="site-000", at=NOW, provider="sky", outcome=PollOutcome.OBSERVED, calls_today=1
    )

    assert [FINE("site-000", NOW), poll] == poller(one, Sky(FINE)).poll(NOW)


def test_sites_are_not_asked_for_together(book: Callable[[int], SiteSettings]) -> None:
    sky = Sky(FINE)
    list(run(poller(book(30), sky), NOW, NOW + 60 * MINUTE_MS))

    assert 180 == len(sky.asked)
    assert 180 == len({at for _, at in sky.asked})


def test_many_sites_are_spread_over_the_first_interval(
    book: Callable[[int], SiteSettings],
) -> None:
    sky = Sky(FINE)
    list(run(poller(book(200), sky), NOW, NOW + INTERVAL_MS))

    assert 197 == len(sky.asked)  # the last three fall into the tick after it
    assert 197 == len({site for site, _ in sky.asked})


def test_with_no_provider_nothing_is_asked(one: SiteSettings) -> None:
    assert [] == WeatherPoller(WeatherSettings(), one).poll(NOW)


def test_the_replay_needs_no_network(one: SiteSettings) -> None:
    polls = WeatherPoller(WeatherSettings(provider="replay"), one)
    records = list(run(polls, NOW, NOW + 60 * MINUTE_MS))

    assert {PollOutcome.OBSERVED} == {poll.outcome for poll in calls(records)}
    assert 6 == sum(isinstance(record, WeatherObserved) for record in records)


@pytest.mark.parametrize("at", [NOW - MINUTE_MS, NOW - 30 * MINUTE_MS])
def test_weather_that_is_no_newer_is_unchanged_and_grows_old(one: SiteSettings, at: int) -> None:
    sky = Sky(FINE, seen(at=at), FINE)
    records = list(run(poller(one, sky), NOW, NOW + 25 * MINUTE_MS))

    outcomes = [poll.outcome for poll in calls(records)]
    assert [PollOutcome.OBSERVED, PollOutcome.UNCHANGED, PollOutcome.OBSERVED] == outcomes
    assert 2 == sum(isinstance(record, WeatherObserved) for record in records)


def test_weather_that_a_clock_far_ahead_took_in_holds_nothing_back(one: SiteSettings) -> None:
    ahead = NOW + 30 * DAY_MS
    polls = poller(one, Sky(seen(at=ahead), FINE))

    assert PollOutcome.OBSERVED is calls(polls.poll(ahead))[0].outcome
    assert [] == polls.poll(NOW)
    assert PollOutcome.OBSERVED is calls(polls.poll(NOW + INTERVAL_MS))[0].outcome


@pytest.mark.parametrize(
    ("happening", "outcome", "detail"),
    [
        (AWAY, PollOutcome.UNAVAILABLE, "away; asked again in 1 min"),
        (
            fails(LimitedError("too often", retry_after_s=2700)),
            PollOutcome.LIMITED,
            "too often; asked again in 45 min",
        ),
        (fails(RefusedError("no")), PollOutcome.REFUSED, "no; asked again in 60 min"),
        (fails(MalformedError("odd")), PollOutcome.MALFORMED, "odd; asked again in 10 min"),
        (
            seen(temperature_c=900.0),
            PollOutcome.MALFORMED,
            "temperature of 900 °C is not between -90 and 60; asked again in 10 min",
        ),
        (
            seen(humidity_percent=130.0),
            PollOutcome.MALFORMED,
            "humidity of 130 % is not between 0 and 100; asked again in 10 min",
        ),
        (
            seen(at=NOW + 60 * MINUTE_MS),
            PollOutcome.MALFORMED,
            "observed 60 min from now; asked again in 10 min",
        ),
    ],
)
def test_a_failure_is_said_with_when_it_is_tried_again(
    one: SiteSettings, happening: Happening, outcome: PollOutcome, detail: str
) -> None:
    [poll] = calls(poller(one, Sky(happening)).poll(NOW))

    assert (outcome, detail) == (poll.outcome, poll.detail)


def test_a_long_detail_is_cut(one: SiteSettings) -> None:
    [poll] = calls(poller(one, Sky(fails(UnavailableError("x" * 10_000)))).poll(NOW))

    assert len(poll.detail) <= 500
    assert poll.detail.endswith("; asked again in 1 min")


def test_a_bug_in_a_provider_is_no_weather(one: SiteSettings) -> None:
    with pytest.raises(ZeroDivisionError):
        poller(one, Sky(fails(ZeroDivisionError()))).poll(NOW)


def test_an_outage_is_asked_after_ever_more_rarely_and_its_end_is_seen(one: SiteSettings) -> None:
    sky = Sky(*[AWAY] * 6, FINE, FINE)
    list(run(poller(one, sky), NOW, NOW + 200 * MINUTE_MS))

    assert [0, 1, 3, 23, 63, 123, 183, 193] == [(at - NOW) // MINUTE_MS for _, at in sky.asked]


def test_one_sites_trouble_is_not_anothers(book: Callable[[int], SiteSettings]) -> None:
    sky = Sky(FINE, AWAY)  # in turn, so that the second site's calls fail at first
    records = list(run(poller(book(2), sky), NOW, NOW + MINUTE_MS // 2))

    assert [PollOutcome.OBSERVED, PollOutcome.UNAVAILABLE] == [p.outcome for p in calls(records)]


def test_a_restart_waits_for_the_rest_of_the_interval(one: SiteSettings) -> None:
    said_before = list(run(poller(one, Sky(FINE)), NOW, NOW + 31 * MINUTE_MS))
    sky = Sky(FINE)
    again = poller(one, sky)
    again.recall(said_before)
    records = list(run(again, NOW + 32 * MINUTE_MS, NOW + 45 * MINUTE_MS))

    assert [("site-000", NOW + 40 * MINUTE_MS)] == sky.asked
    assert [5] == [poll.calls_today for poll in calls(records)]


def test_a_restart_remembers_what_was_seen_last(one: SiteSettings) -> None:
    same = seen(at=NOW)
    said_before = poller(one, Sky(same)).poll(NOW)
    again = poller(one, Sky(same))
    again.recall(said_before)

    assert [PollOutcome.UNCHANGED] == [p.outcome for p in calls(again.poll(NOW + INTERVAL_MS))]


def test_a_restart_in_an_outage_does_not_hammer(one: SiteSettings) -> None:
    said_before = list(run(poller(one, Sky(AWAY)), NOW, NOW + 5 * MINUTE_MS))
    sky = Sky(AWAY)
    again = poller(one, sky)
    again.recall(said_before)
    list(run(again, NOW + 5 * MINUTE_MS, NOW + 30 * MINUTE_MS))

    assert [("site-000", NOW + 23 * MINUTE_MS)] == sky.asked


def test_a_restart_after_a_refusal_tries_the_new_key_at_the_next_turn(one: SiteSettings) -> None:
    said_before = poller(one, Sky(fails(RefusedError("no")))).poll(NOW)
    sky = Sky(FINE)
    again = poller(one, sky)
    again.recall(said_before)
    list(run(again, NOW + MINUTE_MS, NOW + 11 * MINUTE_MS))

    assert [("site-000", NOW + INTERVAL_MS)] == sky.asked


def test_a_call_that_was_cut_short_counts_by_what_it_saw(one: SiteSettings) -> None:
    sky = Sky(FINE)
    again = poller(one, sky)
    again.recall([FINE("site-000", NOW)])
    [poll] = calls(run(again, NOW + MINUTE_MS, NOW + 11 * MINUTE_MS))

    assert (NOW + INTERVAL_MS, 2) == (poll.at, poll.calls_today)


def test_to_recall_is_for_the_beginning(one: SiteSettings) -> None:
    polls = poller(one, Sky(FINE))
    polls.poll(NOW)

    with pytest.raises(RuntimeError):
        polls.recall([])


def test_what_was_recalled_of_other_sites_and_providers_does_no_harm(one: SiteSettings) -> None:
    other = WeatherPoll(
        site="gone", at=NOW, provider="sky", outcome=PollOutcome.LIMITED, calls_today=9
    )
    stranger = WeatherPoll(
        site="site-000", at=NOW, provider="x", outcome=PollOutcome.LIMITED, calls_today=9
    )
    sky = Sky(FINE)
    again = poller(one, sky)
    again.recall([other, stranger, seen()("gone", NOW)])
    [poll] = calls(run(again, NOW, NOW + 15 * MINUTE_MS))

    assert (NOW + INTERVAL_MS, 2) == (poll.at, poll.calls_today)


@tried(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pattern=st.lists(
        st.sampled_from(
            (
                FINE,
                AWAY,
                seen(at=NOW),
                fails(LimitedError("")),
                fails(LimitedError("", retry_after_s=5)),
                fails(UnavailableError("", retry_after_s=700)),
                fails(MalformedError("")),
                fails(RefusedError("")),
            )
        ),
        min_size=1,
        max_size=12,
    ),
    restarts=st.lists(st.integers(0, 3 * DAY_MS // TICK_MS), max_size=6),
    tick_ms=st.sampled_from((TICK_MS, 7919, MINUTE_MS + 13)),
    calls_per_day=st.sampled_from((1, 20, 144)),
)
def test_no_24_hours_have_more_calls_than_the_budget(
    one: SiteSettings,
    pattern: list[Happening],
    restarts: list[int],
    tick_ms: int,
    calls_per_day: int,
) -> None:
    """Whatever fails, and whenever it is started anew with what it sent in the last day."""
    sky = Sky(*pattern)
    polls = poller(one, sky, calls_per_day=calls_per_day)
    sent: list[Record] = []
    for tick in range(3 * DAY_MS // tick_ms):
        now_ms = NOW + tick * tick_ms
        if tick in restarts:
            polls = poller(one, sky, calls_per_day=calls_per_day)
            polls.recall(r for r in sent if _sent_at(r) > now_ms - DAY_MS)
        sent += polls.poll(now_ms)

    times = [at for _, at in sky.asked]
    windows = zip(times, times[calls_per_day:], strict=False)
    assert all(later - earlier >= DAY_MS for earlier, later in windows)
    assert len(times) >= 3  # and yet it never gives up
    assert [poll.calls_today for poll in calls(sent)] == [
        sum(at - DAY_MS < before <= at for before in times) for at in times
    ]


def _sent_at(record: Record) -> int:
    return record.at if isinstance(record, WeatherPoll) else record.fetched_at


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(), PollOutcome.OBSERVED),
        (Answer(401), PollOutcome.REFUSED),
        (Answer(404), PollOutcome.REFUSED),
        (Answer(429), PollOutcome.LIMITED),
        (Answer(500), PollOutcome.UNAVAILABLE),
        (Answer(hangs_s=60), PollOutcome.UNAVAILABLE),
        (Answer(body=b"<html>"), PollOutcome.MALFORMED),
        (Answer(body=said(main__humidity=None)), PollOutcome.MALFORMED),
        (Answer(body=said(main__temp=9000.0)), PollOutcome.MALFORMED),
        (Answer(body=said(dt=NOW // 1000 + 3600)), PollOutcome.MALFORMED),
        (Answer(body=said(coord={"lat": 51.5, "lon": -0.1})), PollOutcome.MALFORMED),
    ],
)
def test_each_answer_of_the_service_has_its_outcome(
    one: SiteSettings, answer: Answer, outcome: PollOutcome
) -> None:
    with service(answer) as here:
        settings = WeatherSettings.model_validate(
            {
                "provider": "openweathermap",
                "api_key": KEY,
                "base_url": here.url,
                "timeout_s": 0.2,
            }
        )
        records = WeatherPoller(settings, one).poll(NOW)

    [poll] = calls(records)
    assert outcome is poll.outcome
    assert (outcome is PollOutcome.OBSERVED) == (len(records) == 2)
    assert 1 == len(here.asked)
    assert KEY not in poll.detail


def test_a_service_that_is_not_there_is_an_outcome_too(one: SiteSettings) -> None:
    settings = WeatherSettings.model_validate(
        {
            "provider": "openweathermap",
            "api_key": KEY,
            "base_url": f"http://127.0.0.1:{free_port()}",
        }
    )
    [poll] = calls(WeatherPoller(settings, one).poll(NOW))

    assert PollOutcome.UNAVAILABLE is poll.outcome
    assert "no connection: ConnectionError; asked again in 1 min" == poll.detail
