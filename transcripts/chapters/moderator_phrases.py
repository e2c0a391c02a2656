"""What a moderator says around topics: turning to one, reading the agenda out, greeting, parting.

Pure functions over German sentences. They recognise phrases of any moderated
meeting, never one body's rules of procedure; how much a phrase weighs against
the words of the topic itself is decided elsewhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

_ORDINALS = {
    "erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "sechst": 6, "siebt": 7, "siebent": 7,
    "acht": 8, "neunt": 9, "zehnt": 10, "elft": 11, "zwölft": 12,
}  # fmt: skip
_CARDINALS = {
    "eins": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip


def _followed(*parts: str, until: str = "") -> str:
    r"""A pattern for these parts one after the other, whatever lies between, up to one of the marks `until`.

    Each part is taken where it first stands, for good: a plain `one.*other` would look through the
    rest of the text from each place where `one` stands. Only for the question whether there is a match.
    """
    beginning, between = (rf"(?:\A|(?<=[{until}]))", f"[^{until}]*?") if until else (r"\A", "(?s:.*?)")
    return beginning + "".join(f"(?>{between}{part})" for part in parts)


_NOUN = (
    r"(?:(?:tagesordnungs|programm|zusatz|diskussions|haupt|agenda|besprechungs)?punkte?s?|top|trakt[ae]nd(?:um|en|ums)|themen(?:block|feld)?"
    r"|(?:haupt|schwerpunkt)?thema|block|abschnitt|kapitel|vortrag|beitrag|bericht|programmteil|teil|antrag|anliegen)"
)
_NTH = rf"(?:(?P<nth>{'|'.join(_ORDINALS)})e[nrsm]?|(?P<dotted>\d{{1,2}})\.)"
_WHICH = rf"(?:{_NTH}|(?P<last>letzt|abschließend)e[nrsm]?|(?:nächst|folgend|weiter|neu|ander)e[nrsm]?)"
_ITEM = re.compile(rf"\b{_WHICH}(?:\s+(?:und|großen?|wichtigen?|letzte[nrs]?)){{0,3}}\s+{_NOUN}\b")
_NUMBERED = re.compile(
    r"\b(?:(?:tagesordnungs|programm|zusatz|agenda)?punkte?|top|thema|traktandum)\s+(?:nummer\s+)?"
    rf"(?P<number>\d{{1,2}}|{'|'.join(_CARDINALS)})\b"
)
_ANY_NOUN = re.compile(rf"\b{_NOUN}\b")

_VERB = (
    r"(?:kommen|kämen|gehen|wechseln|schreiten|springen|gelangen|wenden|machen|starten|beginnen|fangen|fahren"
    r"|steigen)"
)
_WE_MOVE = re.compile(
    rf"\b{_VERB}\s+wir\b|\bwir\s+(?:\w+\s+)?{_VERB}\b|\b(?:sind|wären)\s+wir\s+(?:\w+\s+)?(?:beim?|am)\b"
    r"|\bwir\s+sind\s+(?:\w+\s+)?beim?\b|"
    + _followed(r"\b(?:lasst|lassen\s+sie)\s+uns\b", _VERB)
    + "|"
    + _followed(r"\b(?:möchte|würde|darf|will)\s+ich\b", rf"\b(?:überleiten|überzuleiten|{_VERB})\b")
)
_TOWARDS = re.compile(
    r"^(?:[\w,]+\s+){0,5}?(?:(?:kommen|kämen|gehen|wechseln|gelangen|springen|starten|beginnen|fangen|fahren|machen)\s+wir"
    r"|wir\s+(?:kommen|gehen|wechseln|gelangen|springen|starten|beginnen|fangen|fahren|machen)|wir\s+wenden\s+uns|wenden\s+wir\s+uns)\b"
    r"(?:\s+(?:nun|jetzt|dann|damit|also|gleich|direkt|mal|doch|auch|schon|bitte|hier|heute|an|weiter|fort|über|ein)){0,4},?"
    r"\s+(?:(?<!machen\swir\s)zu[mr]?|(?<=weiter\s)(?:zu[mr]?|mit)|(?<!machen\swir\s)mit)\b"
)
_ARRIVED = re.compile(
    r"^(?:(?:so|gut|okay|ja|also|und|prima|super)[\s,.]+)*(?:damit|dann|jetzt|nun)\s+(?:sind|wären)\s+wir\s+(?:\w+\s+)??(?:beim|bei)\b"
)
"""Having come to something without a verb of movement ("Damit wären wir beim Budget")."""
_CALLED = re.compile(
    _followed(r"\b(?:ich\s+rufe|rufe\s+ich)\b(?!\s+(?:sie|euch|alle|dazu)\b)", rf"\b{_NOUN}\b")
)
_SPEAKER_MOVES = re.compile(
    r"\bich\s+komme\b|\bkomme\s+ich\b|\b(?:mein|unser)e?[rmns]?\s+(?:\w+\s+)?(?:punkt|thema)\b"
)
_NEXT = re.compile(
    _followed(r"\bweiter\s+geht(?:s|'s|’s|\s+es)\b", r"\bmit\b")
    + "|"
    + _followed(r"\bals\s+nächstes\b", r"\b(?:hören|geht|sprechen|steht|kommt|spricht|haben|folgt)\b")
    + r"|\bthemenwechsel\b|\bwechseln\s+(?:wir\s+)?das\s+thema\b|"
    + _followed(r"\b(?:bleibt|fehlt|steht)\s+(?:uns\s+)?(?:jetzt\s+|nun\s+)?noch\b", r"\b(?:punkt|thema)\b")
)
_ONWARDS = re.compile(
    r"^(?:(?:so|gut|okay|ja|also|und|prima|super)[\s,.]+)*(?:nun|jetzt|dann|damit|weiter)"
    r"(?:\s+(?:aber|also|gleich|mal|weiter))*\s+(?:zu[mr]?|(?<=weiter\s)mit)\b"
)
_INFORMAL = re.compile(
    r"^(?:(?:so|gut|okay|ja|also|und)[\s,.]+)*unter\s+(?:dem\s+punkt\s+)?(?:verschiedenes|sonstiges|allfälliges|varia)\b"
    rf"|^(?:der\s+|das\s+)?nächste[rs]?\s+{_NOUN}\s+(?:ist|sind|wäre|wären|heißt|lautet|auf)\b"
    rf"|^(?:(?:so|gut|okay|ja|also|und)[\s,.]+)*(?:dann|jetzt|nun)\s+(?:haben|hätten)\s+wir\s+(?:\w+\s+){{1,2}}?{_NOUN}\b|"
    r"^(?:(?:so|gut|okay|ja|also|und|prima|super|alles\s+klar)[\s,.]+)*(?:(?:nun|jetzt|dann|damit|als|weiter|zum)\s+)*"
    r"(?:(?:zum|zur|mit\s+dem)\s+)?(?:nächste[ns]?[\s,:]*)?(?:thema|stichwort|punkt|top)\b[\s:,]+(?!für|ist|war|wird|hat)\w+"
    r"|^(?:(?:so|gut|okay|ja|also|und|noch)[\s,.]+)*(?:ganz\s+)?(?:andere|neue|nächste|zweite|letzte)[rs]?\s+(?:sache|thema|frage)\s*[:,–]"
    r"|^(?:(?:so|gut|okay|ja|also|und|prima|super)[\s,.]+)*(?:dann|jetzt|nun|als\s+nächstes)\s+(?:müssen|müssten|sollten|wollten|wollen|können|könnten|reden|sprechen)"
    r"\s+wir\s+(?:\w+\s+){0,2}?über\s+\w"
    r"|^(?:(?:so|gut|okay|ja|also|und)[\s,.]+)*als\s+nächstes[\s:,]+(?:der|die|das|den|zum|zur|dann)\b"
)
_HANDING_OVER = re.compile(
    _followed(r"\b(?:gebe|übergebe|erteile|weitergeben|übergeben)\b", r"\bwort\b")
    + "|"
    + _followed(r"\bwort\b", r"\b(?:weitergeben|übergeben|geben|hat|geht|erteile)\b")
    + "|"
    + _followed(r"\b(?:er)?öffne\b", r"\b(?:aussprache|diskussion|debatte|runde|versammlung|sitzung)\b")
)
_FINALLY = re.compile(r"^(?:und\s+)?(?:zum\s+(?:schluss|abschluss)|abschließend|zu\s+guter\s+letzt)\b")
_STAYING = re.compile(
    r"\bzu[mr]?\s+(?:\w+\s+){0,2}?(?:abstimmung|schlussabstimmung|diskussion|aussprache|debatte|fragen|fragerunde|rückfragen|pause|ergebnis|"
    r"überzeugung|auffassung|schluss,)|\bzurück\b|\bspäter\b|\bnachher\b|\bbevor\b|\bsobald\b|\bwenn\s+wir\b|\bweit(?:er)?kommen\b"
)
_ASKING = re.compile(
    r"^(?:(?:und|aber|denn|also)\s+)?(?:w(?:ie|as|o|ann|arum|ieso|er|elche\w*|ozu|ohin|eshalb))\b.*\?$"
)

_PREVIEW = re.compile(
    _followed(
        r"\b(?:punkte|themen|tops|traktanden|programmpunkte|tagesordnungspunkte|teile|blöcke|vorträge|beiträge)\b",
        r"\b(?:tagesordnung|agenda|programm|ablauf|plan|heute|abend|vor\s+uns|vorgenommen)\b",
    )
    + "|"
    + _followed(
        r"\b(?:heute|tagesordnung|agenda|programm)\b",
        r"\b(?:punkte|themen|tops|traktanden|tagesordnungspunkte|teile|blöcke|vorträge|beiträge)\b",
    )
    + r"|\bauf\s+(?:der|unserer)\s+(?:tagesordnung|agenda)\s+(?:steh|haben)|"
    + _followed(
        r"\b(?:tagesordnung|ablauf|programm)\b", r"\b(?:vorstellen|folgende[rs]?|sieht|wie\s+folgt)\b"
    )
)
_PREVIEW_IN_ONE = re.compile(
    _followed(
        r"\b(?:erst|zuerst|zunächst)\b",
        r"\b(?:dann|danach)\b",
        r"\b(?:am\s+ende|am\s+schluss|zum\s+(?:schluss|abschluss)|danach|schließlich)\b",
    )
)
_SEQUENCE = re.compile(
    r"^(?:und\s+|also\s+)?(?:zuerst|so\s+erst|erst|zunächst|erstens|zweitens|drittens|viertens|fünftens|danach|anschließend|im\s+anschluss|"
    r"dann|als\s+\w+|zum\s+(?:schluss|abschluss|einen|anderen)|schließlich|abschließend|später|nach\s+(?:der|einer)\s+pause|"
    rf"(?:punkt|top|thema)\s+\w+|(?:der|das|am)\s+\w+\s+(?:punkt|thema)|{_NTH})\b"
)
_GREETING = re.compile(
    r"\b(?:guten\s+(?:abend|morgen|tag)|herzlich\s+willkommen|willkommen|hallo|grü(?:ß|ss)\s+(?:gott|euch|sie)|grüezi|servus|moin|begrü(?:ß|ss)e)\b"
)
_FAREWELL = re.compile(
    r"\b(?:bis\s+(?:zum\s+nächsten|bald|dann|in\s+\w+\s+wochen)|auf\s+wiedersehen|tschüss?|tschau|macht'?s?\s+(?:es\s+)?gut|auf\s+wiederluege|auf\s+wiederschauen|pfiat\s+(?:euch|di)|baba|adieu|kommt\s+gut|kommen\s+sie\s+gut|schönen\s+(?:abend|tag|feierabend)|"
    r"gute\s+nacht|nach\s+hause|verabschiede|(?:sitzung|versammlung|treffen)\s+(?:ist\s+)?(?:geschlossen|beendet))\b"
)
_THANKS = re.compile(
    r"^(?:(?:ja|so|gut|okay|super|wunderbar|prima|alles\s+klar|vielen|herzlichen|besten|lieben|danke?|schön|sehr|dafür|ihnen|dir|euch)[\s,.!]*){1,5}$"
)
_BREAK = re.compile(
    _followed(r"\b(?:machen|nehmen|haben|legen|gehen|treten)\s+wir\b", r"\bpause\b", until=".?")
    + "|"
    + _followed(r"\bwir\s+(?:machen|gehen|treten|legen)\b", r"\bpause\b", until=".?")
    + r"|\bpause\s+(?:von|bis)\b|\bminuten\s+pause\b"
    r"|^(?:so|gut|dann|jetzt|und)?[\s,]*(?:kurze\s+)?pause[.!]?$"
)
_QUESTION_ROUND = re.compile(
    _followed(
        r"\b(?:kommen|gehen|steigen|starten|beginnen|öffnen|wir\s+haben|ist|jetzt|nun)\b",
        r"\b(?:zu[mr]?|mit|in|für)\s+(?:\w+\s+){0,2}?(?:diskussion|fragerunde|fragen|rückfragen|austausch)\b",
        until=".?",
    )
    + "|"
    + _followed(
        r"\b(?:gibt\s+es|habt\s+ihr|haben\s+sie|hat\s+jemand|sind\s+da)\b",
        r"\b(?:fragen|rückfragen|wortmeldungen|anmerkungen)\b",
        until=".",
    )
    + "|"
    + _followed(r"\b(?:er)?öffne[nt]?\b", r"\b(?:diskussion|fragerunde)\b", until=".")
    + r"|\bzeit\s+für\s+(?:\w+\s+)?(?:fragen|diskussion)\b"
)
_VOTE = re.compile(
    r"\bwer\s+(?:\w+\s+){0,2}?(?:ist|stimmt|enthält)\b|\bgegen(?:stimmen|probe)\b|\benthaltung(?:en)?\b|\bhandzeichen\b"
    r"|\bstimm(?:en|t)\s+(?:\w+\s+){0,3}?ab\b|\b(?:einstimmig|mehrheitlich)\b|"
    + _followed(r"\b(?:damit|ist|sind|ebenfalls|auch)\b", r"\b(?:angenommen|abgelehnt)\b", until=".?!")
)
_ELECTION = re.compile(
    r"\b(?:kandidier\w+|kandidat\w*|wahlgang|wahlleit\w+|wiedergewählt|stimmzettel)\b|\bnimm\w*\s+(?:du|sie|ihr)\s+die\s+wahl\s+an\b"
    r"|\bich\s+nehme\s+die\s+wahl\b|\bgewählt\b|\bzur\s+wahl\b|\bzu\s+wählen\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[„»\"A-ZÄÖÜ0-9])")

_LONGEST_INFORMAL_TURN = 12  # words; a longer sentence tells something already


@dataclass(frozen=True, slots=True)
class Opening:
    """How strongly a sentence turns to a new topic, 0 to 1, and which one it says it is."""

    strength: float = 0.0
    position: int | None = None
    is_last: bool = False
    is_read_out: bool = False
    is_break: bool = False


def openings(texts: Sequence[str]) -> list[Opening]:
    """One opening for each segment's text; where the agenda is only read out, none has any strength."""
    whole = [_whole_sentence(texts, index) for index in range(len(texts))]
    found = [
        max(map(opening, _sentences(text)), key=lambda one: one.strength, default=Opening()) for text in whole
    ]
    for index in _read_out(texts, found):
        found[index] = Opening(is_read_out=True)
    return found


def opening(sentence: str) -> Opening:
    """How the one sentence turns to a topic, if it does."""
    text = " ".join(sentence.lower().split())
    item = _ITEM.search(text) or _NUMBERED.search(text)
    strength = _strength(text, item)
    if _BREAK.search(text):
        return Opening(strength, is_break=True)
    if not item or strength == 0.0:
        return Opening(strength)
    return Opening(strength, _position(item), bool(item.groupdict().get("last")))


def _strength(text: str, item: re.Match[str] | None) -> float:
    if _ASKING.search(text) or _STAYING.search(text):
        return 0.0
    if _CALLED.search(text):
        return 1.0
    if _SPEAKER_MOVES.search(text):
        return 0.3 if item else 0.0
    if _BREAK.search(text):
        return 0.6
    if _WE_MOVE.search(text) and item:
        return 1.0
    if _TOWARDS.search(text) or _NEXT.search(text) or _ARRIVED.search(text):
        return 0.8 if _ANY_NOUN.search(text) else 0.6
    if _INFORMAL.search(text) and len(text.split()) <= _LONGEST_INFORMAL_TURN:
        return 0.8
    if item and len(text[: item.start()].split()) <= 2:
        return 0.6 if "number" in item.groupdict() else 0.4
    if _ONWARDS.search(text):
        return 0.6 if len(text.split()) <= _LONGEST_INFORMAL_TURN else 0.4
    return 0.25 if _HANDING_OVER.search(text) or _FINALLY.search(text) else 0.0


def _position(item: re.Match[str]) -> int | None:
    groups = item.groupdict()
    if groups.get("nth"):
        return _ORDINALS[groups["nth"]]
    number = groups.get("dotted") or groups.get("number") or ""
    return int(number) if number.isdigit() else _CARDINALS.get(number)


def _read_out(texts: Sequence[str], found: Sequence[Opening]) -> set[int]:
    """Which segments belong to an overview of what is to come: an announcement of it, and a sequence."""
    marks: set[int] = set()
    for index, text in enumerate(texts):
        if _PREVIEW.search(text.lower()) and found[index].strength < 1.0:
            steps = list(takewhile(lambda at: _is_step(texts[at]), range(index + 1, len(texts))))
            marks.update([index, *steps] if steps else [])
        if _PREVIEW_IN_ONE.search(text.lower()):
            marks.add(index)
    return marks


def _is_step(text: str) -> bool:
    lower = text.lower()
    return bool(_SEQUENCE.search(lower)) and not (_WE_MOVE.search(lower) or _CALLED.search(lower))


def is_greeting(text: str) -> bool:
    """Whether someone says hello."""
    return bool(_GREETING.search(text.lower()))


def is_farewell(text: str) -> bool:
    """Whether someone says goodbye, or until when."""
    return bool(_FAREWELL.search(text.lower()))


def is_break(text: str) -> bool:
    """Whether someone calls a break."""
    return bool(_BREAK.search(text.lower().strip()))


def is_question_round(text: str) -> bool:
    """Whether someone invites questions or opens the discussion."""
    return bool(_QUESTION_ROUND.search(text.lower()))


def is_vote(text: str) -> bool:
    """Whether someone has a vote taken or says how it ended."""
    return bool(_VOTE.search(text.lower()))


def is_election(text: str) -> bool:
    """Whether someone is proposed for an office or elected."""
    return bool(_ELECTION.search(text.lower()))


def is_bare_thanks(text: str) -> bool:
    """Whether the text is nothing but a moderator's "Vielen Dank" or "Gut, danke"."""
    return bool(_THANKS.search(text.lower().strip()))


def ends_sentence(text: str) -> bool:
    """Whether a segment ends where a sentence does."""
    return text.rstrip(" \"“”»«)'").endswith((".", "!", "?", "…", ":"))


def _sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text)


def _whole_sentence(texts: Sequence[str], index: int) -> str:
    """The segment's text, with the next one's where a turn is cut ("Kommen wir zum / dritten Thema")."""
    text = texts[index]
    if ends_sentence(text) or index + 1 == len(texts) or not _WE_MOVE.search(text.lower()):
        return text
    return f"{text} {texts[index + 1]}"
