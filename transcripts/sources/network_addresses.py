"""Which network addresses belong to the open internet. Pure; nothing is looked up."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Python's own `is_global` changed between patch releases, so the IPv6 side is spelled out here:
# only what is handed out for the open internet (IANA "IPv6 Global Unicast Address Assignments") ...
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# ... and of that not what only wraps another address or is meant for papers and protocols.
_SPECIAL = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),  # documentation
)
_TRANSLATED = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


def is_public_address(text: str) -> bool:
    """Whether `text` is an IP address of the open internet.

    False for private, loopback, link-local, site-local, multicast, reserved and
    unspecified addresses, for IPv6 forms that wrap an IPv4 address (mapped,
    compatible, 6to4, Teredo; NAT64 counts as the address it carries), and for
    anything that is not an address at all.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return _is_public_v4(address) if isinstance(address, IPv4Address) else _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address in _TRANSLATED:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_UNICAST and not any(address in network for network in _SPECIAL)
