"""Finds in a recogniser's words what is known to go wrong with Whisper, each by its cause.

Words and the speech that a detector found, in; notes with times, out. Nothing is
changed here: whoever decodes uses the notes to decode a stretch again, and what
stays doubtful stands in the transcript for the reader. The faults are those of
Radford et al. 2022, section 4.5 (loops, dropped and invented passages), and of
Koenecke et al. 2024, "Careless Whisper" (text invented in silence).
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

from transcripts.german.topic_words import vocabulary
from transcripts.model import Note, Word
from transcripts.speech.hallucinated_phrases import CREDITS, FAREWELLS_TO_VIEWERS
from transcripts.speech.windows import SpeechSpan, silences_between

WORDS_REMEMBERED = 10_000
SPEECH_WITHOUT_WORDS = "speech_without_words"
WORDS_WITHOUT_SPEECH = "words_without_speech"
LOOP = "loop"
STOCK_PHRASE = "stock_phrase"
OTHER_LANGUAGE = "other_language"
NO_CAPITALS = "no_capitals"
NO_PUNCTUATION = "no_punctuation"
TOO_FAST = "too_fast"
IMPROBABLE = "improbable"
# Of the whole recording, not a doubt.
NO_SPEECH = "no_speech"
CAUSES = (
    NO_SPEECH,
    SPEECH_WITHOUT_WORDS,
    WORDS_WITHOUT_SPEECH,
    LOOP,
    STOCK_PHRASE,
    OTHER_LANGUAGE,
    NO_CAPITALS,
    NO_PUNCTUATION,
    TOO_FAST,
    IMPROBABLE,
)

LONGEST_SPEECH_WITHOUT_WORDS_SECONDS = 1.0
LONGEST_WORDS_WITHOUT_SPEECH_SECONDS = 0.5
# The detector's edges are uncertain by about this much.
SLACK_SECONDS = 0.2
# A phrase of so many words (the index) may be said so often in a row by a person.
HUMAN_REPETITIONS = (0, 5, 3, 2, 2, 2, 2, 2, 2)
CAPITALS_WITHIN_WORDS = 20
PUNCTUATION_WITHIN_WORDS = 50
LANGUAGE_WITHIN_WORDS = 10
FOREIGN_WORDS_OF_THEM = 4
# Fast German has about 20 characters a second, the fastest speakers on record below 30.
FASTEST_CHARACTERS_PER_SECOND = 32.0
SPEED_WITHIN_WORDS = 8
# What a phrase written twice leaves: two or more words in a row for which there was no sound.
LONGEST_WORD_WITHOUT_SOUND_SECONDS = 0.02
FEWEST_WORDS_WITHOUT_SOUND = 2
LONGEST_DOUBLED_PHRASE_WORDS = 12

_GERMAN = vocabulary(
    "aber als am an auch auf aus bei das dass dem den der des die doch du ein eine einen einer er es für "
    "haben hat hier ich ihr im in ist ja kann können mit nach nein nicht noch nur oder schon sehr sich sie "
    "sind so über und uns um von vom vor war was wenn wer werden wie wir wird zu zum zur"
)
# Not in German, or much rarer there: English, French, Dutch, Spanish, Italian, Polish.
_FOREIGN = vocabulary(
    "the of and to that is it you for are this with have be not they we what there from or but your "
    "le les et est que qui dans pour pas une avec vous nous sur "
    "het een van niet zijn voor ik je maar ook wij "
    "el los las que por con para una como más pero "
    "il che di non è per sono della questo "
    "nie się jest na że do jak ale"
)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_MARKS = re.compile(r"[.,:;?!…]")
_NO_LETTERS = re.compile(r"\W+")


def doubts(words: Sequence[Word], spans: Sequence[SpeechSpan], language: str) -> tuple[Note, ...]:
    """Everything about these words that looks like a known fault, in the order of time.

    `spans` is where the detector heard speech, in the same seconds as the words.
    What is judged by the habits of German is judged only where that is the language.
    """
    found = [*speech_without_words(words, spans), *_words_without_speech(words, spans)]
    found += [*_loops(words), *_stock_phrases(words), *_too_fast(words)]
    if language == "de":
        found += [*_other_language(words), *_without_capitals(words), *_without_punctuation(words)]
    return merged(found)


def speech_without_words(words: Sequence[Word], spans: Sequence[SpeechSpan]) -> Iterator[Note]:
    """Where someone speaks for more than a second and no word stands."""
    reached = [SpeechSpan(word.start_seconds, word.end_seconds) for word in words]
    for span in spans:
        for gap in silences_between(reached, span.start_seconds, span.end_seconds):
            if gap.duration_seconds > LONGEST_SPEECH_WITHOUT_WORDS_SECONDS:
                yield _note(SPEECH_WITHOUT_WORDS, gap.start_seconds, gap.end_seconds)


def without_credits(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words without the credits that nobody says in a meeting ("Untertitel im Auftrag des ZDF")."""
    dropped = {index for first, last in _matches(CREDITS, words) for index in range(first, last + 1)}
    return tuple(word for index, word in enumerate(words) if index not in dropped)


def without_invented_doubles(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words without the copies of a phrase that have no sound of their own.

    Before a silence, or beside a quiet voice, Whisper writes a phrase twice; the words of one of the two
    then stand in no time at all. Who says a phrase twice needs as long for it as for the first time.
    """
    copies = (_doubled_phrase(words, first, last) for first, last in _without_sound(words))
    dropped = {index for copy in copies if copy for index in copy}
    return tuple(word for index, word in enumerate(words) if index not in dropped)


def merged(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes in the order of time; those of one cause that touch become one."""
    done: list[Note] = []
    for note in sorted(notes, key=lambda each: (each.cause, each.start_seconds)):
        last = done[-1] if done else None
        if last and last.cause == note.cause and note.start_seconds <= last.end_seconds:
            done[-1] = _note(note.cause, last.start_seconds, max(last.end_seconds, note.end_seconds))
        else:
            done.append(note)
    return tuple(sorted(done, key=lambda each: (each.start_seconds, each.end_seconds)))


def _without_sound(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    seconds = (round(word.end_seconds - word.start_seconds, 3) for word in words)
    for first, last in _runs([each <= LONGEST_WORD_WITHOUT_SOUND_SECONDS for each in seconds]):
        if last - first + 1 >= FEWEST_WORDS_WITHOUT_SOUND:
            yield first, last


def _doubled_phrase(words: Sequence[Word], first: int, last: int) -> range | None:
    """The shortest phrase around these words that stands once more beside itself; its copy without sound."""
    for length in range(last - first + 1, LONGEST_DOUBLED_PHRASE_WORDS + 1):
        for start in range(max(0, last - length + 1), first + 1):
            copy = range(start, start + length)
            if any(_says_the_same(words, copy, other) for other in (start - length, start + length)):
                return copy
    return None


def _says_the_same(words: Sequence[Word], phrase: range, other: int) -> bool:
    """Whether the words from `other` on are those of the phrase; not so beyond the first or the last word."""
    if other < 0 or max(other, phrase.start) + len(phrase) > len(words):
        return False
    pairs = zip(phrase, range(other, other + len(phrase)), strict=True)
    return all(_core(words[one].text) == _core(words[two].text) for one, two in pairs)


def _words_without_speech(words: Sequence[Word], spans: Sequence[SpeechSpan]) -> Iterator[Note]:
    """Words in a row that lie where the detector heard nobody, longer than word times may be wrong."""
    heard = [
        SpeechSpan(span.start_seconds - SLACK_SECONDS, span.end_seconds + SLACK_SECONDS) for span in spans
    ]
    silent = [
        not any(
            word.start_seconds < span.end_seconds and word.end_seconds > span.start_seconds for span in heard
        )
        for word in words
    ]
    for first, last in _runs(silent):
        if words[last].end_seconds - words[first].start_seconds > LONGEST_WORDS_WITHOUT_SPEECH_SECONDS:
            yield _over(WORDS_WITHOUT_SPEECH, words, first, last)


def _loops(words: Sequence[Word]) -> Iterator[Note]:
    """The same words over and over, more often than a person says them."""
    spoken = [_core(word.text) for word in words]
    for length in range(1, len(HUMAN_REPETITIONS)):
        same = [spoken[index] == spoken[index + length] for index in range(len(spoken) - length)]
        for first, last in _runs(same):
            times = (last - first + 1) // length + 1
            if times > HUMAN_REPETITIONS[length]:
                yield _over(LOOP, words, first, last + length)


def _stock_phrases(words: Sequence[Word]) -> Iterator[Note]:
    for pattern in (CREDITS, FAREWELLS_TO_VIEWERS):
        for first, last in _matches(pattern, words):
            yield _over(STOCK_PHRASE, words, first, last)


def _too_fast(words: Sequence[Word]) -> Iterator[Note]:
    """More text than a person can say in that time."""
    until = list(accumulate((len(word.text) + 1 for word in words), initial=0))
    for first, last in _stretches(words, SPEED_WITHIN_WORDS):
        seconds = words[last].end_seconds - words[first].start_seconds
        characters = until[last + 1] - until[first]
        if characters > FASTEST_CHARACTERS_PER_SECOND * max(seconds, 0.01):
            yield _over(TOO_FAST, words, first, last)


def _other_language(words: Sequence[Word]) -> Iterator[Note]:
    """Letters of another script, or other languages' little words where German's are missing."""
    for first, last in _runs([_is_other_script(word.text) for word in words]):
        yield _over(OTHER_LANGUAGE, words, first, last)
    spoken = [_core(word.text) for word in words]
    foreign = list(accumulate((core in _FOREIGN for core in spoken), initial=0))
    german = list(accumulate((core in _GERMAN for core in spoken), initial=0))
    for first, last in _stretches(words, LANGUAGE_WITHIN_WORDS):
        is_foreign = foreign[last + 1] - foreign[first] >= FOREIGN_WORDS_OF_THEM
        if is_foreign and german[last + 1] == german[first]:
            yield _over(OTHER_LANGUAGE, words, first, last)


def _without_capitals(words: Sequence[Word]) -> Iterator[Note]:
    """In German every noun has a capital, so some word of twenty has one."""
    for first, last in _runs([word.text == word.text.lower() for word in words]):
        if last - first + 1 > CAPITALS_WITHIN_WORDS:
            yield _over(NO_CAPITALS, words, first, last)


def _without_punctuation(words: Sequence[Word]) -> Iterator[Note]:
    for first, last in _runs([not _MARKS.search(word.text) for word in words]):
        if last - first + 1 > PUNCTUATION_WITHIN_WORDS:
            yield _over(NO_PUNCTUATION, words, first, last)


@lru_cache(maxsize=WORDS_REMEMBERED)
def _is_other_script(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and not any(_LATIN.match(letter) for letter in letters)


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last index of each unbroken row of True."""
    edges = [False, *flags, False]
    changes = [index for index, (before, after) in enumerate(pairwise(edges)) if before != after]
    yield from ((first, end - 1) for first, end in zip(changes[::2], changes[1::2], strict=True))


def _stretches(words: Sequence[Word], length: int) -> Iterator[tuple[int, int]]:
    yield from ((first, first + length - 1) for first in range(len(words) - length + 1))


def _matches(pattern: re.Pattern[str], words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """First and last word of each match of the pattern in the words' running text."""
    starts = list(accumulate((len(word.text) + 1 for word in words), initial=0))[:-1]
    for match in pattern.finditer("".join(f"{word.text} " for word in words)):
        first, end = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        if first < end:
            yield first, end - 1


@lru_cache(maxsize=WORDS_REMEMBERED)
def _core(text: str) -> str:
    return _NO_LETTERS.sub("", text.lower())


def _over(cause: str, words: Sequence[Word], first: int, last: int) -> Note:
    return _note(cause, words[first].start_seconds, words[last].end_seconds)


def _note(cause: str, start_seconds: float, end_seconds: float) -> Note:
    return Note(cause=cause, start_seconds=round(start_seconds, 2), end_seconds=round(end_seconds, 2))
