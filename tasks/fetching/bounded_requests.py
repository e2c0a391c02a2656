"""Single questions to a server besides a transfer: a page, a listing, a look at a file. All bounded."""

from dataclasses import dataclass
from typing import Any

from yt_dlp.networking import Request, Response
from yt_dlp.networking.exceptions import HTTPError

from tasks.fetching.yt_dlp_session import Session

MOST_BYTES = 8 * 2**20
_BLOCK_BYTES = 2**16
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, also with an error: its status, where it came from in the end, and its text."""

    status: int
    address: str
    kind: str
    disposition: str
    body: bytes

    @property
    def is_html(self) -> bool:
        """Whether it says that it is a page."""
        return self.kind in _HTML

    @property
    def text(self) -> str:
        """The page as text; what is not UTF-8 in it is left out."""
        return self.body.decode("utf-8", "ignore")


def ask(
    session: Session,
    address: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    data: bytes | None = None,
) -> Answer:
    """Ask for the beginning of what is there, at most MOST_BYTES of it; media are not read at all.

    Raises HTTPError for a server that is out of order or asks for a pause, and what the network raises.
    """
    request = Request(address, data=data, headers=headers or {}, method=method)
    try:
        response: Any = session.urlopen(request)
    except HTTPError as error:
        if error.status in (408, 425, 429, 502, 503, 504):
            raise
        response = error.response
    try:
        return _answer(response)
    finally:
        response.close()


def _answer(response: Response) -> Answer:
    kind = (response.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    is_text = kind.startswith("text/") or kind.endswith(("xml", "json"))
    return Answer(
        status=response.status,
        address=response.url,
        kind=kind,
        disposition=response.headers.get("Content-Disposition") or "",
        body=_beginning(response) if is_text else b"",
    )


def _beginning(response: Response) -> bytes:
    body = bytearray()
    while len(body) < MOST_BYTES and (block := response.read(_BLOCK_BYTES)):
        body += block
    return bytes(body[:MOST_BYTES])
