"""What stands around an agenda and is none of it: greetings, mail history, dial-in data, prose. Pure."""

import re
from enum import StrEnum

from transcripts.agendas.item_marks import MONTHS

_FLAGS = re.IGNORECASE
_HEADING = re.compile(
    r"(?:(?:die|unsere|vorläufige|geplante|vorgeschlagene|heutige|mögliche|neue)[ ])?"
    r"(?:tagesordnung(?:spunkte)?|agenda|programm|ablauf(?:plan)?|tages-?ablauf|zeitplan|"
    r"themen(?:liste|vorschläge|übersicht)?|traktanden(?:liste)?|tops?|to|"
    r"punkte|inhalte?|sitzungs(?:ablauf|plan)|tagungsprogramm|veranstaltungsprogramm|"
    r"besprechungspunkte|programmpunkte|order of business)"
    r"(?:[ ](?:für|am|vom|des|der|zum|zur|heute|von|unseres|unserer|im|kernteam|netzwerktreffen|"
    r"\d{1,2}\.)(?![a-zäöü])[^|:]{0,80})?[ ]{0,2}[:.]?",
    _FLAGS,
)
_HEADING_PLUS = re.compile(
    r"(?:vorläufige[ ])?(?:agenda|tagesordnung|ablauf|programm)[ ][A-ZÄÖÜ0-9][^|:.!?]{0,60}:?", _FLAGS
)
_INTRO = re.compile(
    r"\b(?:tagesordnung|agenda|programm|ablauf|themen|punkte|traktanden|tops?|zeitplan)\b", _FLAGS
)
_GREETING = re.compile(
    r"(?:hallo|hi|hey|liebe(?:r|s|n)?|sehr[ ]geehrte|guten[ ](?:tag|morgen|abend)|moin|servus|grüezi|"
    r"grüß[ ]gott|ihr[ ]lieben|werte|geschätzte|dear|salü|hoi|hello)\b",
    _FLAGS,
)
_PARTING = re.compile(
    r"(?:(?:mit[ ])?(?:(?:ganz[ ])?(?:viele|liebe|beste|herzliche|schöne|freundliche|sonnige|bunte|"
    r"solidarische|freundlichen|besten|herzlichen|vielen|lieben|kollegiale[n]?|demokratische)[nr]?[ ]"
    r"(?:[a-zäöü]{2,15}[ ])?(?:grüße?n?|grüsse?n?|gruß|gruss|wünsche[n]?|dank)"
    r"|lg|vg|mfg|bg|hg|alles[ ](?:liebe|gute)|bis[ ](?:dann|bald|gleich|donnerstag|dahin|morgen|"
    r"später|nächste|montag|dienstag|mittwoch|freitag)|herzlich(?:st)?|"
    r"(?:ich|wir)[ ]freue[n]?[ ](?:mich|uns)|gruß|gruss|grüße|grüsse|vielen[ ]dank|danke|cheers|"
    r"best[ ]regards|kind[ ]regards|i\.[ ]?a\.|gez\.))(?![\wäöüß-])",
    _FLAGS,
)
_HISTORY = re.compile(
    r"-{2,}[ ]?(?:ursprüngliche|original|weitergeleitete|forwarded)[^-]{0,40}-{2,}|(?:am|on)[ ][^|"
    r"]{4,120}(?:schrieb|wrote)\b[^|]{0,120}:?"
    r"|(?:begin[ ]forwarded[ ]message|anfang[ ]der[ ]weitergeleiteten[ ](?:nachricht|e-?mail)):?|[^|"
    r"]{3,80}[ ]schrieb(?:[ ]am[ ][^|]{4,60})?:|_{20,}",
    _FLAGS,
)
_FIELD = re.compile(
    r"(?:notiz|siehe|von|an|cc|bcc|betreff|gesendet|datum|date|from|to|sent|subject|ort|wann|wo|zeit|beginn|ende|"
    r"uhrzeit|termin|anwesend|anwesende|teilnehmende|"
    r"teilnehmer(?:innen|\*innen|:innen|_innen)?|teilnehmerinnen[ ]und[ ]teilnehmer|entschuldigt|"
    r"abwesend|protokoll(?:ant(?:in)?|führung)?|moderation|sitzungsleitung|leitung|treffpunkt|"
    r"verteiler|antwort[ ]an|reply-to|"
    r"raum|adresse|veranstaltungsort|gäste|dabei|tel(?:efon)?|mobil|mail|e-mail|web|fon|fax|stand|"
    r"dauer|kosten|anmeldung(?:[ ]unter)?|zeitwächter(?:in)?|schriftführung|"
    r"vorsitz|redeleitung|wer|was|cc|anlagen?|seite)[ ]?(?::(?=[ ]|\Z)|\t)|(?:cc|fyi|ping)[ ]@",
    _FLAGS,
)
_DIAL_IN = re.compile(
    r"(?:(?:zur?[ ])?(?:einwahl|zugang|zoom|teams|webex|jitsi|bbb|big[ ]?blue[ ]?button|nextcloud|"
    r"link|meeting|konferenz|videokonferenz|besprechungs?|kenncode|passcode|passwort|kennwort|pin|"
    r"zugangscode|zugangsdaten|einwahldaten|telefon(?:ische)?|thema[ ]des[ ]meetings|one[ ]tap|"
    r"ortseinwahl|schnelleinwahl|webinar|raum|call|pad|dial|call-in|online)"
    r"(?:[- ]?(?:link|id|daten|einwahl|raum|nummer|meeting|code|kennung|besprechung|zum[ ]"
    r"[a-zäöü]{2,20}|zur[ ][a-zäöü]{2,20}|in|beitreten|per[ ]telefon|url|call|teilnahme)){0,4}+"
    r"[ ]?:.{0,200}|(?:zoom|teams|microsoft[ ]teams)[- ](?:meeting|besprechung|link).{0,80}|"
    r".{0,60}(?:meeting|besprechung)[ ](?:beitreten|teilnehmen).{0,200}|"
    r"(?:hier[ ])?(?:beitreten|einwählen|teilnehmen)\b.{0,200}|\+\d[\d ()/,*#-]{6,60}.{0,60}|"
    r"benötigen[ ]sie[ ]hilfe.{0,80}|besprechungsoptionen.{0,80}|weitere[ ](?:informationen|"
    r"infos)\b.{0,120})",
    _FLAGS,
)
_RULE = re.compile(r"[-–—_=*~#.•+|: ]{3,}")
_PAGE = re.compile(
    r"(?:seite|page|s\.)[ ]\d{1,3}(?:[ ]?(?:von|of|/)[ ]?\d{1,3})?|[-–][ ]?\d{1,3}[ ]?[-–]|\d{1,3}[ ]"
    r"?/[ ]?\d{1,3}",
    _FLAGS,
)
_LINK_ONLY = re.compile(r"[<(]?(?:https?://|www\.)\S{2,2000}[>)]?[.,;]?", _FLAGS)
_MAIL_ONLY = re.compile(r"[<(]?[\w.+-]{1,64}@[\w.-]{1,120}[>)]?")
_PERSONAL = re.compile(
    r"\b(?:ich|mir|mich|euch|ihr|bitte|gerne?|wir[ ]treffen|wir[ ]laden|meldet|bringt|anbei|freue|"
    r"freuen|schickt|gebt|hiermit|eingeladen|einladen|lade|laden|ergänzungen|dazukommen|vorschlag|"
    r"schlage|danke|herzlich|passt)\b",
    _FLAGS,
)
_SECTION = re.compile(
    r"(?:[ivx]{1,4}[.)]?[ ]|[a-d][.)][ ]|\d[.)]?[ ])?(?:in[ ])?(?:nicht[ -]?)?öffentliche[rn]?[ ]"
    r"(?:teil|sitzung)[ ]?:?"
    r"|(?:[ivx]{1,4}|[a-d])[.)][ ](?:nicht)?öffentlich[ ]?:?|(?:nicht)?öffentlich:?"
    r"|(?:erster|zweiter|dritter|1\.|2\.|3\.)[ ](?:teil|block|tag)[ ]?:?"
    r"|(?:teil|block|tag|session|phase|abschnitt)[ ](?:[a-d]|\d|[ivx]{1,4})(?:[ ]\(.{0,60})?[ ]?:?"
    r"|(?:am[ ])?(?:vormittag|nachmittag|abend|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?"
    r"(?:,.{0,40})?:?",
    _FLAGS,
)
_MEETING_TITLE = re.compile(
    rf"(?:einladung|protokoll|.{{0,60}}(?:treffen|sitzung|versammlung|meeting|konferenz|jour[ ]fixe|"
    rf"call|zoom|videokonferenz|abend|workshop|fachtag|plenum)\b).{{0,80}}(?:\d{{1,2}}\.[ ]"
    rf"?(?:\d{{1,2}}\.|(?:{MONTHS})\b)|\d{{4}})",
    _FLAGS,
)
_DAY_TITLE = re.compile(
    rf"(?:(?:am[ ])?(?:mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    rf"sonntag)[.,]?[ ,]{{1,3}}(?:den[ ])?)?\d{{1,2}}\.[ ]?(?:\d{{1,2}}\.|(?:{MONTHS})\b)[ ]"
    rf"?(?:\d{{4}}|\d\d)?(?:[ ,|–-]{{1,4}}.{{0,60}})?",
    _FLAGS,
)
_OTHER_LIST = re.compile(
    r"(?:bitte[ ]|mitbringen|mitzubringen|to-?dos?|aufgaben|nächste[ ]schritte|unterlagen|anlagen|"
    r"anhang|anhänge|links|vorbereitung|zur[ ]vorbereitung|zum[ ]lesen|vorab|notizen|hinweise?|"
    r"anwesen|teilnehm|entschuldigt|ergebnisse|protokoll|beschlüsse|materialien|dokumente|kontakt|"
    r"verteiler|infos|informationen|einwahl|technik|außerdem|p\.?s\.?|organisatorisches:|spielregeln|"
    r"anreise|übernachtung|quellen|literatur|weitere|kosten)",
    _FLAGS,
)
_LONGEST_READ = 300


class Surrounding(StrEnum):
    """What a line is that is no item."""

    NONE = ""
    HEADING = "heading"
    INTRO = "intro"
    GREETING = "greeting"
    PARTING = "parting"
    HISTORY = "history"
    FIELD = "field"
    DIAL_IN = "dial-in"
    RULE = "rule"
    LINK = "link"
    SECTION = "section"
    MEETING = "meeting"
    OTHER_LIST = "other list"
    PROSE = "prose"


def surrounding_of(text: str) -> Surrounding:
    """What a line without a mark in front is, as far as it shows by itself."""
    if len(text) > _LONGEST_READ:
        return Surrounding.PROSE
    if text == "--":
        return Surrounding.PARTING
    if whole := _whole(text):
        return whole
    words = text.split()
    if (_PARTING.match(text)) and len(words) <= 8 and not text.endswith(":"):
        return Surrounding.PARTING
    if _GREETING.match(text) and (text[-1] in ",!:" or (len(words) <= 4 and text[-1] not in "?")):
        return Surrounding.GREETING
    if _FIELD.match(text):
        return Surrounding.FIELD
    if (_DAY_TITLE.fullmatch(text) and ":" not in text.partition(" Uhr")[0][:24]) or _MEETING_TITLE.match(
        text
    ):
        return Surrounding.MEETING
    return _sentence(text, words)


def _whole(text: str) -> Surrounding:
    """What a line is from its beginning to its end."""
    if _RULE.fullmatch(text) or _PAGE.fullmatch(text):
        return Surrounding.RULE
    if _HEADING.fullmatch(text):
        return Surrounding.HEADING
    if _HISTORY.fullmatch(text):
        return Surrounding.HISTORY
    if _DIAL_IN.fullmatch(text):
        return Surrounding.DIAL_IN
    if _LINK_ONLY.fullmatch(text):
        return Surrounding.LINK
    if _MAIL_ONLY.fullmatch(text):
        return Surrounding.FIELD
    return Surrounding.SECTION if _SECTION.fullmatch(text) else Surrounding.NONE


def _sentence(text: str, words: list[str]) -> Surrounding:
    """Whether a line leads to an agenda, to another list, or is said to somebody."""
    if text.endswith(":"):
        if _INTRO.search(text):
            return Surrounding.INTRO
        return (
            Surrounding.OTHER_LIST
            if _OTHER_LIST.match(text)
            else Surrounding.INTRO
            if len(words) > 3
            else Surrounding.NONE
        )
    if _HEADING_PLUS.fullmatch(text) and len(words) <= 6:
        return Surrounding.HEADING
    is_personal = _PERSONAL.search(text) is not None
    if (is_personal and len(words) >= 4 and text[-1] in ".!;,)") or (is_personal and len(words) >= 9):
        return Surrounding.PROSE
    if _OTHER_LIST.match(text) and len(words) <= 2 and text.endswith("."):
        return Surrounding.OTHER_LIST
    return (
        Surrounding.PROSE
        if (len(words) >= 8 and text[-1] in ".!") or (len(words) >= 4 and text[-1] == "!")
        else Surrounding.NONE
    )


def is_other_list(text: str) -> bool:
    """Whether a heading leads to a list that is no agenda."""
    return _OTHER_LIST.match(text) is not None


def is_dial_in(text: str) -> bool:
    """Whether a line is about how to join a meeting."""
    return _DIAL_IN.fullmatch(text) is not None
