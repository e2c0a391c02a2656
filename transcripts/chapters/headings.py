"""What is said to be the topic of a chapter: by the moderator, by a question, or by a heading read out.

Pure functions over the sentences of each chapter. A heading counts only if the
chapter takes its words up; lines that begin alike are a list, and none of them
the heading.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt

from transcripts.chapters.keyness import FEWEST_IN_A_LIST, LONGEST_TITLE_WORDS, Meeting
from transcripts.chapters.moderator_phrases import Opening
from transcripts.chapters.title_phrases import noun_phrase
from transcripts.german.noun_forms import NounForms
from transcripts.german.nouns import HONORIFICS, capitalised, tag
from transcripts.german.topic_words import FUNCTION_WORDS, STOP_WORDS

_HEADING_SENTENCES = 8
_SENTENCES_OF_A_BREAK = 4
_A_TURN = 0.4
_NAMED = re.compile(
    r"\b(?:punkt|thema|top|tagesordnungspunkt|traktandum|sache|vortrag|block|teil|beitrag)(?:\s+(?:\d+|eins|zwei|drei|vier|fünf|sechs|"
    r"sieben|acht|neun|zehn))?\s*[,:–-]?\s+(?:und\s+zwar\s+|nämlich\s+|das\s+ist\s+|das\s+sind\s+)?"
    r"(?P<topic>[^,.:;!?–]+)",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile(
    r"\A(?>.*?\b(?:vortrag|bericht|input|impuls|referat|antrag)\b).*\b(?:über|zum\s+thema|auf)\s+(?P<topic>[^,.:;!?–]+)",
    re.IGNORECASE,
)
_ONWARDS_TO = re.compile(
    r"^(?:(?:so|gut|okay|ja|also|und|prima|super)[\s,.]+)*(?:nun|jetzt|dann|damit)(?:\s+(?:aber|also|gleich|mal|weiter))*"
    r"\s+(?P<topic>zu[mr]?\s+[^,.:;!?–]+)",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"^(?:(?:so|gut|okay|ja|also|und|prima|super)[\s,.]+)*(?:dann|jetzt|nun|als\s+nächstes)\s+(?:haben|behandeln|besprechen)\s+wir"
    r"\s+(?:\w+\s+)??(?P<topic>(?:den|die|das|einen|eine|ein)\s+[^,.:;!?–]+)",
    re.IGNORECASE,
)
"""What is set out without a strong turn ("Dann haben wir einen Antrag auf …")."""
_IN_PASSING = re.compile(r"\b(?:noch\s+)?zum\s+(?:schluss|abschluss|ende)\b(?:\s+noch)?", re.IGNORECASE)
_SUNDRY = re.compile(
    r"\b(?:unter|zu[mr]?|beim?|punkt|thema)\s+(?:den\s+|dem\s+)?(?P<sundry>verschiedene[sm]|sonstige[sm]|allfällige[sm]|varia)\b",
    re.IGNORECASE,
)
_DATIVE = re.compile("m$")
_TURNED_TO = re.compile(
    r"\b(?:kommen|gehen|wechseln|starten|beginnen|fangen|machen|weiter)\b.{0,40}?\b"
    r"(?P<topic>(?:zu[mr]?|mit)\s+[^,.:;!?–]+)",
    re.IGNORECASE,
)
_ARRIVED_AT = re.compile(
    r"\b(?:sind|wären)\s+wir\s+(?:\w+\s+)??(?P<topic>(?:bei|beim)\s+[^,.:;!?–]+)", re.IGNORECASE
)
_TALK_ABOUT = re.compile(
    r"\b(?:über)\s+(?P<topic>[^,.:;!?–]+?)(?=(?<!\s)\s+(?:reden|sprechen|unterhalten|beraten|diskutieren)\b|[,.:;!?–]|$)",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"(?<![^.!?…])[^.!?…]++\?")
_ITEM_WORD = re.compile(
    r"\b(?:punkte?s?|thema|themen|top|traktandum|traktanden|sache|tagesordnungspunkte?|zusatzpunkte?|teil|block|vortrag|weiter)\b|\b(?:an|ein|über)$",
    re.IGNORECASE,
)
_HEADING_BREAK = re.compile(r"(?<!\s)\s+[-–—]\s+|[:;]\s+|[.!]$")
_VERBLESS = frozenset({"NN", "NNA", "NE", "ADJ(A)", "ART", "APPR", "APPRART", "KON", "ADJ(D)", "$,"})


def heading(meeting: Meeting, index: int) -> str:
    """A heading read out at the chapter's beginning, whose words the chapter then takes up; else empty."""
    candidates = [
        candidate
        for text in meeting.chapters[index][:_HEADING_SENTENCES]
        for candidate in _heading_candidates(text)
    ]
    first_words = Counter(candidate.split()[0] for candidate in dict.fromkeys(candidates))
    later = _lemmas_later(meeting, index)
    found = {
        candidate: worth
        for candidate in candidates
        if first_words[candidate.split()[0]] < FEWEST_IN_A_LIST
        and (worth := _worth_of_heading(meeting, index, candidate, later))
    }
    return max(found, key=found.__getitem__, default="")


def _lemmas_later(meeting: Meeting, index: int) -> set[str]:
    """The words of the chapter behind its beginning."""
    chapter = meeting.tokens[index]
    after = max(_HEADING_SENTENCES, len(chapter) // 5)
    return {one.lemma for tokens in chapter[after:] for one in tokens}


def _worth_of_heading(meeting: Meeting, index: int, candidate: str, later: set[str]) -> float:
    telling = meeting.telling[index]
    nouns = [token.lemma for token in tag(candidate) if token.is_noun]
    scores = [telling.scores.get(lemma, 0.0) for lemma in nouns]
    taken_up = sum(lemma in later for lemma in nouns)
    if not scores or max(scores) < 0.4 * telling.best or 2 * taken_up < len(nouns):
        return 0.0
    return sum(scores) / (len(scores) + 1) * sqrt(min(2, len(scores)))


def named_topic(texts: Sequence[str], turn: Opening, forms: NounForms) -> str:
    """What the moderator calls the topic on turning to it, or the question it is opened with; else empty.

    A break is no topic: what is turned to after it names the chapter that it opens.
    """
    if turn.strength < _A_TURN:
        return _matched(texts[0], (_INTRODUCED,), forms)
    turns = texts[: _SENTENCES_OF_A_BREAK if turn.is_break else 1]
    patterns = (_NAMED, _SPOKEN_OF, _TURNED_TO, _ARRIVED_AT, _ONWARDS_TO, _INTRODUCED, _TALK_ABOUT)
    named = next(filter(None, (_matched(text, patterns, forms) for text in turns)), "")
    return named or next(filter(None, map(_question, texts[:2])), "")


def _matched(text: str, patterns: Iterable[re.Pattern[str]], forms: NounForms) -> str:
    text = _IN_PASSING.sub("", text)
    if sundry := _SUNDRY.search(text):
        return _DATIVE.sub("s", sundry["sundry"]).capitalize()
    for pattern in patterns:
        if match := pattern.search(text):
            topic = noun_phrase(tag(match["topic"]), forms) or _name(match["topic"])
            if _is_title(topic) and not _ITEM_WORD.search(topic):
                return capitalised(topic)
    return ""


def _name(topic: str) -> str:
    """A name of several words as it is said ("zu Social Media"); empty where it is none."""
    words = topic.split()[1:]
    is_name = 1 < len(words) < 4 and all(
        word[0].isupper() and word.lower() not in HONORIFICS for word in words
    )
    return " ".join(words) if is_name else ""


def _question(text: str) -> str:
    for match in _QUESTION.finditer(text):
        if len(match[0].split()) >= 3 and _is_title(match[0]):
            return match[0].strip()
    return ""


def _is_title(phrase: str) -> bool:
    said = phrase.strip(" ?").split()
    has_noun = any(word[:1].isupper() and word.lower() not in STOP_WORDS for word in said[-4:])
    return 0 < len(said) <= LONGEST_TITLE_WORDS and has_noun and said[-1].lower() not in FUNCTION_WORDS


def _heading_candidates(text: str) -> Iterable[str]:
    """The text, and its parts between dashes, where they are short and say something without a verb."""
    whole = text.strip().rstrip(".!")
    for part in dict.fromkeys([whole, *_HEADING_BREAK.split(whole)]):
        if 2 <= len(part.split()) <= LONGEST_TITLE_WORDS and part[:1].isupper() and _is_heading(part):
            yield part.replace(" - ", " – ").strip(" ,")


def _is_heading(part: str) -> bool:
    """Whether the words are a heading: no verb but infinitives that end a part, no pronoun, no name."""
    for piece in _HEADING_BREAK.split(part):
        tokens = [token for token in tag(piece) if token.text != ","]
        if not tokens or any(token.is_name_of_person for token in tokens):
            return False
        if len(tokens) == 2 and tokens[0].tag == "NE":
            return False  # most likely a first name with its last name
        *most, last = tokens
        most = most[1:] if tokens[0].tag == "CARD" else most
        if any(token.tag not in _VERBLESS for token in most) or tokens[0].tag in ("APPR", "APPRART", "KON"):
            return False
        ends_well = last.is_noun or (last.tag in ("VV(INF)", "VV(FIN)") and last.text.endswith("n"))
        if not ends_well or not any(token.is_noun for token in tokens):
            return False
    return True
