"""HTML as a clipboard holds it, as lines: cells by tabs, items by bullets, links behind words. Pure."""

import re
from html.parser import HTMLParser

LONGEST_MARKUP = 200_000
_TAG = re.compile(r"<(?:p|div|br|li|ul|ol|td|tr|table|span|html|body)(?:\s|/?>)", re.IGNORECASE)
_CLOSING = re.compile(r"</(?:p|div|li|ul|ol|td|tr|table|span|html|body)>|<br ?/?>", re.IGNORECASE)
_BLOCKS = frozenset(["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"])
_UNSEEN = frozenset(["style", "script", "head", "title", "xml"])
_LISTS = frozenset(["ul", "ol"])


def is_markup(text: str) -> bool:
    """Whether the text is HTML and not about it."""
    return bool(_TAG.search(text[:LONGEST_MARKUP]) and _CLOSING.search(text[:LONGEST_MARKUP]))


def markup_as_text(markup: str) -> str:
    """The text of HTML, a line for each of its lines, list items and rows."""
    reader = _MarkupReader()
    # What cannot be a tag is no reason to look for its end again and again.
    reader.feed(_closed(markup[:LONGEST_MARKUP]))
    reader.close()
    return reader.text


def _closed(markup: str) -> str:
    """The markup up to its last closed tag, each "<" that opens none written as an entity."""
    pieces = markup.split("<")
    kept = [pieces[0]]
    for piece in pieces[1:]:
        is_tag = ">" in piece and (piece[:1].isalpha() or (piece[:1] == "/" and piece[1:2].isalpha()))
        kept.append(
            ("<" if is_tag else "" if piece[:1] in ("!", "?") else "&lt;") + _unremarked(piece, is_tag)
        )
    return "".join(kept)


def _unremarked(piece: str, is_tag: bool) -> str:
    """What follows a comment or declaration; anything else as it is."""
    return piece if is_tag or piece[:1] not in ("!", "?") else piece.partition(">")[2]


class _MarkupReader(HTMLParser):
    """Collects lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._now: list[str] = []
        self._lists: list[list[int]] = []
        self._links: list[str] = []
        self._unseen = 0
        self._row = 0
        self._is_in_item = False

    @property
    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _LISTS:
            self._end_line()
            self._lists.append([0 if tag == "ol" else -1])
        elif tag == "li":
            self._begin_item()
        elif tag == "tr":
            self._end_line()
            self._row = 1
        elif tag in ("td", "th"):
            self._now.append("" if self._row == 1 else "\t")
            self._row += 1
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
        elif tag == "br" or tag in _BLOCKS:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _LISTS and self._lists:
            self._end_line()
            self._lists.pop()
        elif tag in ("tr", "li", "table"):
            self._end_line()
            self._row = 0 if tag != "li" else self._row
        elif tag == "a" and self._links:
            self._end_link(self._links.pop())
        elif tag in _BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        words = " ".join(data.replace("\u00a0", " ").split())
        if not words:
            words = " " if data and self._now else ""
        else:
            words = f"{' ' if data[:1].isspace() else ''}{words}{' ' if data[-1:].isspace() else ''}"
        if words:
            self._now.append(words)
            self._is_in_item = False

    def _begin_item(self) -> None:
        self._end_line()
        depth, count = max(0, len(self._lists) - 1), self._lists[-1] if self._lists else [-1]
        if count[0] >= 0:
            count[0] += 1
        self._now.append("  " * min(depth, 9) + (f"{count[0]}. " if count[0] > 0 else "• "))
        self._is_in_item = True

    def _break(self, tag: str) -> None:
        if self._row:
            self._now.append(" ")
        elif not self._is_in_item:
            self._end_line()
            if tag == "p":
                self._lines.append("")

    def _end_link(self, address: str) -> None:
        if address.lower().startswith(("https://", "http://")) and address not in "".join(self._now[-3:]):
            self._now.append(f" {address} ")

    def _end_line(self) -> None:
        line = "".join(self._now)
        if line.strip():
            self._lines.append(line)
        self._now, self._is_in_item = [], False
