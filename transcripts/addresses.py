"""Which network addresses belong to the open internet. Pure; nothing is looked up."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# RFC 6052, RFC 8215: these carry an IPv4 address in their last 32 bits.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = IPv6Network("::/96")


def is_public_address(text: str) -> bool:
    """Whether `text` is an IP address of the open internet.

    False for private, loopback, link-local, multicast, reserved and unspecified
    addresses, for IPv6 addresses that lead to such an IPv4 address (mapped, 6to4,
    Teredo, NAT64), and for anything that is not an address at all.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    return all(_is_open(one) for one in (address, *_embedded(address))) and not _is_wrapped_only(address)


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address in _TRANSLATED[0]:
        return True  # older Pythons call it reserved; what counts is the address it carries
    closed = address.is_multicast or address.is_unspecified or address.is_reserved or address.is_loopback
    return address.is_global and not closed


def _embedded(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that packets to this IPv6 address may end at."""
    if isinstance(address, IPv4Address):
        return ()
    if address.teredo:
        return address.teredo
    if address.sixtofour:
        return (address.sixtofour,)
    if any(address in network for network in _TRANSLATED):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def _is_wrapped_only(address: IPv4Address | IPv6Address) -> bool:
    """Mapped and compatible forms are never needed on the wire: refused whatever they carry."""
    if isinstance(address, IPv4Address):
        return False
    return address.ipv4_mapped is not None or address in _IPV4_COMPATIBLE
