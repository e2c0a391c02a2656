"""Guesses what a document is, from what its file says of itself, its first page, and its name."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from transcripts.documents.document_record import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Country,
    DocumentDetails,
    DocumentKind,
)
from transcripts.documents.document_text import DocumentText, Paragraph

_LONGEST_TITLE, _LEAST_TITLE = 200, 4
_FIRST_PARAGRAPHS = 25
_FIRST_CHARACTERS = 6_000
_SEEN_CHARACTERS = 40_000
# Titles that programs give by themselves.
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel) ?-|untitled|unbenannt|ohne titel|scan|powerpoint|folie ?\d|"
    r"(?:dokument|document|pr[äa]sentation|tabelle) ?\d*$|[\w-]{1,80}\.(?:docx?|odt|pdf|indd|pptx?|xlsx?)$)",
    re.IGNORECASE,
)
_NAME_SIGNS = re.compile(r"[_+]+|(?<=\w)-(?=\w)|%20")
_SPACES = re.compile(r"\s+")
_YEAR = re.compile(r"(?<![\d.,/-])((?:19|20)\d\d)(?![\d-])")
_DATE = re.compile(
    r"\b\d{1,2}\.\s?(?:\d{1,2}\.|Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|"
    r"November|Dezember)\s?((?:19|20)\d\d)\b"
)
_NAME_PART = r"[A-ZÄÖÜ][a-zäöüß]{2,30}"
_NAME = rf"{_NAME_PART}(?:-{_NAME_PART}| (?:am|an der|im|in|bei|ob|vor der) {_NAME_PART}){{0,3}}"
_MUNICIPALITY = re.compile(
    r"\b(?:Landeshauptstadt|Hansestadt|Universitätsstadt|Kreisstadt|Stadtgemeinde|Marktgemeinde|Gemeinde|Stadt|"
    rf"Markt|Landkreis|Kanton|Samtgemeinde|Verbandsgemeinde) ({_NAME})"
)
_NOT_A_NAME = {"Der", "Die", "Das", "Und", "Bürgermeister", "Verwaltung", "Rat"}
_LICENCE = re.compile(
    r"\bCC[ -]?(?:BY(?:-(?:NC|SA|ND)){0,2}|0|Zero)(?:[ -]\d\.\d)?(?:[ -](?:DE|AT|CH|International))?\b",
    re.IGNORECASE,
)
_LICENCE_ADDRESS = re.compile(
    r"creativecommons\.org/(licenses/([a-z-]{2,12})/(\d\.\d)|publicdomain/zero/1\.0)"
)
# The first that is found in title or beginning decides.
_KINDS = (
    (DocumentKind.MODEL_MOTION, "musterantrag|mustervorlage|muster-antrag|antragsmuster"),
    (DocumentKind.MINUTES, "niederschrift|protokoll"),
    (DocumentKind.TENDER, "ausschreibung|leistungsbeschreibung|leistungsverzeichnis|vergabeunterlagen"),
    (DocumentKind.COUNCIL_PAPER, "beschlussvorlage|sitzungsvorlage|drucksache|ratsvorlage|vorlage nr"),
    (DocumentKind.CONTRACT, "vertrag|vereinbarung"),
    (DocumentKind.RECOMMENDATIONS, "empfehlungen|gutachten"),
    (DocumentKind.REPORT, "bericht|evaluation|dokumentation"),
    (DocumentKind.BUDGET, "kostenplan|kostenschätzung|finanzplan|budget|kalkulation"),
    (DocumentKind.MOTION, "antrag"),
    (DocumentKind.CONCEPT, "konzept|verfahrensvorschlag|leitfaden|ablaufplan"),
    (DocumentKind.LETTER, "sehr geehrte|einladung|anschreiben|mit freundlichen grüßen"),
    (DocumentKind.LEAFLET, "faltblatt|flyer|merkblatt|informationsblatt|handzettel"),
)
_SLIDE_NAMES = (".pptx", ".odp", ".ppt")
_COUNTRIES = (
    (Country.AUSTRIA, "österreich|vorarlberg|marktgemeinde|salzburg|steiermark|tirol|jänner|.gv.at|wien"),
    (Country.SWITZERLAND, "schweiz|kanton|franken|chf|gemeindeversammlung|einwohnerrat|zürich|regierungsrat"),
    (
        Country.GERMANY,
        "deutschland|landkreis|gemeindeordnung|ratsfraktion|landesregierung|ortsteil|haushaltssatzung",
    ),
)
_LANGUAGES = {
    "de": frozenset(
        [
            "der",
            "die",
            "das",
            "und",
            "ist",
            "nicht",
            "mit",
            "für",
            "von",
            "werden",
            "wird",
            "auf",
            "eine",
            "den",
            "dem",
            "zu",
        ]
    ),
    "en": frozenset(
        ["the", "and", "of", "to", "in", "is", "that", "for", "with", "as", "are", "this", "be", "by", "on"]
    ),
    "fr": frozenset(
        ["le", "la", "les", "des", "et", "est", "une", "dans", "pour", "que", "qui", "sur", "avec", "par"]
    ),
    "it": frozenset(
        ["il", "la", "di", "che", "e", "per", "una", "con", "del", "della", "sono", "dei", "nel"]
    ),
}
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 20
_LEAST_SHARE = 0.06


class FileFacts(NamedTuple):
    """What a file says of itself, as it says it; empty where it says nothing."""

    title: str = ""
    year: int | None = None
    language: str = ""
    licence: str = ""


def guessed_details(text: DocumentText, facts: FileFacts, name: str) -> DocumentDetails:
    """The title always; of the rest what is found."""
    paragraphs = text.paragraphs
    seen = "\n".join(each.text for each in paragraphs)[:_SEEN_CHARACTERS]
    title = _title(paragraphs[:_FIRST_PARAGRAPHS], facts, name)
    beginning = seen[:_FIRST_CHARACTERS]
    return DocumentDetails(
        title=title,
        municipality=_municipality(f"{title}\n{beginning}"),
        country=_country(seen),
        year=_year(title, beginning, facts),
        kind=_kind(title, beginning, name),
        licence=_licence(f"{facts.licence}\n{seen}"),
        language=_language(seen) or facts.language[:2].lower() or "de",
    )


def _title(paragraphs: Iterable[Paragraph], facts: FileFacts, name: str) -> str:
    """The file's own, or the largest heading of the beginning, or the file's name."""
    own = _one_line(facts.title)
    if own == name.rpartition(".")[0]:
        own = ""  # so do programs call it that know no better
    if len(own) >= _LEAST_TITLE and not _NO_TITLE.match(own):
        return own[:_LONGEST_TITLE]
    headings = [each for each in paragraphs if each.heading and len(each.text) >= _LEAST_TITLE]
    if headings:
        return _one_line(min(headings, key=lambda each: each.heading).text)[:_LONGEST_TITLE]
    return _of_name(name)


def _of_name(name: str) -> str:
    stem = name.rpartition(".")[0] or name
    return _one_line(_NAME_SIGNS.sub(" ", stem))[:_LONGEST_TITLE] or "Ohne Titel"


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _municipality(text: str) -> str:
    found = Counter(
        match[1] for match in _MUNICIPALITY.finditer(text) if match[1].split()[0] not in _NOT_A_NAME
    )
    return found.most_common(1)[0][0] if found else ""


def _country(text: str) -> Country | None:
    """Whose words are used most; none where two are used alike."""
    lowered = text.lower()
    counts = {country: sum(word in lowered for word in words.split("|")) for country, words in _COUNTRIES}
    if "ß" not in text and "strasse" in lowered:
        counts[Country.SWITZERLAND] += 2
    best, second = sorted(counts.values(), reverse=True)[:2]
    return max(counts, key=lambda each: counts[each]) if best > second else None


def _year(title: str, beginning: str, facts: FileFacts) -> int | None:
    """Of the title, of the first date, or when the file was made."""
    for found in (_YEAR.search(title), _DATE.search(beginning)):
        if found is not None:
            return int(found[1])
    year = facts.year
    return year if year is not None and EARLIEST_YEAR <= year <= LATEST_YEAR else None


def _kind(title: str, beginning: str, name: str) -> DocumentKind | None:
    if name.lower().endswith(_SLIDE_NAMES):
        return DocumentKind.SLIDES
    for text in (title.lower(), beginning[:1500].lower()):
        for kind, words in _KINDS:
            if any(word in text for word in words.split("|")):
                return kind
    return None


def _licence(text: str) -> str:
    found = _LICENCE.search(text)
    if found is not None:
        return _one_line(found[0]).upper().replace("CC-", "CC ", 1).replace("INTERNATIONAL", "International")
    address = _LICENCE_ADDRESS.search(text)
    if address is None:
        return ""
    return f"CC {address[2].upper()} {address[3]}" if address[2] else "CC0 1.0"


def _language(text: str) -> str:
    """The one whose commonest words are used most; nothing for a few words."""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS:
        return ""
    counts = Counter(words)
    shares = {tag: sum(counts[word] for word in common) / len(words) for tag, common in _LANGUAGES.items()}
    best = max(shares, key=lambda tag: shares[tag])
    return best if shares[best] >= _LEAST_SHARE else "und"
