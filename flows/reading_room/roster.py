"""The members, by keys that reveal no address."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from flows.reading_room.member_address import member_address


@dataclass(frozen=True, slots=True)
class Roster:
    """The members as they were when it was read.

    `addresses`: member's key -> the address as the list knows it; `organisers`: keys.
    """

    addresses: Mapping[str, str] = field(repr=False)
    organisers: frozenset[str]

    @classmethod
    def of(cls, members: Iterable[str], organisers: Iterable[str], key_of: Callable[[str], str]) -> "Roster":
        """Members and organisers (members too); `key_of` makes a key of a comparable address.

        What is not an address is left out.
        """
        running = _by_key(organisers, key_of)
        return cls({**running, **_by_key(members, key_of)}, frozenset(running))


def _by_key(addresses: Iterable[str], key_of: Callable[[str], str]) -> dict[str, str]:
    comparable = ((member_address(address), address.strip()) for address in addresses)
    return {key_of(address): known_as for address, known_as in comparable if address}
