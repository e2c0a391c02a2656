"""Authenticates visitors: reads their tokens, knows the members, records which links were used.

Asks the archive where a link is used, a feed is read, or somebody comes with a cookie who was not
here for some seconds (see flows.reading_room.session_cache).
"""

from dataclasses import dataclass

from flows.reading_room.membership import Membership
from flows.reading_room.session_cache import SessionCache
from flows.reading_room.sign_in_mail_limits import SignInMailLimits
from tasks.access.sign_in_store import SignInStore
from tasks.access.signed_tokens import LINK_SECONDS, OWNER, FeedToken, SignedTokens, SignInLink
from transcripts.access.sessions import device_name
from transcripts.pages.room.visitor import MEMBER, STRANGER, Visitor

LINK_MINUTES = LINK_SECONDS // 60
ORGANISER = Visitor(is_member=True, is_organiser=True)


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who asks; `session_note` names the session among the member's others."""

    visitor: Visitor
    member_key: str | None = None
    session_note: str | None = None


class Authenticator:
    """One a room. All methods may be called from any thread."""

    def __init__(
        self,
        tokens: SignedTokens,
        membership: Membership,
        notes: SignInStore,
        book: SessionCache,
        *,
        is_open: bool,
    ) -> None:
        self.tokens, self.membership, self.is_open = tokens, membership, is_open
        self._notes, self.book = notes, book
        self.mail_limits = SignInMailLimits()

    @property
    def anybody(self) -> Recognised:
        """Somebody who is not signed in."""
        return Recognised(MEMBER if self.is_open else STRANGER)

    def knows(self, cookie: str | None) -> bool:
        """Whether `recognise` answers at once, asking nobody."""
        session = self.tokens.read_session(cookie) if cookie else None
        return session is None or self.book.knows(session)

    def recognise(self, cookie: str | None) -> Recognised:
        """Who holds this cookie. In an open room everybody is a member, and some are organisers.

        Raises what storages raise: then nobody knows whether the session was ended.
        """
        session = self.tokens.read_session(cookie) if cookie else None
        visitor = self._visitor(session.member_key) if session else STRANGER
        if session is None or not visitor.is_member or not self.book.holds(session):
            return self.anybody
        return Recognised(visitor, session.member_key, session.name.note)

    def sign_in(self, member_key: str, user_agent: str) -> str:
        """The cookie of a new session. Raises what storages raise."""
        return self.tokens.session(member_key, self.book.begin(member_key, device_name(user_agent)))

    def read_link(self, token: str) -> SignInLink | None:
        """What a link says, if it is good; looking does not use it up."""
        link = self.tokens.read_link(token)
        return link if link and self._visitor(link.member_key).is_member else None

    def use_link(self, token: str) -> SignInLink | None:
        """The same, once; None ever after, in all rooms of the archive.

        Raises what storages raise: then the link was not used.
        """
        link = self.read_link(token)
        if link is None or not self._notes.use_up(link.nonce):
            return None
        self.mail_limits.forget(link.member_key)
        return link

    def forget_used_links(self) -> None:
        """Tidy up notes that nobody needs any more."""
        self._notes.forget_old()
        self.book.forget_old()

    def owner_link_token(self) -> str:
        """A token for the owner of the machine, who is an organiser whatever the list says."""
        return self.tokens.link(OWNER, "/")

    def feed_token(self, member_key: str) -> str:
        """What stands in the addresses of a member's feeds until they are renewed."""
        return self.tokens.feed(FeedToken(member_key, self._notes.generation(member_key)))

    def renew_feeds(self, member_key: str) -> None:
        """Make the present addresses of a member's feeds invalid."""
        self._notes.renew(member_key)

    def may_read_feed(self, text: str) -> bool:
        """Whether this is the token of someone who is a member, and was not renewed since."""
        token = self.tokens.read_feed(text)
        if token is None or not self._visitor(token.member_key).is_member:
            return False
        return token.generation == self._notes.generation(token.member_key)

    def _visitor(self, member_key: str) -> Visitor:
        """Who this is now. While the members were never known since the start, whoever was in stays in."""
        roster = self.membership.last_known
        if member_key == OWNER:
            return ORGANISER
        if roster is None:
            return MEMBER
        if member_key in roster.organisers:
            return ORGANISER
        return MEMBER if member_key in roster.addresses else STRANGER
