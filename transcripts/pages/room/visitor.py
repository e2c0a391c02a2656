"""Who is reading, as far as the pages need to know. Holds no address and no name, so none can leak."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who asks for a page. Access control decides; in an open reading room everybody is a member."""

    is_member: bool = False
    is_organiser: bool = False


STRANGER = Visitor()
MEMBER = Visitor(is_member=True)
