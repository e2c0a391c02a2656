"""Mail addresses as people type them, made comparable; and networks, as far as limits count them. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from ipaddress import ip_address, ip_network

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
_FORM = re.compile(r"[^\s@<>(),:;\"\\\[\]]{1,64}@[^\s@<>(),:;\"\\\[\]]{1,190}")
_NETWORK_BITS = {4: 24, 6: 64}
_HOUSE_BITS = {4: 32, 6: 64}


def member_address(text: str) -> str | None:
    """The address in the one spelling in which addresses are compared; None if it is none.

    Capitals do not count, nor whether a domain with umlauts is written in ASCII. What comes out
    is for comparing only: mail goes to the address as the list knows it.
    """
    if len(text) > LONGEST_ADDRESS:
        return None
    address = unicodedata.normalize("NFC", text.strip()).lower()
    if not _FORM.fullmatch(address) or not address.isprintable():
        return None
    local, domain = address.split("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None


def network_of(host: str | None) -> str:
    """The network that a limit counts as one: the /24 of an IPv4 address, the /64 of an IPv6 one."""
    return _network(host, _NETWORK_BITS)


def visitor_of(host: str | None) -> str:
    """What stands for one house at most: the IPv4 address, the /64 of an IPv6 one."""
    return _network(host, _HOUSE_BITS)


def _network(host: str | None, bits: Mapping[int, int]) -> str:
    try:
        address = ip_address((host or "").partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return str(ip_network((address, bits[address.version]), strict=False))
