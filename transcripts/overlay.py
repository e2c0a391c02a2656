"""The machine's record with people's corrections laid over it. Pure, and always from the beginning.

Corrections are done one after the other. One that meets the text it was made for changes it; in
another text (a later transcript, or a correction before it was taken back) its words are looked for
near their time. What finds no place is reported, never dropped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from transcripts.corrections import (
    ChapterEdit,
    CheckEdit,
    Correction,
    Edit,
    SentenceEdit,
    TitleEdit,
    WordChange,
    in_force,
)
from transcripts.model import Chapter, Recording, Review, Segment, Transcript
from transcripts.word_changes import (
    REACH_SECONDS,
    Fit,
    PlacedWord,
    find_place,
    new_texts,
    plain,
    replacing,
    reworded,
    rewritten,
    words_of,
)

CHAPTER_REACH_SECONDS = 60.0
SAME_START_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Texts:
    """What a record says: title and facts, sentences, chapters."""

    recording: Recording
    transcript: Transcript
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An edit, or a change within one, that found no place in the present text."""

    correction: Correction
    edit: SentenceEdit | ChapterEdit
    change: WordChange | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A record's texts as they are to be read; `touched`: sentence -> the corrections that changed it."""

    texts: Texts
    unplaced: tuple[Unplaced, ...] = ()
    touched: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def sentence(self, identity: str) -> Segment | None:
        """The sentence with this id."""
        return next((each for each in self.texts.transcript.segments if each.id == identity), None)


def corrected(base: Texts, log: Sequence[Correction]) -> Corrected:
    """The record's texts with these corrections, oldest first; as they are where there are none."""
    if not log:
        return Corrected(base)
    page = _Page(base, log)
    for correction in in_force(log):
        for edit in correction.edits:
            page.make(correction, edit)
    return page.finished(log[-1].number)


def text_fingerprint(transcript: Transcript) -> str:
    """Changes with any sentence: tells for which text somebody said that it was checked."""
    lines = (f"{each.id} {plain(each.text)}" for each in transcript.segments)
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


class _Page:
    """The texts while corrections are being written into them."""

    def __init__(self, base: Texts, log: Sequence[Correction]) -> None:
        self._base = base
        self._segments = list(base.transcript.segments)
        self._places = {each.id: place for place, each in enumerate(self._segments) if each.id}
        self._chapters = list(base.chapters)
        self._title = _first_title(log) or base.recording.title
        self._check: tuple[Correction, CheckEdit] | None = None
        self._touched: dict[str, list[int]] = {}
        self._unplaced: list[Unplaced] = []

    def make(self, correction: Correction, edit: Edit) -> None:
        """Write one edit into the texts, or note that it has no place."""
        if isinstance(edit, SentenceEdit):
            self._edit_sentence(correction, edit)
        elif isinstance(edit, ChapterEdit):
            if not _edit_chapter(self._chapters, edit):
                self._unplaced.append(Unplaced(correction, edit))
        elif isinstance(edit, TitleEdit):
            self._title = edit.after
        elif isinstance(edit, CheckEdit):
            self._check = (correction, edit)

    def finished(self, last_number: int) -> Corrected:
        """The texts as they are now."""
        chapters = tuple(sorted(self._chapters, key=lambda each: each.start_seconds))
        review = Review(
            corrections=last_number,
            changed_sentences=len(self._touched),
            checked_on=self._checked_on(),
        )
        transcript = self._base.transcript.model_copy(
            update={"segments": tuple(self._segments), "review": review}
        )
        recording = self._base.recording
        if self._title != recording.title:
            recording = recording.model_copy(update={"title": self._title})
        touched = {identity: tuple(dict.fromkeys(numbers)) for identity, numbers in self._touched.items()}
        return Corrected(Texts(recording, transcript, chapters), tuple(self._unplaced), touched)

    def _edit_sentence(self, correction: Correction, edit: SentenceEdit) -> None:
        place = self._places.get(edit.sentence)
        if place is not None and plain(self._segments[place].text) == edit.before:
            self._write(correction, place, reworded(self._segments[place], edit.after))
        elif place is None or plain(self._segments[place].text) != edit.after:
            for change in edit.changes:
                self._change_words(correction, edit, change)

    def _change_words(self, correction: Correction, edit: SentenceEdit, change: WordChange) -> None:
        words = list(self._words_near(change))
        fit, first = find_place(change, words)
        if fit is Fit.NOT_FOUND:
            self._unplaced.append(Unplaced(correction, edit, change))
        elif fit is Fit.MADE:
            end = first + len(change.before.split())
            found = words[first:end]
            made = [
                PlacedWord(found[0].sentence, word)
                for word in replacing([each.word for each in found], new_texts(change, found))
            ]
            self._rewrite(correction, [*words[:first], *made, *words[end:]], {e.sentence for e in found})

    def _rewrite(self, correction: Correction, words: Sequence[PlacedWord], changed: set[int]) -> None:
        for place in changed:
            own = [each.word for each in words if each.sentence == place]
            self._write(correction, place, rewritten(self._segments[place], own))

    def _write(self, correction: Correction, place: int, segment: Segment) -> None:
        self._segments[place] = segment
        self._touched.setdefault(segment.id, []).append(correction.number)

    def _words_near(self, change: WordChange) -> Iterator[PlacedWord]:
        start, end = change.start_seconds - REACH_SECONDS, change.end_seconds + REACH_SECONDS
        for place, segment in enumerate(self._segments):
            if segment.end_seconds >= start and segment.start_seconds <= end:
                yield from (PlacedWord(place, word) for word in words_of(segment))

    def _checked_on(self) -> date | None:
        if self._check is None:
            return None
        correction, edit = self._check
        is_this_text = edit.text_fingerprint == text_fingerprint(self._base.transcript)
        return correction.made_at.date() if edit.is_checked and is_this_text else None


def _first_title(log: Iterable[Correction]) -> str | None:
    """What the record was called before anybody renamed it."""
    edits = (edit for correction in log for edit in correction.edits)
    return next((edit.before for edit in edits if isinstance(edit, TitleEdit)), None)


def _edit_chapter(chapters: list[Chapter], edit: ChapterEdit) -> bool:
    """Whether the edit found its place among the chapters, which it changes."""
    if edit.before is None:
        return edit.after is not None and _add_chapter(chapters, edit.start_seconds, edit.after)
    titled = edit.before
    place = _chapter_place(chapters, edit, lambda each: each.title == titled)
    if edit.after is None:
        if place is not None:
            del chapters[place]
        return place is not None
    if place is not None:
        chapters[place] = Chapter(
            start_seconds=chapters[place].start_seconds, title=edit.after, origin="human"
        )
        return True
    return _stand_in(chapters, edit, edit.after)


def _stand_in(chapters: list[Chapter], edit: ChapterEdit, title: str) -> bool:
    """A person's title where a later search found other chapters: at its own time, in place of the nearest."""
    place = _chapter_place(chapters, edit, lambda each: each.origin != "human")
    if place is not None:
        del chapters[place]
    return _add_chapter(chapters, edit.start_seconds, title)


def _add_chapter(chapters: list[Chapter], start_seconds: float, title: str) -> bool:
    """False where another person's chapter begins at that very time under another title."""
    for place, each in enumerate(chapters):
        if abs(each.start_seconds - start_seconds) < SAME_START_SECONDS:
            if each.origin == "human" and each.title != title:
                return False
            del chapters[place]
            break
    chapters.append(Chapter(start_seconds=start_seconds, title=title, origin="human"))
    return True


def _chapter_place(
    chapters: Sequence[Chapter], edit: ChapterEdit, fits: Callable[[Chapter], bool]
) -> int | None:
    """The nearest chapter that fits, within reach."""
    near = [
        (abs(each.start_seconds - edit.start_seconds), place)
        for place, each in enumerate(chapters)
        if fits(each)
    ]
    distance, place = min(near, default=(CHAPTER_REACH_SECONDS + 1, 0))
    return place if distance <= CHAPTER_REACH_SECONDS else None
