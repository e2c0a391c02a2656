"""German words as topics are made of: tokens, stems, the parts of compounds, and which words belong together.

Pure functions over text; they know nothing of meetings. Stems are Snowball's
(Porter 2001), which also folds umlauts, so that a recogniser's "Bürgerrate"
and the agenda's "Bürgerräte" meet.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache

import snowballstemmer

LONGEST_WORD = 40
"""Letters; what is longer was not said as one word."""
SHORTEST_PART = 4
"""Letters a part of a compound must have; shorter ones ("rat", "tag") hide in too many words."""
SHORTEST_HEAD = 3
"""Letters that must be left before a part: "los|verfahren", but not "be|handeln"."""

_WORD = re.compile(r"[^\W\d_]+")

_FUNCTION_WORDS = """
ab aber alle allein allem allen aller allerdings alles allzu als also am an andere anderem anderen anderer
anderes anhand ans auch auf aufs aus außer außerdem bald bei beide beiden beim beispielsweise bereits
besonders besser bis bisschen bist bloß brauchen bringen da dabei dadurch dafür dagegen daher dahin dahinter
damals damit danach daneben dann daran darauf daraus darf darin darum darunter darüber das dass dasselbe
davon davor dazu daß dein deine deinem deinen deiner dem demselben den denen denken denn dennoch denselben
der deren derselben derzeit des deshalb dessen deswegen dich die dies diese dieselben diesem diesen dieser
dieses dir doch dort dran drauf drei drin du durch durfte dürfen eben ebenfalls ebenso egal eher eigentlich
ein eine einem einen einer eines einfach einige einigen einiger einiges einmal eins entweder er erst es etwa
etwas euch euer eure eurem euren eurer falls fast fest finde finden für ganz ganze ganzen gar geben gegeben
gegen gegenüber gehen gehört gemacht genau genauso genug gerade gern gerne gesagt gewesen gibt ging gleich
große großen gut gute guten guter hab habe haben habt halt hast hat hatte hatten heißt her hier hierzu hin
hinaus hinter hm hätte hätten höre ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins
insbesondere insgesamt irgendwie ist ja je jede jedem jeden jeder jedes jedoch jemand jene jenem jenen jener
jenes jetzt kam kann kein keine keinem keinen keiner klar können könnte könnten lassen laut leider liegt
lässt mache machen macht mal man manche manchmal mehr mein meine meinem meinen meiner meines meisten mhm
mich mir mit mm muss möchte möchten mögen müssen müsste nach nachdem naja natürlich ne neben nein nen nicht
nichts nie niemand noch nun nur nämlich ob obwohl oder oft ohne okay paar raus recht rein richtig rund sagen
sagt sagte schon sehe sehen sehr sei seid sein seine seinem seinen seiner seines seit selbst sich sicher sie
sieht sind so sodass sogar solche solchen solcher solches soll sollen sollte sollten sondern sonst soviel
sowas soweit sowie sowohl spreche sprechen statt stehen steht stellen tja trotz trotzdem tun tut um und uns
unser unsere unserem unseren unserer unseres unserm unter usw viel viele vielem vielen vieler vieles
vielleicht vier vom von vor vorher völlig wann war waren warum was weg wegen weil weit weiter weitere
weiteren weiterer weiteres welche welchem welchen welcher welches wem wen wenig wenige wenigen wenn wer
werde werden weshalb wie wieder wieso will wir wird wirklich wirst wissen wo wobei wodurch wohl wollen
wollte wollten worauf worden worin worum worüber wozu wurde wurden wäre wären würde würden ziemlich zu
zuerst zum zumindest zunächst zur zurück zusammen zwar zwei zwischen äh ähm öh über überhaupt übrigens
"""
_MEETING_WORDS = """
abend beispiel bitte damen dank danke dritte dritten drittens dritter drittes erste ersten erstens erster
erstes frage fragen frau geht glaube hallo herr herren herzlich herzlichen heute heutigen jahr jahre jahren
kollege kollegen kollegin kolleginnen komme kommen kommt letzte letzten letzter letztes liebe lieber morgen
nächste nächsten nächster nächstes punkt punkte punkten redner rednerin sache tagesordnung
tagesordnungspunkt tagesordnungspunkte thema themen top uhr wort zweite zweiten zweitens zweiter zweites
"""

FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that say nothing about the subject of any text."""
STOP_WORDS = FUNCTION_WORDS | frozenset(_MEETING_WORDS.split())
"""Those, and the words said under every topic of a meeting, which tell none from another."""


def vocabulary(text: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(text.split())


def words(text: str) -> list[str]:
    """The words of the text as written, without digits and punctuation."""
    return _WORD.findall(text)


@cache
def _stemmer() -> "snowballstemmer.german_stemmer.GermanStemmer":
    return snowballstemmer.stemmer("german")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball stem of one word, in lower case and without umlauts."""
    return str(_stemmer().stemWord(word.lower()))


def content_stems(text: str, without: Collection[str] = STOP_WORDS) -> list[str]:
    """Stems of the words that carry the topic, in the order of the text."""
    return [stem(word) for word in words(text) if len(word) > 2 and word.lower() not in without]


def compound_parts(compound: str, vocabulary: Collection[str]) -> list[str]:
    """The stems of `vocabulary` that begin or end a compound: "musterantrag" has "muster" and "antrag".

    Splitting by the words a text itself uses, after Koehn & Knight 2003
    ("Empirical Methods for Compound Splitting"), with the linking s taken off.
    """
    parts: dict[str, None] = {}
    for cut in range(SHORTEST_HEAD, len(compound) - SHORTEST_PART + 1):
        head, tail = compound[:cut], compound[cut:]
        for part in (tail, head, head.removesuffix("s")):
            if len(part) >= SHORTEST_PART and part in vocabulary:
                parts[part] = None
    return list(parts)


def with_parts(texts: Iterable[Sequence[str]]) -> list[list[str]]:
    """Each text's stems together with the parts of its compounds that occur by themselves in any text."""
    stems = [list(text) for text in texts]
    vocabulary = {word for text in stems for word in text}
    parts = {word: compound_parts(word, vocabulary) for word in vocabulary}
    return [[term for word in text for term in (word, *parts[word])] for text in stems]


def kinship(one: str, other: str) -> float:
    """How surely two stems speak of the same thing: 1 the same word, 0 nothing in common.

    Between: a shared part of a compound, another ending, a letter misheard.
    """
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) >= SHORTEST_PART and long.startswith(short):
        return 0.9 if len(long) - len(short) <= 3 else _share_of_compound(short, long)
    if len(short) > SHORTEST_PART and long.endswith(short):
        return _share_of_compound(short, long)
    return 0.6 if _sounds_alike(short, long) else 0.0


def _share_of_compound(part: str, compound: str) -> float:
    """The more of the compound the part is, the surer: "arbeit" says little about "öffentlichkeitsarbeit"."""
    return 0.4 + 0.4 * len(part) / len(compound)


def _sounds_alike(short: str, long: str) -> bool:
    if len(short) < 6 or len(long) > LONGEST_WORD or len(long) - len(short) > 3 or short[:2] != long[:2]:
        return False
    return SequenceMatcher(None, short, long, autojunk=False).ratio() >= 0.8
