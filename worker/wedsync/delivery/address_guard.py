"""Which addresses a server of somebody else may have: public ones, and networks that the operator has allowed.

Names are resolved here, and the connection is made to the addresses that were checked.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from wedsync.delivery.outcomes import Failed

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_SITE_LOCAL = ipaddress.ip_network("fec0::/10")


def is_public(address: IPAddress) -> bool:
    """Whether an address is on the public internet, also the IPv4 address inside an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64_LOCAL or address in _SITE_LOCAL or address.teredo is not None:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        # ::/96 holds the unspecified address, loopback and IPv4 addresses in an obsolete form.
        if int(address) >> 32 == 0:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class AddressGuard(AbstractResolver):
    """Resolves names for connections; raises `Failed` for addresses that are not allowed."""

    def __init__(self, allowed: Sequence[str] = (), resolver: AbstractResolver | None = None) -> None:
        self._allowed: list[IPNetwork] = [ipaddress.ip_network(each) for each in allowed]
        self._resolver = resolver

    def check(self, host: str) -> None:
        """Raise `Failed` if `host` is an address, not a name, that is not allowed or written in an unusual way."""
        if ":" in host or host.replace(".", "").isdigit():
            # Libraries take such a host for an address and do not resolve it.
            try:
                address = ipaddress.ip_address(host.partition("%")[0])
            except ValueError:
                raise Failed("the host is not a valid address") from None
            self._check(address)

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """A socket for a connection to an address: whatever the way to it was, it is checked again."""
        try:
            self._check(ipaddress.ip_address(str(info[4][0]).partition("%")[0]))
        except (Failed, ValueError) as exc:
            raise OSError("the address is not allowed") from exc
        return socket.socket(info[0], info[1], info[2])

    def _check(self, address: IPAddress) -> None:
        plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped else address
        if not is_public(address) and not any(plain in network for network in self._allowed):
            raise Failed("the host has an address that is not public")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host, all of them allowed."""
        if self._resolver is None:
            self._resolver = ThreadedResolver()
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            self._check(ipaddress.ip_address(each["host"].partition("%")[0]))
        return found

    async def close(self) -> None:
        """Release the resolver."""
        if self._resolver is not None:
            await self._resolver.close()
