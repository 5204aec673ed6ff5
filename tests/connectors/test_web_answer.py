"""What a webhook's wish to be left alone means."""

import pytest

from connectors.addresses import public
from connectors.outcome import UnavailableError
from connectors.signature import sign, verify
from connectors.web_answer import failure, seconds

NOW_S = 1_792_566_480.0
"""2026-10-21 07:08 GMT."""


@pytest.mark.parametrize(
    ("header", "pause_s"),
    [
        (None, None),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("0.65", 0.65),
        ("999999999", 3600.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1200.0),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0.0),
        ("Wed, 21 Oct 2099 07:00:00 GMT", 3600.0),
        ("Wed, 99 Oct 2026 07:28:00 GMT", None),
        ("nan", None),
        ("-1", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_a_pause_is_believed_within_reason(header: str | None, pause_s: float | None) -> None:
    assert seconds(header, NOW_S) == pause_s


@pytest.mark.parametrize(
    "body", ["", "slow down", "[]", '{"retry_after": "x"}', '{"retry_after": -1}', "[" * 5000]
)
def test_a_body_that_names_no_pause_gives_none(body: str) -> None:
    error = failure(429, "busy", body=body)

    assert isinstance(error, UnavailableError)
    assert error.retry_after_s is None


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_an_address_in_the_internet_is_public(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "ff02::1"),
    ],
)
def test_an_address_at_home_is_not_public_however_it_is_wrapped(address: str) -> None:
    assert not public(address)


def test_a_signature_holds_for_five_minutes_and_one_body() -> None:
    header = sign("secret", 1000, b"body")

    assert verify("secret", header, b"body", 1300)
    assert not verify("secret", header, b"body", 1301)
    assert not verify("secret", header, b"other", 1000)
    assert not verify("other", header, b"body", 1000)
    assert not verify("secret", header.replace("t=1000", "t=1001"), b"body", 1000)
    assert not verify("secret", "v1=junk", b"body", 1000)


def test_a_signature_is_what_its_description_says() -> None:
    # printf '1000.body' | openssl dgst -sha256 -hmac secret
    digest = "b758bf26aabb35e5311bc10fd17ab6ad0881e9717e7d5fa7e233f3cea6868b45"

    assert sign("secret", 1000, b"body") == f"t=1000,v1={digest}"
