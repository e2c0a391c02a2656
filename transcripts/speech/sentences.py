"""Groups recognised words into sentences, the segments of a transcript.

A recogniser hands over words with times and punctuation, cut wherever its
windows ended. Here they become sentences by the habits of German: a full stop
also marks abbreviations ("z. B."), titles ("Dr."), ordinals ("der 3. Punkt",
"20. Januar") and initials ("A. Müller"), and what follows, and how long the
speaker rests before it, tells which one it is. Words are grouped, never
reworded, dropped or moved. Captions and paragraphs are made elsewhere.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from transcripts.german.topic_words import vocabulary
from transcripts.model import Segment, Word

MAX_SENTENCE_SECONDS = 30.0
LONG_PAUSE_SECONDS = 3.0

CLOSING_MARKS = "\"'“”’‘»«›‹)]"
OPENING_MARKS = "\"'„‚“‘»«›‹(["
_END_MARKS = (".", "?", "!", "…")

ORDINAL = re.compile(r"\d{1,3}\.|[IVX]{2,6}\.")
INITIAL = re.compile(r"[A-ZÄÖÜ]\.")

_LOWER_LETTER = re.compile(r"[a-zäöü]\.")
# ".000" of "9.000", "%", ":innen", "-Württemberg", a lone full stop: recognisers split these off.
_CONTINUATION = re.compile(r"(?!\.{2,}\w)[.,:;!?%)/*_].*|…|-[^\W\d].*")
_DOTTED = re.compile(r"(?:[A-Za-zÄÖÜäöü]{1,3}\.){2,}")


# After these the sentence goes on, whatever the pause.
ABBREVIATIONS = vocabulary(
    "abb. allg. bd. bspw. bzgl. ca. dipl. dr. einschl. evtl. fr. frl. ggf. hl. hr. hrsg. ing. inkl. insb. "
    "lt. mind. mr. mrs. nr. prof. rd. sog. st. vgl. zzgl. "
    "z.b. d.h. i.d.r. i.e. z.t. s.o. v.a. m.e. n.b. o.g. s.g."
)

# These, or a word that looks like them ("Ich mag.", "Das ist Max."), may also be the last
# of a sentence; then the speaker rests.
FINAL_ABBREVIATIONS = vocabulary(
    "abs. art. gem. kap. mag. max. tel. "
    "bzw. etc. usf. usw. jh. mio. mrd. tsd. std. min. sek. str. jan. feb. aug. sep. sept. okt. nov. dez. "
    "u.a. u.ä. o.ä. u.v.m. u.s.w. e.v. a.d. v.chr. n.chr. jr. sen."
)

_DATE_NOUNS = vocabulary(
    "Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember "
    "Jahrhundert Jahrhunderts Jahrtausend Jahrtausends"
)

# Capitalised, these are no nouns, so a sentence starts with them.
_STARTERS = vocabulary(
    "Aber Alle Allerdings Als Also Am Auch Auf Aus Außerdem Bei Beim Bevor Bitte Da Dabei Dadurch Dafür "
    "Daher Damit Danach Dann Daran Darauf Darum Das Dass Davon Dazu Dem Den Denn Der Deren Deshalb Die Dies "
    "Diese Dieser Dieses Doch Dort Ein Eine Einen Einer Einige Er Es Für Gibt Gut Hat Haben Heute Hier Ich "
    "Ihr Im In Ist Ja Jede Jeder Jedes Jetzt Kann Kein Keine Können Man Manche Mit Nach Nachdem Nein Nicht "
    "Noch Nun Nur Ob Obwohl Oder Schon Sehr Seit Sie Sind So Sondern Trotzdem Um Und Uns Unser Unsere Vielen "
    "Vielleicht Vom Von Vor War Waren Warum Was Weil Welche Wenn Wer Werden Wie Wir Wird Wo Zu Zuerst Zum "
    "Zunächst Zur Zwischen"
)

_BEFORE_ORDINALS = vocabulary(
    "ab am beim bis das dem den der des die im ins jede jeden jeder jedes nach seit unser unsere unserem "
    "unserer vom vor zum zur"
)

CONJUNCTIONS = vocabulary(
    "aber als anstatt bevor bis da damit dass denn doch ehe falls indem nachdem ob obwohl oder ohne seit "
    "sobald sodass solange sondern sowie um und warum weil wenn wie wobei während"
)

_LETTERS_OF_AN_ABBREVIATION = 5
_LOOKED_BACK_WORDS = 12  # an abbreviation, and lone quotes may stand behind it
_MOST_WORDS_OF_A_SENTENCE = 200
_PAUSE_AFTER_SENTENCE = 0.3
_PAUSE_BEFORE_LOWER_CASE = 0.5
_PAUSE_AFTER_NUMBER = 0.6


def split_sentences(words: Sequence[Word]) -> tuple[Segment, ...]:
    """The words as sentences with the ids s0001, s0002, …, each at most 30 s long.

    A sentence starts with its first word and ends with its last; its text is its
    words joined by single spaces. White space around a word is taken off, words of
    nothing else are left out; what recognisers split off a word ("9" ".000", "14" "%",
    "Bürger" ":innen") is put back. A single word of more than 30 s stays whole.
    """
    spoken = _whole_words([word for word in words if word.text.strip()])
    pieces = (piece for sentence in _sentences(spoken) for piece in _within_limit(sentence))
    return tuple(_segment(number, piece) for number, piece in enumerate(pieces, start=1))


def is_bound_by_full_stop(text: str) -> bool:
    """Whether the full stop of this word belongs to it, as in "Dr.", "3." or "z.B.", and more must follow."""
    core = text.lstrip(OPENING_MARKS)
    if ORDINAL.fullmatch(core) or INITIAL.fullmatch(core):
        return True
    return _is_abbreviation(core.lower())


def _whole_words(words: Sequence[Word]) -> list[Word]:
    runs: list[list[Word]] = []
    for word in words:
        if runs and _CONTINUATION.fullmatch(word.text.strip()):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [_joined(run) for run in runs]


def _joined(run: Sequence[Word]) -> Word:
    """The first word with what was split off it."""
    word = run[0]
    text = "".join(one.text.strip() for one in run)
    if len(run) == 1:
        return word if text == word.text else word.model_copy(update={"text": text})
    known = [one.probability for one in run if one.probability is not None]
    return word.model_copy(
        update={
            "text": text,
            "end_seconds": max(one.end_seconds for one in run),
            "probability": min(known, default=None),
        }
    )


def _segment(number: int, words: Sequence[Word]) -> Segment:
    return Segment(
        id=f"s{number:04d}",
        start_seconds=words[0].start_seconds,
        end_seconds=max(word.end_seconds for word in words),
        text=" ".join(word.text for word in words),
        words=tuple(words),
    )


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for index, word in enumerate(words):
        sentence.append(word)
        if index + 1 == len(words) or _is_complete(sentence, words[index + 1]):
            yield sentence
            sentence = []


def _is_complete(sentence: Sequence[Word], following: Word) -> bool:
    """Whether the sentence ends here; a lone closing quote still belongs to it."""
    pause = following.start_seconds - sentence[-1].end_seconds
    if pause > LONG_PAUSE_SECONDS:
        return True
    if not following.text.strip(CLOSING_MARKS):
        return False
    core = sentence[-1].text.rstrip(CLOSING_MARKS)
    if core and not core.endswith(_END_MARKS):
        return False
    before = [word.text for word in sentence[-_LOOKED_BACK_WORDS:]]
    last = before.pop()
    while before and not last.strip(CLOSING_MARKS):
        last = before.pop() + last
    return _ends_sentence(before, last, following.text, pause)


def _ends_sentence(before: Sequence[str], last: str, following: str, pause: float) -> bool:
    core = last.rstrip(CLOSING_MARKS)
    goes_on = following.lstrip(OPENING_MARKS)[:1].islower()
    if core.endswith(("?", "!")):
        # „Wirklich?“ fragte sie.
        return not (goes_on and core != last)
    if core.endswith(("…", "...")):
        return not goes_on
    if core.endswith("."):
        core = core.lstrip(OPENING_MARKS)
        return _full_stop_ends(before, core, following.strip(OPENING_MARKS + ",.;:!?"), pause)
    return False


def _full_stop_ends(before: Sequence[str], core: str, following: str, pause: float) -> bool:
    if ORDINAL.fullmatch(core):
        return _number_ends(before, following, pause)
    key = _joined_abbreviation(before, core)
    if INITIAL.fullmatch(core) and key == core.lower():
        return following in _STARTERS and pause >= _PAUSE_AFTER_SENTENCE
    if key in FINAL_ABBREVIATIONS:
        return not following[:1].islower() and pause >= _PAUSE_AFTER_SENTENCE
    if _is_abbreviation(key):
        return False
    # A lower-case word right after it: an abbreviation that is in no list.
    return not following[:1].islower() or pause >= _PAUSE_BEFORE_LOWER_CASE


def _number_ends(before: Sequence[str], following: str, pause: float) -> bool:
    """Whether "30." is the end of "Es waren 30." and not the ordinal of "der 30. Juni"."""
    if not before or following[:1].islower() or following in _DATE_NOUNS:
        return False
    if following in _STARTERS:
        return True
    return before[-1].lower() not in _BEFORE_ORDINALS and pause >= _PAUSE_AFTER_NUMBER


def _joined_abbreviation(before: Sequence[str], core: str) -> str:
    """The word in lower case, with the single letters before it: "z." "B." becomes "z.b."."""
    key = core.lower()
    for text in reversed(before[-_LETTERS_OF_AN_ABBREVIATION:]):
        letter = text.lstrip(OPENING_MARKS)
        if not _LOWER_LETTER.fullmatch(letter):
            break
        key = letter + key
    return key


def _is_abbreviation(key: str) -> bool:
    listed = key in ABBREVIATIONS or key in FINAL_ABBREVIATIONS
    return listed or bool(_LOWER_LETTER.fullmatch(key) or _DOTTED.fullmatch(key))


def _within_limit(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The sentence whole, or halved at its best clause boundaries until no part is too long."""
    if max(word.end_seconds for word in words) - words[0].start_seconds <= MAX_SENTENCE_SECONDS:
        return iter((words,))
    return _LongSentence(words).parts()


class _LongSentence:
    """A sentence to be halved; what a cut before each word is worth is worked out once."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._starts = [word.start_seconds for word in words]
        self._ends = [word.end_seconds for word in words]
        self._worth = [0.0, *(_worth_of_cut(last, following) for last, following in pairwise(words))]

    def parts(self) -> Iterator[Sequence[Word]]:
        """Its parts in order, none of them too long."""
        ahead = [(0, len(self._words))]
        while ahead:
            first, end = ahead.pop()
            seconds = max(self._ends[first:end]) - self._starts[first]
            if end - first < 2 or seconds <= MAX_SENTENCE_SECONDS:
                yield self._words[first:end]
                continue
            cut = self._best_cut(first, end)
            ahead += [(cut, end), (first, cut)]

    def _best_cut(self, first: int, end: int) -> int:
        """Before which word to cut: pauses and clauses count, and so does the middle.

        So many words that nobody says them in 30 s are cut near their middle in any case, so that no
        times, however odd, make the halves so unequal that there are as many cuts as words.
        """
        margin = max(1, (end - first) // 8) if end - first > _MOST_WORDS_OF_A_SENTENCE else 1
        start = self._starts[first]
        seconds = max(self._ends[end - 1] - start, 0.001)
        values = [
            worth - 8 * abs((at - start) / seconds - 0.5)
            for worth, at in zip(
                self._worth[first + margin : end - margin + 1],
                self._starts[first + margin : end - margin + 1],
                strict=True,
            )
        ]
        return first + margin + values.index(max(values))


def _worth_of_cut(last: Word, following: Word) -> float:
    """How good a cut between two words is for the pause and the clause there."""
    pause = min(1.5, following.start_seconds - last.end_seconds)
    clause = 2.0 if last.text.endswith((";", ":", "–")) else 1.5 if last.text.endswith(",") else 0.0
    conjunction = 0.75 if following.text.lower() in CONJUNCTIONS else 0.0
    return 2 * pause + clause + conjunction
