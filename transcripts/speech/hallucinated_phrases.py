"""Phrases that Whisper invents where nobody speaks, because its training data held subtitles with credits.

Collected from reports on openai/whisper and faster-whisper for German, Austrian and
Swiss recordings. All patterns look at running text and ignore case.
"""

import re

_STATION = r"(?:zdf|ard|arte|ndr|wdr|mdr|swr|br|hr|rbb|orf|srf|3sat|phoenix|funk)"
_YEAR = r"(?:19|20)\d\d"
_SUBTITLES = r"\b(?:untertitel|untertitelung)\b"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Credits: nobody says these in a meeting.
CREDITS = _any_of(
    rf"{_SUBTITLES}\W+(?:im auftrag\W+)?(?:(?:des|der|von|durch)\W+)?{_STATION}\b"
    rf"(?:\W+(?:für\W+)?{_STATION}\b|\W+{_YEAR}\b)*",
    rf"{_SUBTITLES}\W+(?:der|von)\W+(?:die\W+)?amara\W*org\b(?:\W+community\b)?",
    rf"{_SUBTITLES}\W+(?:im auftrag|aufgrund)\b(?:\W+\w+){{0,6}}?\W+{_YEAR}\b",
    rf"\bcopyright\W+{_STATION}\b(?:\W+{_YEAR}\b)?",
    rf"\b{_STATION}\W+(?:mediathek\W+)?{_YEAR}\b",
    r"\bamara\W*org\b(?:\W+community\b)?",
    r"\bvideo\W+(?:wurde\W+)?(?:auf deutsch\W+)?untertitelt\b",
)

# What makers of videos say to their viewers; in a meeting it may be said, but seldom is.
FAREWELLS_TO_VIEWERS = _any_of(
    r"\b(?:danke|dankeschön|vielen dank)\W+(?:\w+\W+)?f(?:ü|u)r(?:s|\W+das|\W+euer|\W+ihr)"
    r"\W+(?:zuschauen|zusehen)\b",
    r"\bbis zum nächsten mal\W+tschüs{1,2}\b",
    r"\babonnier(?:t|en)\b(?:\W+\w+){0,4}?\W+kanal\b",
    r"\bkanal\W+(?:zu\W+)?abonnieren\b",
    r"\bthank(?:s| you) for watching\b",
)
