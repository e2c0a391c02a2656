"""Lays corrections over what the machine made of a record: text, chapters, title.

The one place where a corrected text comes from: every published form is made of what
`overlaid` returns. A correction that no longer fits (the recording was transcribed
anew, an earlier correction was undone) is named among the misfits and not lost. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from transcripts.corrections.correction_log import (
    ChapterEdit,
    ChapterPlace,
    Correction,
    DayEdit,
    Edit,
    Review,
    SentBack,
    SentenceEdit,
    TitleEdit,
    WordChange,
    active,
)
from transcripts.corrections.proofreading import UNREAD, Proofreading
from transcripts.corrections.word_changes import apply_change, plain, reworded
from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED
from transcripts.model import Chapter, Note, Recording, Segment, Transcript

NEAR_SECONDS = 60.0
"""A chapter of another title is the same one if it begins no farther away."""
SAME_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Original:
    """A record as the machine made it."""

    title: str
    transcript: Transcript
    chapters: tuple[Chapter, ...]
    recorded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """A correction, or one change of it, that fits nowhere any more."""

    correction: Correction
    edit: SentenceEdit | ChapterEdit
    change: WordChange | None = None


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A record as people read it.

    `changed` are the ids of the sentences that differ from the machine's, `settled` the codes of the reasons
    to hold it that corrections settle.
    """

    title: str
    transcript: Transcript
    chapters: tuple[Chapter, ...]
    changed: frozenset[str] = frozenset()
    misfits: tuple[Misfit, ...] = ()
    proofreading: Proofreading = UNREAD
    sent_back: str = ""
    recorded_on: date | None = None
    settled: tuple[str, ...] = ()

    def sentence(self, identity: str) -> Segment | None:
        """The sentence of this id."""
        return next((each for each in self.transcript.segments if each.id == identity), None)


def overlaid(original: Original, corrections: Sequence[Correction]) -> Overlaid:
    """The record with all corrections that count."""
    if not corrections:
        return Overlaid(
            original.title, original.transcript, original.chapters, recorded_on=original.recorded_on
        )
    laying = _Laying(original)
    for correction in active(corrections):
        for edit in correction.edits:
            laying.lay(correction, edit)
    return laying.result()


def base_title(title: str, corrections: Sequence[Correction]) -> str:
    """What the title was before anybody corrected it."""
    edits = (each for correction in corrections for each in correction.edits)
    return next((each.before for each in edits if isinstance(each, TitleEdit)), title)


def base_day(day: date, corrections: Sequence[Correction]) -> date:
    """What the day was before anybody corrected it."""
    edits = (each for correction in corrections for each in correction.edits)
    return next((each.before for each in edits if isinstance(each, DayEdit)), day)


def as_read(recording: Recording, now: Overlaid) -> Recording:
    """The recording with what people corrected of it."""
    return recording.model_copy(
        update={
            "title": now.title,
            "recorded_on": now.recorded_on or recording.recorded_on,
            "settled_reasons": now.settled,
        }
    )


def touches_chapters(corrections: Sequence[Correction]) -> bool:
    """Whether anybody ever corrected a chapter."""
    return any(isinstance(edit, ChapterEdit) for each in corrections for edit in each.edits)


def wording_of(transcript: Transcript) -> str:
    """A hash over what a transcript says, whoever wrote it and whenever."""
    return sha256("\n".join(each.text for each in transcript.segments).encode()).hexdigest()


class _Laying:
    """The record while corrections are laid over it, one after the other."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._title, self._chapters = original.title, list(original.chapters)
        self._recorded_on, self._settled = original.recorded_on, set[str]()
        self._segments = list(original.transcript.segments)
        self._places = {each.id: at for at, each in enumerate(self._segments) if each.id}
        self._misfits: list[Misfit] = []
        self._reviewed_on: date | None = None
        self._sent_back = ""

    def lay(self, correction: Correction, edit: Edit) -> None:
        """One edit more."""
        match edit:
            case SentenceEdit():
                self._reword(correction, edit)
            case ChapterEdit():
                self._rearrange(correction, edit)
            case TitleEdit():
                self._title = edit.after
                self._settled.add(TITLE_GUESSED)
            case DayEdit():
                self._recorded_on = edit.after
                self._settled.add(DAY_GUESSED)
            case Review():
                self._review(correction, edit)
            case SentBack():
                self._sent_back, self._reviewed_on = edit.note, None

    def result(self) -> Overlaid:
        """What came of it."""
        before = self._original.transcript
        pairs = list(zip(before.segments, self._segments, strict=True))
        changed = frozenset(new.id for old, new in pairs if plain(old.text) != plain(new.text))
        notes = tuple(each for each in before.notes if not _is_settled(each, self._segments, changed))
        return Overlaid(
            title=self._title,
            transcript=before.model_copy(update={"segments": tuple(self._segments), "notes": notes}),
            chapters=tuple(sorted(self._chapters, key=lambda each: each.start_seconds)),
            changed=changed,
            misfits=tuple(self._misfits),
            proofreading=Proofreading(len(changed), self._reviewed_on),
            sent_back=self._sent_back,
            recorded_on=self._recorded_on,
            settled=tuple(sorted(self._settled)),
        )

    def _reword(self, correction: Correction, edit: SentenceEdit) -> None:
        at = self._places.get(edit.sentence)
        if at is not None and plain(self._segments[at].text) == edit.before:
            self._segments[at] = reworded(self._segments[at], edit.after)
            return
        for change in edit.changes:
            if not apply_change(change, self._segments):
                self._misfits.append(Misfit(correction, edit, change))

    def _rearrange(self, correction: Correction, edit: ChapterEdit) -> None:
        """A person's chapter stays as it is; the machine's that it stands for goes."""
        found = chapter_at(self._chapters, edit.before) if edit.before else None
        if edit.before and found is None and edit.after is None:
            return  # what was to go is not there
        if found is not None:
            self._chapters.remove(found)
        if edit.after is None:
            return
        new = Chapter(start_seconds=edit.after.start_seconds, title=edit.after.title, origin=edit.origin)
        if any(_is_at(each, new.start_seconds) for each in self._chapters):
            self._chapters += [found] if found else []
            self._misfits.append(Misfit(correction, edit))
            return
        self._chapters.append(new)

    def _review(self, correction: Correction, edit: Review) -> None:
        """What was read is this text; of another transcription nobody knows."""
        self._sent_back = ""
        if edit.wording == wording_of(self._original.transcript):
            self._reviewed_on = edit.day or correction.made_at.date()


def chapter_at(chapters: Sequence[Chapter], place: ChapterPlace) -> Chapter | None:
    """The chapter that a correction names: the very one, else one of that title, else the nearest."""
    same = [each for each in chapters if _is_at(each, place.start_seconds)]
    if same:
        return same[0]
    near = [each for each in chapters if abs(each.start_seconds - place.start_seconds) < NEAR_SECONDS]
    of_title = [each for each in chapters if each.title.casefold() == place.title.casefold()]
    candidates = of_title or near
    return min(candidates, key=lambda each: abs(each.start_seconds - place.start_seconds), default=None)


def _is_at(chapter: Chapter, seconds: float) -> bool:
    return abs(chapter.start_seconds - seconds) < SAME_SECONDS


def _is_settled(note: Note, segments: Sequence[Segment], changed: frozenset[str]) -> bool:
    """Whether people reworded every sentence that a doubt is about."""
    touched = [
        each.id
        for each in segments
        if each.start_seconds < note.end_seconds and each.end_seconds > note.start_seconds
    ]
    return bool(touched) and set(touched) <= changed
