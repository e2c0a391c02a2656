"""How many sign-in links may be mailed to one address, and how far apart."""

from tasks.access.rate_limits import GrowingPauses
from tasks.access.signed_tokens import LINK_SECONDS

# Between the mails to one address; the longest is shorter than a link is good.
PAUSES_SECONDS = (3 * 60, 5 * 60, 10 * 60, LINK_SECONDS - 30)
# When the request comes from a browser in which the member has signed in before.
KNOWN_BROWSER_PAUSES_SECONDS = (60, 2 * 60, 3 * 60)
FORGET_SECONDS = 3600


class SignInMailLimits:
    """Counts the mails to each member. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._pauses = GrowingPauses(PAUSES_SECONDS, FORGET_SECONDS)
        self._known_browser_pauses = GrowingPauses(KNOWN_BROWSER_PAUSES_SECONDS, FORGET_SECONDS)

    def may_be_mailed(self, member_key: str, *, is_own: bool) -> bool:
        """Whether another link may be mailed to a member, who may not be the one who asks; if so, it will be.

        However often a stranger asks, the newest link is good until the next may be mailed: nobody is locked
        out. What a member asks for in a browser of theirs waits for no stranger.
        """
        return self._of(is_own).may_happen(member_key)

    def was_not_mailed(self, member_key: str, *, is_own: bool) -> None:
        """The mail that was to go out did not, and will be tried again."""
        self._of(is_own).did_not_happen(member_key)

    def forget(self, member_key: str) -> None:
        """A link was used: these mails were wanted."""
        self._pauses.forget(member_key)
        self._known_browser_pauses.forget(member_key)

    def _of(self, is_own: bool) -> GrowingPauses:
        return self._known_browser_pauses if is_own else self._pauses
