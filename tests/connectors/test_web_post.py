"""How fast we post, and who has to be at the other end."""

import ssl
import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.outcome import UnavailableError
from connectors.web_post import Target, WebPost
from tests.connectors.hooks import Said, hooks

SPENT = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.5"}


def target(url: str) -> Target:
    return Target(
        channel="chat", variable="URL", url=SecretStr(url), timeout_s=5, allow_private=True
    )


async def test_a_used_up_limit_is_waited_out_before_the_next_post() -> None:
    slept: list[float] = []

    async def sleep(pause_s: float) -> None:
        slept.append(pause_s)

    async with hooks(Said(204, headers=SPENT), Said(204)) as server:
        post = WebPost(target(server.url), sleep=sleep, clock=lambda: 100.0)
        for _ in range(2):
            await post.send(b"{}", {})
        await post.close()

    assert slept == [0.0, 1.5]


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of that name shows, and what trusts it."""
    key, shown = folder / "key.pem", folder / "certificate.pem"
    made = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name}"
    files = ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(shown)]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(shown, key)
    return served, ssl.create_default_context(cafile=str(shown))


@pytest.mark.parametrize(("name", "known"), [("localhost", True), ("other.example", False)])
async def test_the_certificate_has_to_be_that_of_the_name(
    tmp_path: Path, name: str, *, known: bool
) -> None:
    served, trusting = certificate(tmp_path, name)

    async with hooks(tls=served) as server:
        url = f"https://localhost:{server.port}/hook"
        post = WebPost(target(url), tls=trusting)
        if known:
            assert await post.send(b"{}", {}) == "answered 200"
        else:
            with pytest.raises(UnavailableError, match="no connection"):
                await post.send(b"{}", {})
        await post.close()
