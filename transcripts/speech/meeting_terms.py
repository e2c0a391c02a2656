"""The glossary of one meeting: what will be said there and what the recogniser cannot know. Pure.

Names that were given come first, then what is rare in title and agenda, then what people corrected in
earlier recordings, last the glossary of the settings. Few, since long lists and terms that nobody says
make the recogniser worse.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from transcripts.german.nouns import tag
from transcripts.german.rare_terms import is_rare_term, runs_of
from transcripts.speech.glossary import LONGEST_TERM, MAX_TERMS, parse_glossary, relevant_terms

RARE, RARE_NAME = 3.5, 5.0
"""On the Zipf scale: "Begrüßung" has 3.8, "Losverfahren" 0; of names "Anna" 4.7, "Berlin" 5.7."""
MOST_WORDS = 4
MOST_OF_TITLES, MOST_LEARNED = 20, 8
# A name that was corrected once may have been said once.
FEWEST_CORRECTIONS = 2


def meeting_terms(
    given: Sequence[str],
    titles: Iterable[str],
    learned: Iterable[tuple[str, int]],
    glossary: Sequence[str],
) -> tuple[str, ...]:
    """At most 40 terms for the recogniser, the surest first.

    `titles` are the meeting's and those of its agenda; `learned` are terms with how often they were
    corrected, the most frequent first.
    """
    known = list(titles)
    own = [term for term in given if is_term(term)]
    own += list(_rare_in(known))[:MOST_OF_TITLES]
    often = [term for term, times in learned if times >= FEWEST_CORRECTIONS and is_term(term)]
    surest = _distinct([*own, *often[:MOST_LEARNED]])[:MAX_TERMS]
    rest = [term for term in glossary if term.casefold() not in {each.casefold() for each in surest}]
    return (*surest, *relevant_terms(rest, "\n".join(known), MAX_TERMS - len(surest)))


def given_terms(text: str, people: Sequence[str] = ()) -> tuple[str, ...]:
    """Terms as somebody typed them, with commas or one a line, and behind them people of the agenda.

    Raises ValueError in German where one is too long, or there are too many.
    """
    typed = parse_glossary(text)
    if any(len(term) > LONGEST_TERM for term in typed):
        raise ValueError(f"Bitte mit Kommas trennen; jeder Eintrag hat höchstens {LONGEST_TERM} Zeichen.")
    if len(typed) > MAX_TERMS:
        raise ValueError(f"Das sind {len(typed)} Einträge; mehr als {MAX_TERMS} schaden der Verschriftung.")
    named = [each for each in people if is_term(each)]
    return tuple(_distinct([*typed, *named]))[:MAX_TERMS]


def is_term(text: str) -> bool:
    """Whether it can be a name or term: short, and with a capital letter or a digit ("alle" is none)."""
    return 1 < len(text) <= LONGEST_TERM and any(each.isupper() or each.isdigit() for each in text)


def _rare_in(titles: Iterable[str]) -> Iterator[str]:
    for title in titles:
        names = _names_in(title)

        def is_wanted(word: str, names: set[str] = names) -> bool:
            return is_rare_term(word, RARE_NAME if word in names else RARE)

        for run in runs_of(title.split(), is_wanted):
            yield " ".join(run[:MOST_WORDS])


def _names_in(title: str) -> set[str]:
    """Words that are tagged as names, and what follows them: many a surname is taken for a verb."""
    found = tag(title)
    names = {one.text for one in found if one.tag == "NE"}
    return names | {after.text for one, after in pairwise(found) if one.tag == "NE"}


def _distinct(terms: Iterable[str]) -> list[str]:
    """Each once, whatever its case, as it was written first."""
    return list({term.casefold(): term for term in reversed(list(terms))}.values())[::-1]
