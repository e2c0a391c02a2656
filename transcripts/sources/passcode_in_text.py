"""The passcode that stands beside a link in words: "Passwort: …", "Das Kennwort lautet …". Pure."""

import re
from collections.abc import Sequence

# Ends of words; and words that mean nothing else.
_LABEL_ENDS = ("passwort", "kennwort", "kenncode", "passcode", "password", "zugangscode", "zugriffscode")
_LABELS = frozenset(["pw", "pwd", "pin", "pass"])
_NONE = frozenset(
    [
        *("keins", "keines", "keine", "kein", "ohne", "nein", "nicht", "none", "no"),
        *("entfällt", "nötig", "erforderlich", "-", "–"),
    ]
)
_VERBS = frozenset(["lautet", "ist", "is", "heißt", "=", ":"])
_FARTHEST_WORDS = 6
_AROUND = "*_`'\"„“”‚‘’»«"
_OPEN = "([" + _AROUND
_TYPICAL = re.compile(r"[^A-Za-zÄÖÜäöüß]")


def passcode_in_words(text: str) -> str | None:
    """The passcode, if the text names one."""
    lines = [line.split() for line in text.split("\n")]
    lines = [line for line in lines if line]
    for number, words in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else []
        for at, word in enumerate(words):
            label, mark, behind = _parted(word)
            if not _is_label(label):
                continue
            found = _clean(behind) if behind else _value(mark, words[at + 1 :], following, is_first=at == 0)
            if found and found.lower() not in _NONE:
                return found
    return None


def _parted(word: str) -> tuple[str, str, str]:
    """What stands before a colon or an equals sign, the sign, and what stands behind it."""
    at = next((at for at, each in enumerate(word) if each in ":="), len(word))
    return word[:at], word[at : at + 1], word[at + 1 :].lstrip("*_")


def _is_label(word: str) -> bool:
    plain = word.strip(_OPEN + ")]").lower()
    return plain in _LABELS or plain.endswith(_LABEL_ENDS)


def _value(mark: str, rest: Sequence[str], following: Sequence[str], *, is_first: bool) -> str | None:
    if mark:
        return _clean(rest[0]) if rest else _clean(following[0]) if len(following) == 1 else None
    for at, word in enumerate(rest[:_FARTHEST_WORDS]):
        if word.lower() in _VERBS or word.endswith(":"):
            ahead = rest[at + 1 :]
            ahead = ahead[1:] if ahead[:1] == [":"] else ahead
            return _clean(ahead[0]) if ahead else _clean(following[0]) if len(following) == 1 else None
    if is_first and len(rest) == 1 and _TYPICAL.search(rest[0]):
        return _clean(rest[0])
    return None


def _clean(word: str) -> str:
    """Without quotation marks around it, and without the marks of the sentence."""
    kept = word.lstrip(_OPEN) if word[:1] in _OPEN else word
    while kept and (kept[-1] in ".,;" or (kept[-1] in ")]" and _closes_more(kept))):
        kept = kept[:-1]
    return kept.rstrip(_AROUND) if word[:1] in _AROUND else kept


def _closes_more(word: str) -> bool:
    opening = {")": "(", "]": "["}[word[-1]]
    return word.count(word[-1]) > word.count(opening)
