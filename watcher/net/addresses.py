"""
Which addresses we may connect to. Decided on the address itself, after the name was resolved, so that a public name for
a private address is refused like the address.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*written: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in written)


# RFC 6890 and the IANA registries of special-purpose addresses.
_PRIVATE = _networks(
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"
)
_SPECIAL = _networks(
    "0.0.0.0/8",
    "169.254.0.0/16",  # link-local, and where clouds serve the secrets of a machine
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",  # Teredo among them: its addresses wrap an IPv4 address
    "2001:db8::/32",
    "2002::/16",  # 6to4 wraps one too
    "3fff::/20",
)
# Of IPv6 only this part is given out to the public internet; link-local, multicast and the like lie outside.
_PUBLIC_IPV6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def is_permitted(address: Address, *, private: bool, permitted: tuple[Network, ...] = ()) -> bool:
    """
    Whether we may connect there: to the public internet, and with `private` to private networks and this machine.

    Link-local, multicast, documentation and reserved addresses are refused in any case.

    Args:
        permitted: Networks that are allowed although they are none of these.
    """
    address = _inner(address)
    if _is_within(address, permitted):
        return True
    if _is_within(address, _PRIVATE):
        return private
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    return not _is_within(address, _SPECIAL)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for: mapped ones, and NAT64 where a network has no IPv4 of its own."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
