"""Finds what in a document may be of private persons: numbers, addresses, dates of birth, signatures.

Findings are hints for people, who decide. What belongs to offices is passed over where that can be told.
Every expression is bounded, so that it takes no longer than the text is long.
"""

import re
from collections.abc import Iterator

from transcripts.documents.document_text import DocumentText, Paragraph
from transcripts.documents.personal_finding import Finding, PersonalDataKind

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?![\w-])")
# Mailboxes of offices and associations, not of people.
_OFFICE_MAILBOX = re.compile(
    r"(?:info|kontakt|post|poststelle|postfach|office|mail|stadt|gemeinde|rathaus|verwaltung|presse|redaktion|"
    r"buero|beteiligung|buergerrat|buergerbeteiligung|buergerbuero|service|sekretariat|vergabe|stadtrat|"
    r"ratsbuero|hallo|datenschutz|geschaeftsstelle|vorstand|team|amt)(?![a-z])",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w/.,-])(?<!\d )(?:(?:\+|00)[1-9]\d{0,2}[ ./-]{0,2}(?:\(0\)[ ]?)?\(?\d{1,5}\)?|\(?0\d{1,5}\)?)"
    r"(?:[ /–-]{1,3}\d{1,8}){0,6}(?![\w/])"
)
_LEAST_DIGITS, _MOST_DIGITS = 7, 16
_PAPER_NUMBER = re.compile(r"\d{2,5}[/-](?:19|20)?\d\d$")
_STREET = re.compile(
    r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß.-]{0,40}(?:straße|strasse|str\.|weg|gasse|platz|allee|ring|ufer|damm|steig|pfad)"
    r"|(?:[A-ZÄÖÜ][\wäöüß-]{1,30} ){0,2}(?:Straße|Strasse|Str\.|Weg|Gasse|Platz|Allee|Ring|Ufer|Damm)"
    r"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|Zum|Zur) [A-ZÄÖÜ][\wäöüß-]{1,30})"
    r" \d{1,4} ?[a-z]?(?![\w.,]\d|\w)(?:, ?(?:[DAH]-|CH-)?\d{4,5} [A-ZÄÖÜ][\wäöüß-]{1,40})?"
)
_OFFICE_PLACE = re.compile(
    r"rathaus|stadthaus|amt\b|verwaltung|e\. ?V\.|GmbH|verein|stiftung|schule|halle\b|saal\b|haus der|"
    r"gemeindehaus|bürgerhaus|geschäftsstelle|hochschule|universität",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_MONTHS = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_BIRTH_DATE = re.compile(
    r"(?:\b[Gg]eb(?:oren|\.)?|\bGeburts(?:datum|tag)|\*)(?: am)?:? {0,2}"
    rf"(\d{{1,2}}\. ?(?:\d{{1,2}}\.|{_MONTHS}) ?(?:\d{{4}}|\d{{2}}))(?!\d)"
)
_PERSON = (
    r"(?:(?:Dr|Prof|Dipl|Mag|Ing)\.[ -]?){0,3}[A-ZÄÖÜ][\wäöüß.-]{0,30}(?: [A-ZÄÖÜ][\wäöüß.-]{1,30}){0,3}"
)
_SIGNATURE = re.compile(rf"(?<!\w)(?:[Gg]ez\.?|i\. ?A\.|i\. ?V\.|Unterschrift:)[: ]{{1,3}}({_PERSON})")


def findings_in(text: DocumentText) -> tuple[Finding, ...]:
    """All of them, in the order of the text. They do not overlap."""
    return tuple(finding for paragraph in text.paragraphs for finding in _in_paragraph(paragraph))


def _in_paragraph(paragraph: Paragraph) -> Iterator[Finding]:
    end = 0
    for start, last, kind in sorted(_spans(paragraph.text)):
        if start >= end:
            yield Finding(paragraph_id=paragraph.id, kind=kind, start=start, end=last)
            end = last


def _spans(text: str) -> Iterator[tuple[int, int, PersonalDataKind]]:
    for found in _MAIL.finditer(text):
        if not _OFFICE_MAILBOX.match(found[0]):
            yield *found.span(), PersonalDataKind.MAIL
    for found in _IBAN.finditer(text):
        if _is_iban(found[0]):
            yield *found.span(), PersonalDataKind.IBAN
    for found in _PHONE.finditer(text):
        if _is_phone(found[0]):
            yield *found.span(), PersonalDataKind.PHONE
    if not _OFFICE_PLACE.search(text):
        for found in _STREET.finditer(text):
            yield *found.span(), PersonalDataKind.STREET_ADDRESS
    for found in _BIRTH_DATE.finditer(text):
        yield *found.span(1), PersonalDataKind.BIRTH_DATE
    for found in _SIGNATURE.finditer(text):
        yield *found.span(1), PersonalDataKind.SIGNATURE


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return _LEAST_DIGITS <= digits <= _MOST_DIGITS and not _PAPER_NUMBER.match(text)


def _is_iban(text: str) -> bool:
    """By its check digits (ISO 13616)."""
    plain = text.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
