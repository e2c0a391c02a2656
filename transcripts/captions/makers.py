"""Whether captions were written by a machine, as far as what a source calls them says so. Pure."""

import re

LONGEST_NAME = 200
# "de-auto", "a.de", "de-x-autogen"; "Deutsch (automatisch erzeugt)", "German (auto-generated)", "ASR".
_BY_MACHINE = re.compile(
    r"(?:^|[^a-zäöü])(?:auto|asr|auto[- ]?gen\w{0,20}|automati\w{1,20}|machine|maschinell\w{0,20}|whisper)"
    r"(?:[^a-zäöü]|$)|^a\."
)


def is_by_machine(*names: str) -> bool:
    """Whether the tag of a language, or what the captions are called, says that nobody wrote them."""
    return any(_BY_MACHINE.search(each[:LONGEST_NAME].casefold()) for each in names)
