"""The addresses clients call from: which are listed, and which count as one client."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
ONE_CLIENT_V6 = 64  # bits; whoever has one IPv6 address usually has all of its /64


def networks(listed: tuple[str, ...]) -> tuple[Network, ...]:
    """Read addresses and networks. Raises ValueError on one that is neither."""
    return tuple(ip_network(one, strict=False) for one in listed)


def plain_address(peer: str) -> IPv4Address | IPv6Address | None:
    """A peer's address, an IPv4 one in IPv6 form as IPv4; None when it is none."""
    try:
        address = ip_address(peer)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_among(peer: str, listed: tuple[Network, ...]) -> bool:
    """Tell whether a peer's address lies in one of the networks."""
    address = plain_address(peer)
    return address is not None and any(address in network for network in listed)


def client_of(peer: str) -> str:
    """What a peer is counted under: its IPv4 address, or the /64 of its IPv6 address."""
    address = plain_address(peer)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), ONE_CLIENT_V6), strict=False))
    return str(address) if address is not None else peer
