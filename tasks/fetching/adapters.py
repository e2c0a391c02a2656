"""Who finds the recording behind an address: our own adapters first, then yt-dlp, then what its page says.

An adapter is a function `look_up(session, full, zone)`. It returns None where the address is not of its
kind, and raises a StepError where it is, and there is nothing to be fetched. Adapters go by the shape of the
address and ask a server no more than they need to be sure.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from yt_dlp.extractor import gen_extractor_classes
from yt_dlp.utils import YoutubeDLError

from tasks.fetching import (
    bigbluebutton_adapter,
    nextcloud_adapter,
    page_links,
    recording_lookup,
    seafile_adapter,
)
from tasks.fetching.fetch_errors import translate
from tasks.fetching.recording_lookup import FoundRecording, announced_bytes, check_duration, check_size
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.error_kinds import StepError
from transcripts.errors.source_errors import NoMediaError
from transcripts.sources.closed_links import closed_link

Adapter = Callable[[Session, str, ZoneInfo], FoundRecording | None]

# Tried in this order. Those of kinds of address come before yt-dlp, which would take them for any page.
ADAPTERS: tuple[Adapter, ...] = (
    bigbluebutton_adapter.look_up,
    nextcloud_adapter.look_up,
    seafile_adapter.look_up,
)
# What yt-dlp knows these addresses by is less than what our adapters know.
_OURS = frozenset({"Generic", "OwnCloud"})


def find_recording(
    session: Session, full: str, zone: ZoneInfo, *, max_duration_seconds: float, max_size_bytes: int
) -> FoundRecording:
    """The recording behind an address.

    Raises what the adapters raise, what `lookup.look_up` does, and MeetingLinkError,
    LoginRequiredError for an address that shows no recording to anybody who has only the link.
    """
    found = None if is_known_site(full) else _adapted(session, full, zone)
    if found is not None:
        check_duration(found.duration_seconds, max_duration_seconds)
        check_size(announced_bytes(found.formats), max_size_bytes)
        return found
    limits = {"max_duration_seconds": max_duration_seconds, "max_size_bytes": max_size_bytes}

    def by_yt_dlp(address: str) -> FoundRecording:
        return recording_lookup.look_up(session, address, zone, **limits)  # type: ignore[arg-type]

    try:
        return by_yt_dlp(full)
    except (YoutubeDLError, StepError) as error:
        if not isinstance(translate(error, full, ""), NoMediaError):
            raise
        behind = page_links.linked_recording(session, full, zone, by_yt_dlp)
        if behind is None:
            raise
        return behind


def _adapted(session: Session, full: str, zone: ZoneInfo) -> FoundRecording | None:
    closed = closed_link(full)
    if closed is not None:
        raise closed()
    return next((found for adapter in ADAPTERS if (found := adapter(session, full, zone))), None)


def is_known_site(full: str) -> bool:
    """Whether yt-dlp knows the site by name; then none of our adapters need ask."""
    kinds = (each for each in gen_extractor_classes() if each.suitable(full))
    return any(each.ie_key() not in _OURS for each in kinds)
