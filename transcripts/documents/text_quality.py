"""Tells text from what only looks like it: a text layer whose codes mean nothing."""

import re

_LEAST_CHARACTERS = 40
_LEAST_READABLE = 0.7
_LEAST_VOWELS, _MOST_VOWELS = 0.2, 0.65
_LONGEST_USUAL_WORD = 25
_READABLE = re.compile(r"[0-9A-Za-zÀ-žßẞ .,;:!?()\[\]/%&€$§„“”‚‘’\"'…•*+=|<>@#_–—-]")
_LETTER = re.compile(r"[A-Za-zÀ-žßẞ]")
_VOWEL = re.compile(r"[aeiouyäöüáàâéèêëíìîïóòôúùûå]", re.IGNORECASE)


def is_garbage(text: str) -> bool:
    """Whether people could not read this, though it is long enough to be judged.

    Other scripts are garbage, too: fonts without a table of their characters look like them.
    """
    if len(text) < _LEAST_CHARACTERS:
        return False
    if len(_READABLE.findall(text)) < _LEAST_READABLE * len(text):
        return True
    letters = len(_LETTER.findall(text))
    if letters < len(text) / 4:
        return False  # a table of numbers
    vowels = len(_VOWEL.findall(text))
    words = text.split()
    is_odd = not _LEAST_VOWELS <= vowels / letters <= _MOST_VOWELS
    return is_odd or len(text) > _LONGEST_USUAL_WORD * len(words)
