"""Lists in the settings: as TOML has them, as JSON, or with commas; each entry is what the list is of.

An entry that is none of these would match nothing, and nobody would notice: so it is refused.
"""

import json
import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
ANY_PORT = "*"
_PORT = re.compile(r"(?P<host>.*?)(?::(?P<port>\d{1,5}|\*))?")
_BRACKETED = re.compile(r"\[(?P<host>[0-9A-Fa-f:.%]*)\](?::(?P<port>\d{1,5}|\*))?")
_LOCAL_PART = re.compile(r"(?!')[^\s@,;:<>()\[\]{}|\"\\]{1,64}")  # o'neill, but nothing in quotes
_LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets

_NO_HOST = "erwartet wird ein Rechnername oder eine IP-Adresse, auch mit Port: cloud.intern, 10.0.0.7:8080"
_NO_MAIL_ADDRESS = "erwartet wird eine Mailadresse wie name@example.org"
_NO_PROXY = "erwartet wird eine IP-Adresse oder ein Netz: 127.0.0.1, 10.0.0.0/8"
_EMPTY = "er ist leer; zwischen den Kommas fehlt etwas"
_NO_LIST = 'das ist keine Liste; erwartet wird eins, zwei oder ["eins", "zwei"]'


def _entries(value: Any) -> Any:
    """The entries of a list written in one text; anything else as it is, for pydantic to judge.

    What begins with a bracket is JSON, or names an IPv6 address with its port, [::1]:8080.
    """
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return tuple(json.loads(value))
        except (ValueError, RecursionError):
            if not _BRACKETED.match(value.lstrip()):
                raise ValueError(_NO_LIST) from None
    return tuple(value.split(",")) if value.strip() else ()


def _host(text: str) -> str:
    """A host as connections name it: lower case, international names in ASCII. Raises ValueError."""
    found = _BRACKETED.fullmatch(text)
    if found or _is_ip(text, IPv6Address):
        host, port = (found["host"], found["port"]) if found else (text, None)
        is_host = _is_ip(host, IPv6Address)
        shown = f"[{host}]:{port}" if port else host
    else:
        plain = _PORT.fullmatch(text)
        host, port = _ascii_name(plain["host"].rstrip(".") if plain else ""), plain["port"] if plain else None
        is_host = _is_ip(host, IPv4Address) or _is_name(host)
        shown = f"{host}:{port}" if port else host
    if not is_host or (port and port != ANY_PORT and not 0 < int(port) < 65536):
        raise ValueError(_NO_HOST)
    return shown.lower()


def _mail_address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    is_whole = _LOCAL_PART.fullmatch(local) and _is_name(_ascii_name(domain))
    if not is_whole or not text.isprintable() or len(text) > _LONGEST_ADDRESS:
        raise ValueError(_NO_MAIL_ADDRESS)
    return text


def _proxy(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(_NO_PROXY) from None
    return text


def _is_ip(text: str, kind: type[IPv4Address] | type[IPv6Address]) -> bool:
    try:
        kind(text)
    except AddressValueError:
        return False
    return True


def _ascii_name(host: str) -> str:
    """As the domain name system has it; what cannot be one stays, and is none."""
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host


def _is_name(host: str) -> bool:
    """Whether it can be a host's name; one that ends in a number would be a broken IP address."""
    labels = host.split(".")
    return all(_LABEL.fullmatch(each) for each in labels) and not labels[-1].isdecimal()


def _stripped(check: Callable[[str], str]) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not text.strip():
            raise ValueError(_EMPTY)
        return check(text.strip())

    return checked


MinutesList: TypeAlias = Annotated[
    tuple[Annotated[float, Field(gt=0, le=24 * 60)], ...], BeforeValidator(_entries)
]
HostList: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_stripped(_host))], ...], BeforeValidator(_entries)
]
MailAddressList: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_stripped(_mail_address))], ...], BeforeValidator(_entries)
]
ProxyList: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_stripped(_proxy))], ...], BeforeValidator(_entries)
]
