"""Rejects what a server sends in place of a recording: a page, a packed folder, a document."""

from yt_dlp.networking import Request, Response

from tasks.fetching.protected_pages import reason_of
from tasks.fetching.yt_dlp_session import Send
from transcripts.errors.media_errors import ZipFileError
from transcripts.errors.source_errors import NoMediaError, OtherFilesError
from transcripts.sources.listed_files import kind_of_type
from transcripts.sources.login_pages import LONGEST_PAGE
from transcripts.sources.upload_rules import HEAD_BYTES, begins_like_media

_HTML = ("text/html", "application/xhtml+xml")
_PACKED = "ZIP"


def without_page(send: Send, request: Request) -> Response:
    """The answer, unless it says that it is no recording.

    Raises LoginPageError, QuotaUsedUpError, NoMediaError, ZipFileError,
    OtherFilesError (kinds).
    """
    response = send(request)
    kind = (response.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind in _HTML:
        page = response.read(LONGEST_PAGE)
        response.close()
        if not begins_like_media(page[:HEAD_BYTES]):
            raise reason_of(page.decode("utf-8", "ignore")) or NoMediaError()
        return send(request)  # a recording, whatever its server calls it
    other = kind_of_type(kind)
    if other:
        response.close()
        raise (ZipFileError() if other == _PACKED else OtherFilesError(kinds=other))
    return response
