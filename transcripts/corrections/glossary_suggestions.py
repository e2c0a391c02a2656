"""What people's corrections teach: names and terms that the recogniser should have expected. Pure.

A term is what a person wrote in the place of other words, if it is capitalised and rare in German at
large. The most often corrected come first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from transcripts.corrections.correction_log import Correction, SentenceEdit, WordChange, active
from transcripts.german.rare_terms import bare_word, is_rare_term, runs_of

COMMON = 4.2
"""On the Zipf scale: "Gemeinde" has 5.0, "Wohnort" 3.8, "Losverfahren" 0."""
MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term, how often it had to be put right, and what was heard instead, the most frequent first."""

    term: str
    times: int
    heard_as: tuple[str, ...]


def suggestions(logs: Iterable[Sequence[Correction]], known: Iterable[str]) -> tuple[Suggestion, ...]:
    """The terms that these records' corrections suggest, without those that the glossary has."""
    glossary = {term.casefold() for term in known}
    heard: dict[str, Counter[str]] = {}
    for log in logs:
        for change in _changes(log):
            before = bare_word(change.before)
            for term in _terms(change):
                if term.casefold() not in glossary:
                    heard.setdefault(term, Counter())[before] += 1
    made = [
        Suggestion(term, counts.total(), tuple(text for text, _ in counts.most_common() if text))
        for term, counts in heard.items()
    ]
    return tuple(sorted(made, key=lambda each: (-each.times, each.term)))


def _changes(log: Sequence[Correction]) -> Iterator[WordChange]:
    """What was changed for good: not what was taken back, and not sentences that were written anew."""
    for correction in active(log):
        for edit in correction.edits:
            if isinstance(edit, SentenceEdit):
                yield from edit.changes


def _terms(change: WordChange) -> Iterator[str]:
    """Runs of capitalised, rare words, each as one term, if any of its words was not heard."""
    heard = {bare_word(word).casefold() for word in change.before.split()}
    for run in runs_of(change.after.split(), lambda word: is_rare_term(word, COMMON)):
        if len(run) <= MOST_WORDS and any(word.casefold() not in heard for word in run):
            yield " ".join(run)
