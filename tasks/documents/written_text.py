"""Reads plain text, Markdown and web pages of any encoding. In the sandboxed process."""

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from charset_normalizer import from_bytes
from markdown_it import MarkdownIt
from markdown_it.token import Token

from transcripts.documents.page_words import clean_text
from transcripts.documents.pageless_text import PlainParagraph
from transcripts.documents.paragraph_building import CELL_SEPARATOR
from transcripts.errors.document_errors import DocumentKindUnknownError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What German text is written in, besides UTF-8.
_ENCODINGS = ["cp1252", "cp850", "mac_roman", "iso8859_15", "utf_16_le", "utf_16_be"]
_MOST_CONTROLS = 0.002
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_SPACES = re.compile(r"\s+")
_ITEM = re.compile(r"(?:[-*•]|\d{1,3}[.)])\s")


class Decoded(NamedTuple):
    """Text, and whether its encoding had to be guessed."""

    text: str
    is_guessed: bool = False


def decoded(content: bytes, *, is_cut: bool = False) -> Decoded:
    """The characters. Raises DocumentKindUnknownError for what is no text. `is_cut`: more may follow."""
    found = _decoded(content, is_cut)
    if len(_CONTROLS.findall(found.text)) > _MOST_CONTROLS * len(found.text):
        raise DocumentKindUnknownError()
    return Decoded(found.text.replace("\r\n", "\n").replace("\r", "\n"), found.is_guessed)


def _decoded(content: bytes, is_cut: bool) -> Decoded:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(content.decode(encoding, errors="replace"))
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return Decoded(decoder.decode(content, final=not is_cut))
    except UnicodeDecodeError:
        best = from_bytes(content, cp_isolation=_ENCODINGS).best()
    if best is None:
        raise DocumentKindUnknownError()
    return Decoded(str(best), is_guessed=True)


def paragraphs_of_text(text: str) -> Iterator[PlainParagraph]:
    """Parted by empty lines; items of lists stand for themselves. Lines that were broken are joined."""
    for block in _BLANK_LINES.split(text):
        lines: list[str] = []
        for line in block.split("\n"):
            if lines and _ITEM.match(line.strip()):
                yield PlainParagraph(_one_line(lines))
                lines = []
            lines.append(line)
        yield PlainParagraph(_one_line(lines))


def _one_line(lines: list[str]) -> str:
    return _SPACES.sub(" ", clean_text(" ".join(lines))).strip()


def paragraphs_of_markdown(text: str) -> Iterator[PlainParagraph]:
    """Without its marks; rows of tables with their cells side by side."""
    heading, cells = 0, None
    row: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "heading_open":
            heading = int(token.tag[1])
        elif token.type == "tr_open":
            cells, row = True, []
        elif token.type == "tr_close":
            cells = None
            yield PlainParagraph(CELL_SEPARATOR.join(row))
        elif token.type == "inline" and cells:
            row.append(_one_line([_inline(token)]))
        elif token.type == "inline":
            yield PlainParagraph(_one_line([_inline(token)]), heading)
        elif token.type in ("fence", "code_block"):
            yield from paragraphs_of_text(token.content)
        elif token.type == "heading_close":
            heading = 0


def _inline(token: Token) -> str:
    texts = {"softbreak": " ", "hardbreak": " "}
    return "".join(texts.get(each.type, each.content) for each in token.children or ())


class WebText(HTMLParser):
    """The text of a web page, and what its head says of it."""

    _BLOCKS = frozenset(
        [
            "p",
            "div",
            "section",
            "article",
            "main",
            "header",
            "footer",
            "aside",
            "nav",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "blockquote",
            "pre",
            "address",
            "figure",
            "figcaption",
            "table",
            "caption",
            "tr",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "form",
            "fieldset",
            "body",
        ]
    )
    _UNSEEN = frozenset(
        [
            "script",
            "style",
            "template",
            "noscript",
            "svg",
            "head",
            "select",
            "button",
            "textarea",
            "iframe",
            "object",
        ]
    )
    _CELLS = frozenset(("td", "th"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[PlainParagraph] = []
        self.title = self.language = self.licence = ""
        self._text: list[str] = []
        self._heading = self._unseen = 0
        self._is_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang") or ""
        if tag in ("a", "link") and "license" in (values.get("rel") or "").split():
            self.licence = values.get("href") or ""
        self._is_title = tag == "title"
        if tag in self._UNSEEN:
            self._unseen += 1
        elif tag in self._BLOCKS:
            self.end()
            self._heading = int(tag[1]) if tag in ("h1", "h2", "h3", "h4", "h5", "h6") else 0
        elif tag in self._CELLS and "".join(self._text).strip():
            self._text.append(CELL_SEPARATOR)
        elif tag == "br":
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._is_title = False
        if tag in self._UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in self._BLOCKS:
            self.end()
            self._heading = 0

    def handle_data(self, data: str) -> None:
        if self._is_title:
            self.title += data
        elif not self._unseen:
            self._text.append(data)

    def end(self) -> None:
        """Put down what was read of a paragraph."""
        text = _one_line(["".join(self._text)])
        if text:
            self.found.append(PlainParagraph(text, self._heading))
        self._text = []
