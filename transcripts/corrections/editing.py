"""Turns what a person wants changed into edits, and refuses what would overwrite somebody else's.

Whoever edits says what they saw. If that is no longer what stands there, somebody was
faster, and the person must look again. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from transcripts.composed_text import composed
from transcripts.corrections.correction_log import (
    ChapterEdit,
    ChapterPlace,
    Correction,
    DayEdit,
    Edit,
    SentenceEdit,
    TitleEdit,
    numbered,
    undone,
)
from transcripts.corrections.overlay import Overlaid
from transcripts.corrections.word_changes import changes_between, plain
from transcripts.errors.correction_errors import (
    CorrectionConflictError,
    CorrectionDayError,
    CorrectionEmptyError,
    CorrectionLongError,
    CorrectionNothingError,
    CorrectionPlaceError,
    CorrectionTimeError,
    CorrectionUndoneError,
)
from transcripts.model import Chapter
from transcripts.sources.typed_day import EARLIEST_YEAR, read_day
from transcripts.wording.german_formats import format_clock

LONGEST_TEXT = 5_000
LONGEST_TITLE = 300
LONGEST_SOUGHT = 200
LONGEST_DAY = 40


def edit_sentence(now: Overlaid, sentence: str, seen: str, text: str) -> SentenceEdit:
    """Another wording; an empty one takes the sentence out.

    Raises CorrectionPlaceError, CorrectionConflictError, CorrectionNothingError, CorrectionLongError.
    """
    segment = now.sentence(sentence)
    if segment is None:
        raise CorrectionPlaceError(place=sentence)
    before, after = plain(segment.text), _checked(text, LONGEST_TEXT)
    _expect_change(before, seen, after)
    changes = changes_between(segment, after)
    return SentenceEdit(sentence=sentence, before=before, after=after, changes=changes)


def edit_title(now: Overlaid, seen: str, title: str, *, is_guess: bool = False) -> TitleEdit:
    """Another title; of a guess also the same one, which then is none any more.

    Raises CorrectionEmptyError and what `edit_sentence` raises.
    """
    after = _checked(title, LONGEST_TITLE, is_needed=True)
    _expect_change(plain(now.title), seen, after, may_stay=is_guess)
    return TitleEdit(before=now.title, after=after)


def edit_day(before: date, seen: str, day: str, today: date, *, is_guess: bool = False) -> DayEdit:
    """Another day of the meeting, as people write it; of a guess also the same one.

    Raises CorrectionDayError, CorrectionConflictError, CorrectionNothingError.
    """
    after = read_day(day)
    if after is None or after.year < EARLIEST_YEAR or after > today:
        raise CorrectionDayError(day=day.strip()[:LONGEST_DAY])
    _expect_change(before.isoformat(), seen, after.isoformat(), may_stay=is_guess)
    return DayEdit(before=before, after=after)


def edit_chapter(now: Overlaid, seen: ChapterPlace | None, wanted: ChapterPlace | None) -> ChapterEdit:
    """A chapter renamed, moved, put in (`seen` is None) or taken out (`wanted` is None).

    Raises CorrectionTimeError for a time that is not on the recording or taken by
    another chapter, and what `edit_title` raises.
    """
    present = _seen_chapter(now.chapters, seen) if seen else None
    before = ChapterPlace(start_seconds=present.start_seconds, title=present.title) if present else None
    if wanted is None:
        return ChapterEdit(before=before, after=None)
    title = _checked(wanted.title, LONGEST_TITLE, is_needed=True)
    start = round(wanted.start_seconds, 3)
    taken = [each for each in now.chapters if each is not present and abs(each.start_seconds - start) < 1]
    if taken or not 0 <= start < max(1.0, now.transcript.duration_seconds):
        raise CorrectionTimeError(time=format_clock(start))
    after = ChapterPlace(start_seconds=start, title=title)
    if after == before:
        raise CorrectionNothingError()
    return ChapterEdit(before=before, after=after)


def check_undoing(corrections: Sequence[Correction], number: int) -> Correction:
    """The one to be undone. Raises CorrectionUnknownError, CorrectionUndoneError."""
    wanted = numbered(corrections, number)
    if number in undone(corrections):
        raise CorrectionUndoneError(number=number)
    return wanted


@dataclass(frozen=True, slots=True)
class Sought:
    """What to replace everywhere, and how to look for it."""

    find: str
    put: str
    any_case: bool = False
    within_words: bool = False

    def pattern(self) -> re.Pattern[str]:
        """What matches it."""
        inner = r"\s+".join(re.escape(each) for each in composed(self.find).split())
        whole = inner if self.within_words else rf"(?<!\w){inner}(?!\w)"
        return re.compile(whole, re.IGNORECASE if self.any_case else 0)

    def replaced(self, text: str) -> str:
        """The text with the new words in the place of the old."""
        return plain(self.pattern().sub(lambda _: self.put, text))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; one that is new, or goes, is marked."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where something would be replaced. `key` names it: `s0007`, `chapter 174.2`, `title`."""

    key: str
    start_seconds: float
    before: str
    after: str
    pieces: tuple[Piece, ...]


def hits(now: Overlaid, sought: Sought) -> tuple[Hit, ...]:
    """Every place of title, chapters and text that would change.

    Raises CorrectionEmptyError when nothing is looked for, CorrectionLongError.
    """
    _checked(sought.find, LONGEST_SOUGHT, is_needed=True)
    _checked(sought.put, LONGEST_SOUGHT)
    pattern = sought.pattern()
    return tuple(
        Hit(key, start, text, after, tuple(_pieces(pattern, sought.put, text)))
        for key, start, text in _texts(now)
        if (after := sought.replaced(text)) != plain(text) and (after or not _is_heading(key))
    )


def edits_of(now: Overlaid, sought: Sought, keys: Sequence[str]) -> tuple[Edit, ...]:
    """The edits that replace at the places named `keys`."""
    chosen = set(keys)
    return tuple(_edit_of(now, each) for each in hits(now, sought) if each.key in chosen)


def _edit_of(now: Overlaid, hit: Hit) -> Edit:
    if hit.key == "title":
        return edit_title(now, hit.before, hit.after)
    if hit.key.startswith("chapter "):
        seen = ChapterPlace(start_seconds=hit.start_seconds, title=hit.before)
        return edit_chapter(now, seen, seen.model_copy(update={"title": hit.after}))
    return edit_sentence(now, hit.key, hit.before, hit.after)


def _texts(now: Overlaid) -> Iterator[tuple[str, float, str]]:
    """Name, second and wording of everything that can be corrected, the title first."""
    yield "title", 0.0, now.title
    for chapter in now.chapters:
        yield f"chapter {chapter.start_seconds}", chapter.start_seconds, chapter.title
    for segment in now.transcript.segments:
        yield segment.id, segment.start_seconds, plain(segment.text)


def _is_heading(key: str) -> bool:
    """Whether something must stand there."""
    return key == "title" or key.startswith("chapter ")


def _pieces(pattern: re.Pattern[str], put: str, text: str) -> Iterator[Piece]:
    """The new text, with what is new in it marked."""
    at = 0
    for match in pattern.finditer(text):
        yield Piece(text[at : match.start()], is_marked=False)
        yield Piece(put, is_marked=True)
        at = match.end()
    yield Piece(text[at:], is_marked=False)


def _seen_chapter(chapters: Sequence[Chapter], seen: ChapterPlace) -> Chapter:
    found = [each for each in chapters if abs(each.start_seconds - seen.start_seconds) < 1]
    if not found:
        raise CorrectionPlaceError(place=format_clock(seen.start_seconds))
    if plain(found[0].title) != plain(seen.title):
        raise CorrectionConflictError()
    return found[0]


def _checked(text: str, longest: int, *, is_needed: bool = False) -> str:
    """The text in one line. Raises CorrectionEmptyError, CorrectionLongError."""
    after = plain("".join(each if each.isprintable() else " " for each in text))
    if is_needed and not after:
        raise CorrectionEmptyError()
    if len(after) > longest:
        raise CorrectionLongError(most=longest)
    return after


def _expect_change(before: str, seen: str, after: str, *, may_stay: bool = False) -> None:
    if before != plain(seen):
        raise CorrectionConflictError()
    if before == after and not may_stay:
        raise CorrectionNothingError()
