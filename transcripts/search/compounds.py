"""Splits German compounds by the words an archive itself uses.

After Koehn & Knight 2003 ("Empirical Methods for Compound Splitting"): a word is
split where all its parts are words of the vocabulary, joined directly or by a
linking element; fewer parts are better, then more frequent ones. What merely
looks like a part (prefixes, suffixes, prepositions) is none: "Verrat" has no "Rat".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from transcripts.german.topic_words import FUNCTION_WORDS, vocabulary
from transcripts.search.word_folding import stem, without_umlauts

SHORTEST_PART = 3
"""Letters of a part; those of three are listed, since too many syllables look like such a word."""

LINKS = ("", "s", "n", "en", "es", "er", "e", "ns", "ens")
"""What may be put between two parts: "Arbeit-s-gruppe", "Frau-en-quote"."""

LOST_ENDINGS = ("e", "en", "n")
"""What the first part may lose: "Schul(e)-politik", "Meld(en)-register"."""

INFLECTIONS = ("", "e", "en", "n", "s", "es", "er", "ern")
"""What may follow the last part."""

_SHORT_PARTS = vocabulary(
    "abo akt amt app arm bad bau bus ehe eid eis elf erz fax gas gut heu hof hut job kur lob los mut not "
    "ohr ort ost pol rad rat ruf see süd tag tal tat tee tod ton tor typ tür uhr web weg wut zoo zug öl"
)
_BARE_HEADS = vocabulary(
    "abstimmung alter antrag arbeit auftrag ausschuss bau behörde beirat berg beruf beteiligung bezirk "
    "bild bildung boden brücke buch bund bürger daten demokratie deutschland dialog dorf einwohner eltern "
    "energie entscheidung europa fach fahrrad familie finanz finanzen fluss frage frauen freiheit frieden "
    "gemeinde gemeinschaft generation gericht gesamt geschäft gesellschaft gesetz gesundheit gross grund "
    "gruppe haupt haus haushalt heimat hoch industrie information inhalt internet jahr jugend kanton "
    "kinder klein klima kommunal kommune kosten kranken kreis kultur kunst land leben leitung lern lobby "
    "macht markt medien meinung melde mensch menschen miet mitglied mittel monat musik nachbar natur netz "
    "netzwerk ober organisation partei partner personen pflege plan planung politik post praxis presse "
    "problem projekt qualität raum rechts reform regierung region sach schule senioren sicherheit sitzung "
    "sonder sozial spitzen sport sprache staat stadt steuer strasse strom studie stunde tage teilnehmer "
    "themen umwelt universität unternehmen verein verfahren verfassung verkehr versammlung vertrag "
    "verwaltung volk vorstand wahl wald wasser wirtschaft wissen wissenschaft wohn wohnung zahl zeit "
    "zeitung zentral zentrum ziel zufall zukunft zusammenarbeit"
)
"""First parts that are common in what communities talk about, taken as known by the youngest archive."""

_NO_HEADS = FUNCTION_WORDS | vocabulary(
    "auto bio emp empor ent fort geo hinter inter intra konter kontra miss nieder para post prä super "
    "trans vers wider"
)
_NO_TAILS = vocabulary(
    "arten artig bar chen ende fach haft heit iert ierung isch ismus keit lein lich ling los losigkeit "
    "mäßig nis rich sal sam schaft tion tum tät ung voll weg weise wärts ähnlich"
)
_NOUNS_TOO = frozenset({"recht"})
_NO_TAIL_STEMS = frozenset(stem(tail.replace("ß", "ss")) for tail in _NO_TAILS)
_SHORT_STEMS = frozenset(without_umlauts(part) for part in _SHORT_PARTS) - _NO_TAIL_STEMS


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a compound by its stem; the last part says what the whole is ("Bürgerrat" is a "Rat")."""

    stem: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Split:
    parts: tuple[str, ...]
    """Folded words, the last as it is inflected."""
    rarest: int

    @property
    def rank(self) -> tuple[int, int]:
        return -len(self.parts), self.rarest


class Splitter:
    """Splits words by a vocabulary: how often a folded word occurs in it, and how often a stem."""

    def __init__(self, words: Callable[[str], int], stems: Callable[[str], int]) -> None:
        self._words = words
        self._stems = stems
        # The same beginnings and endings come again and again.
        self._head = lru_cache(maxsize=100_000)(self._find_head)
        self._tail_frequency = lru_cache(maxsize=300_000)(self._count_tail)

    def split(self, word: str) -> tuple[str, ...]:
        """The smallest folded words a compound is made of, the last as inflected; empty when it is none."""
        best = self._best(word)
        return tuple(each for part in best.parts for each in self.split(part) or (part,)) if best else ()

    def parts(self, word: str) -> list[Part]:
        """The parts of a folded word and the parts of these, by stem; empty when it is no compound."""
        found: dict[str, bool] = {}
        self._collect(word, found, is_last=True)
        return [Part(each, is_last) for each, is_last in found.items()]

    def _collect(self, word: str, found: dict[str, bool], *, is_last: bool) -> None:
        split = self._best(word)
        if split is None:
            return
        for number, part in enumerate(split.parts, start=1):
            part_is_last = is_last and number == len(split.parts)
            found[stem(part)] = found.get(stem(part), False) or part_is_last
            self._collect(part, found, is_last=part_is_last)

    def _best(self, word: str) -> _Split | None:
        """The split into fewest parts, among these the one whose rarest part is most frequent."""
        return max(self._splits(word), key=lambda split: split.rank, default=None)

    def _splits(self, word: str) -> Iterator[_Split]:
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            head, tail = self._head(word[:cut]), word[cut:]
            if head:
                frequency = self._tail_frequency(tail)
                if frequency:
                    yield _Split((head, tail), min(frequency, self._words(head) or frequency))
            elif cut >= 2 * SHORTEST_PART and self._words(tail) and self._tail_frequency(tail):
                yield from self._longer_splits(word[:cut], tail)

    def _longer_splits(self, text: str, tail: str) -> Iterator[_Split]:
        """Splits into more than two parts."""
        inner = self._best(text) or (self._best(text[:-1]) if text.endswith("s") else None)
        if inner:
            yield _Split((*inner.parts, tail), min(inner.rarest, self._words(tail)))

    def _count_tail(self, tail: str) -> int:
        tail_stem = stem(tail)
        if tail in FUNCTION_WORDS and tail not in _NOUNS_TOO:
            return 0
        if tail_stem in _NO_TAIL_STEMS or (len(tail_stem) == SHORTEST_PART and tail_stem not in _SHORT_STEMS):
            return 0
        return self._stems(tail_stem)

    def _find_head(self, text: str) -> str | None:
        """The most frequent word that `text` may be in front of another part."""
        candidates = [each for each in _without_link(text) if self._may_be_head(each)]
        return max(candidates, key=self._words, default=None)

    def _may_be_head(self, word: str) -> bool:
        if len(word) == SHORTEST_PART:
            return word in _SHORT_PARTS
        return word in _BARE_HEADS or (word not in _NO_HEADS and self._words(word) > 0)


def may_be_part(word: str) -> bool:
    """Whether a folded word is one that compounds are made of."""
    if len(word) <= SHORTEST_PART:
        return word in _SHORT_PARTS
    return word not in FUNCTION_WORDS and stem(word) not in _NO_TAIL_STEMS


def place_in_compound(word: str, part: str) -> Part | None:
    """Whether a folded word looks like a compound with one that may be a part, its rest not being known.

    A guess for young archives: the other part must have four letters and be no prefix or suffix;
    a part of three letters needs a common first part before it, or a linking s behind it.
    """
    is_short = len(part) == SHORTEST_PART
    for ending in INFLECTIONS:
        if word.endswith(part + ending):
            head = word[: -len(part + ending)]
            is_common = any(each in _BARE_HEADS | _SHORT_PARTS for each in _without_link(head))
            if is_common or (not is_short and len(head) > SHORTEST_PART and head not in _NO_HEADS):
                return Part(stem(part), is_last=True)
    begins = (part + "s",) if is_short else (part, part.removesuffix("e"))
    for begin in begins:
        if word.startswith(begin) and _may_follow(word.removeprefix(begin)):
            return Part(stem(part), is_last=False)
    return None


def _may_follow(tail: str) -> bool:
    return len(tail.removesuffix("n")) > SHORTEST_PART and stem(tail) not in _NO_TAIL_STEMS


def _without_link(text: str) -> Iterator[str]:
    """The words that `text` may be, in front of another part."""
    for link in LINKS:
        if text.endswith(link) and len(text) - len(link) >= SHORTEST_PART:
            yield text.removesuffix(link)
    if len(text) > SHORTEST_PART and text not in _NO_HEADS:
        yield from (text + ending for ending in LOST_ENDINGS)
