"""How well a German sentence breaks between two words, for lines and cues.

Readers take in phrases: an article stays with its noun, a preposition with what
follows it, a number with its unit, a title with its name; after a comma and
before a conjunction a break helps. The order of preference is that of the BBC
Subtitle Guidelines, "Break at natural points", carried over to German. No
grammar is parsed: closed word lists, endings and capitals tell enough.
"""

import re

from transcripts.german.topic_words import vocabulary
from transcripts.speech.sentences import (
    CLOSING_MARKS,
    CONJUNCTIONS,
    OPENING_MARKS,
    is_bound_by_full_stop,
)

SENTENCE_COST = 0.0
PLAIN_COST = 10.0
BOUND_COST = 40.0

_ARTICLES = vocabulary(
    "all alle allem allen aller alles beide beiden das dem den der deren des dessen die dies diese diesem "
    "diesen dieser dieses ein eine einem einen einer eines einige einigen euer eure eurem euren eurer ihr "
    "ihre ihrem ihren ihrer ihres jede jedem jeden jeder jedes kein keine keinem keinen keiner keines mein "
    "meine meinem meinen meiner sein seine seinem seinen seiner seines solche solchen unser unsere unserem "
    "unseren unserer unseres viele vielen welche welchem welchen welcher welches"
)
_PREPOSITIONS = vocabulary(
    "ab am an ans auf aufs aus außer bei beim bis dank durch fürs für gegen gegenüber hinter im in innerhalb "
    "ins laut mit nach neben ohne per pro seit statt trotz um unter vom von vor während wegen zu zum zur "
    "zwischen über zum"
)
_TITLES = vocabulary("doktor frau herr herrn präsident präsidentin professor professorin bürgermeisterin")
_PRONOUNS = vocabulary("dich dir er es euch ich ihm ihn ihnen ihr man mich mir sich sie uns wir")
_DEGREES = vocabulary(
    "besonders etwa fast ganz genau immer mehr nicht noch nur rund sehr so sogar viel weniger wieder zu"
)
_SPOKEN_NUMBERS = vocabulary(
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig fünfzig hundert tausend "
    "million millionen milliarde milliarden prozent"
)
_AUXILIARIES = vocabulary(
    "bin bist hast hat hatte hatten haben ist kann konnte können muss möchte müssen sein sind soll sollen "
    "war waren werden wird wollen wurde wurden würde"
)
_GENITIVES = vocabulary("des dessen deren eines")
_NUMBER = re.compile(r"[\d.,:]*\d%?")
_INFLECTED = re.compile(r"[a-zäöüß]{2,}(?:e|en|er|es|em)")


def break_cost(last: str, following: str, pause_seconds: float = 0.0, *, is_first: bool = False) -> float:
    """What a break between the two words costs: 0 after a sentence, 10 where it is neutral, 40 in a phrase.

    `is_first` says that `last` opens the sentence, so its capital does not make
    it a noun. A rest of the speaker makes a break cheaper.
    """
    return _cost_without_pause(last, following, is_first) * (0.6 if pause_seconds >= 0.3 else 1.0)


def _cost_without_pause(last: str, following: str, is_first: bool) -> float:
    core = last.rstrip(CLOSING_MARKS)
    if core.endswith(("?", "!", "…")) or (core.endswith(".") and not is_bound_by_full_stop(core)):
        return SENTENCE_COST
    if core.endswith("."):
        return BOUND_COST
    if core.endswith((";", ":", "–")):
        return 1.5
    if core.endswith(","):
        # A capital after a comma is a noun: one more thing of a list.
        return 18.0 if _is_noun(following) else 3.0
    last_is_noun = _is_noun(last) and not is_first
    return max(
        _holding_cost(_bare(last).lower(), _bare(following)),
        _pair_cost(_bare(last), _bare(following), last_is_noun=last_is_noun),
        _opening_cost(following, last_is_noun=last_is_noun),
    )


def _holding_cost(last: str, following: str) -> float:
    """What must not be parted from the word after it."""
    if last in _ARTICLES:
        return BOUND_COST if _is_noun(following) or last not in _PRONOUNS else 18.0
    if last in _PREPOSITIONS or last in _TITLES:
        return BOUND_COST
    if _NUMBER.fullmatch(last) or last in _SPOKEN_NUMBERS:
        return BOUND_COST if _is_noun(following) or following[:1] == "%" else 20.0
    if last in CONJUNCTIONS:
        return 24.0
    return 16.0 if last in _DEGREES else 0.0


def _pair_cost(last: str, following: str, *, last_is_noun: bool) -> float:
    """Two words that belong together: first and last name, adjective and noun, pronoun and verb."""
    opens_phrase = following in _PREPOSITIONS or following in _ARTICLES
    if last_is_noun and _is_noun(following):
        return 24.0
    if _is_noun(following) and _INFLECTED.fullmatch(last) and last not in _AUXILIARIES:
        return 26.0
    if last_is_noun and following in _GENITIVES:
        return 15.0
    if following in _PRONOUNS or (last.lower() in _PRONOUNS and not opens_phrase):
        return 14.0
    return 12.0 if last in _AUXILIARIES and not opens_phrase else 0.0


def _opening_cost(following: str, *, last_is_noun: bool) -> float:
    """How well the word after the break opens a line."""
    word = _bare(following).lower()
    if word in _AUXILIARIES:
        # Before a verb in its second place the subject is complete; the verb that ends a clause stays.
        return 16.0 if word != following.lower() else 7.0 if last_is_noun else PLAIN_COST
    if word in _PREPOSITIONS:
        return 9.0 if last_is_noun else 7.0
    if word in CONJUNCTIONS:
        return 5.0
    return 8.0 if word in _ARTICLES else PLAIN_COST


def _bare(text: str) -> str:
    return text.strip(OPENING_MARKS + CLOSING_MARKS + ",.;:!?…")


def _is_noun(text: str) -> bool:
    return _bare(text)[:1].isupper()
