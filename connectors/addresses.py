"""Where a host name leads: looked up once, checked, and that very address connected to.

A name that is checked in one look-up and connected to by another may lead elsewhere the second
time (DNS rebinding).
"""

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from connectors.outcome import RefusedError, UnavailableError

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as IPv6 networks write them (RFC 6052)."""


def public(address: str) -> bool:
    """Whether an IP address lies in the open Internet, and so does one that is wrapped in it."""
    return all(each.is_global and not each.is_multicast for each in _layers(address))


def _layers(address: str) -> Iterator[IPv4Address | IPv6Address]:
    outer = ip_address(address.partition("%")[0])
    wrapped = None
    if isinstance(outer, IPv6Address):
        wrapped = outer.ipv4_mapped or outer.sixtofour
        if outer in _TRANSLATED:
            wrapped = IPv4Address(int(outer) & 0xFFFFFFFF)
    # that a wrapper itself counts as private or public differs between releases of Python
    if not (isinstance(outer, IPv6Address) and outer.ipv4_mapped):
        yield outer
    if wrapped:
        yield wrapped


async def addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The IP addresses of a host that may be connected to, in the order to try them.

    Raises:
        UnavailableError: the name is not known now.
        RefusedError: all its addresses are private, and that is not allowed.

    """
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:  # socket.gaierror is one
        raise UnavailableError("its host name cannot be looked up") from error
    named = dict.fromkeys(str(entry[4][0]) for entry in found)
    allowed = [each for each in named if allow_private or public(each)]
    if not allowed:
        raise RefusedError("its host leads to a private address; allow_private is not set")
    return allowed
