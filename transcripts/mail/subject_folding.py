"""A mail's subject on lines that every reader puts together again to the letter (RFC 5322 2.2.3, RFC 2047).

Where a subject is ASCII with short words it is folded at its spaces. All else becomes encoded words
from the first character to the last: between two of them readers leave out the space, whereas beside plain
text some keep it and some do not. Text always begins on the first line, since list servers that put a prefix
before the subject otherwise write two spaces.
"""

from binascii import b2a_base64
from collections.abc import Iterator
from email.policy import Policy

LONGEST_LINE = 76
"""Characters of a line with an encoded word (RFC 2047, 2); a word has 75 at most."""
BEGIN = "Subject: "
_WORD = "=?utf-8?{}?{}?="
_ROOM = LONGEST_LINE - len(_WORD.format("q", ""))
_AS_THEY_ARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""What RFC 2047, 5 (3) allows everywhere in "Q" encoding."""


class Subject(str):
    """A subject as a header of a message. The standard library would read it as if it had come from outside
    ("=?" in a title changes it), and folds mixed ones so that some readers lose a space.

    It is on one line, and its runs of spaces are one.
    """

    __slots__ = ()

    name = "subject"  # by which policies of `email` know what folds itself

    def fold(self, *, policy: Policy) -> str:
        """The whole header with its line ends, which are those of the policy."""
        lines = _folded_at_spaces(self) or _encoded(self)
        return f"{policy.linesep} ".join(lines) + policy.linesep


def _folded_at_spaces(subject: str) -> list[str]:
    """Lines of plain words; empty where that would do harm."""
    if not subject.isascii() or "=?" in subject:
        return []
    first, *words = subject.split(" ")
    lines = [BEGIN + first]
    for word in words:
        if len(lines[-1]) + 1 + len(word) < LONGEST_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines if all(len(line) < LONGEST_LINE for line in lines) else []


def _encoded(subject: str) -> list[str]:
    """Lines of one encoded word each, by the encoding that is shorter; no character is cut."""
    quoted = [_quoted(character) for character in subject]
    is_quoted = sum(map(len, quoted)) <= 4 * len(subject.encode()) / 3
    first_room, others_room = _ROOM - len(BEGIN), _ROOM - 1
    words = (
        _quoted_words(quoted, first_room, others_room)
        if is_quoted
        else _base64_words(subject, first_room, others_room)
    )
    first, *others = (_WORD.format("q" if is_quoted else "b", word) for word in words)
    return [BEGIN + first, *others]


def _quoted(character: str) -> str:
    if character == " ":
        return "_"
    return "".join(chr(byte) if byte in _AS_THEY_ARE else f"={byte:02X}" for byte in character.encode())


def _quoted_words(pieces: list[str], first: int, others: int) -> Iterator[str]:
    word, room = "", first
    for piece in pieces:
        if len(word) + len(piece) > room:
            yield word
            word, room = "", others
        word += piece
    yield word


def _base64_words(subject: str, first: int, others: int) -> Iterator[str]:
    word, room = b"", first // 4 * 3
    for character in subject:
        piece = character.encode()
        if len(word) + len(piece) > room:
            yield _base64(word)
            word, room = b"", others // 4 * 3
        word += piece
    yield _base64(word)


def _base64(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode()
