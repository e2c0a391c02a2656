"""What German words sound like, for words that were misheard or are spelt by ear.

Pure functions over words. `sound_key` is the Kölner Phonetik (Hans Joachim Postel, "Die Kölner Phonetik. Ein
Verfahren zur Identifizierung von Personennamen auf der Grundlage der Gestaltanalyse", IBM-Nachrichten 19,
1969, pp. 925-931): a digit for each kind of consonant. Words that share a key
may still be different ones. `plain_spelling` keeps the vowels and leaves out what cannot be heard;
`heard_key` is the key of that, since the key alone tells "Verwandtschaft" from "Verwantschaft".
"""

import re

_NO_DOTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "s"})
_CODES = {
    **dict.fromkeys("aeijouy", "0"),
    "b": "1",
    "p": "1",
    **dict.fromkeys("dt", "2"),
    **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"),
    "x": "48",
    "l": "5",
    **dict.fromkeys("mn", "6"),
    "r": "7",
    **dict.fromkeys("sz", "8"),
}
_REPEATED = re.compile(r"(.)\1+")
_UNHEARD = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        ("ph", "f"),
        ("(?<=[^c])h", ""),  # "th", "rh", and the h that makes a vowel long
        ("dt", "t"),
        ("ck", "k"),
        ("tz", "z"),
        ("ie", "i"),
        ("y", "i"),
        (r"(.)\1+", r"\1"),
    )
)


def sound_key(word: str) -> str:
    """The digits of the Kölner Phonetik; empty for what has no letter of it."""
    letters = [each for each in word.lower().translate(_NO_DOTS) if "a" <= each <= "z"]
    framed = ["", *letters, ""]
    codes = "".join(
        _code(before, letter, after)
        for before, letter, after in zip(framed, letters, framed[2:], strict=False)
    )
    single = _REPEATED.sub(r"\1", codes)
    return single[:1] + single[1:].replace("0", "")


def _code(before: str, letter: str, after: str) -> str:
    if letter == "c":
        return _code_of_c(before, after)
    if letter == "p" and after == "h":
        return "3"
    if letter in "dt" and after in ("c", "s", "z"):
        return "8"
    if letter == "x" and before in ("c", "k", "q"):
        return "8"
    return _CODES.get(letter, "")


def _code_of_c(before: str, after: str) -> str:
    if not before:
        return "4" if after and after in "ahkloqrux" else "8"
    return "4" if after and after in "ahkoqux" and before not in "sz" else "8"


def heard_key(word: str) -> str:
    """The key of a word without what is not heard."""
    return sound_key(plain_spelling(word))


def plain_spelling(word: str) -> str:
    """A folded word without letters that are not heard: doubled ones, th, ph, dt, ck, ie and a silent h."""
    for pattern, heard in _UNHEARD:
        word = pattern.sub(heard, word)
    return word
