"""Turns what an organiser wants into edits, if the record still is as they saw it. Pure.

Whoever edits says what they saw. If somebody else changed it meanwhile, nothing is written over:
PermanentError `correction_conflict` says what stands there now. Equal texts give no edit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.corrections import ChapterEdit, CheckEdit, Edit, NoteEdit, SentenceEdit, TitleEdit
from transcripts.errors import PermanentError
from transcripts.model import Segment, Transcript
from transcripts.overlay import SAME_START_SECONDS, Corrected, text_fingerprint
from transcripts.word_changes import changes_between, plain

LONGEST_TITLE = 200
LONGEST_SENTENCE = 4000
LONGEST_NOTE = 2000
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence in which words are to be replaced: how it reads now, and how then."""

    segment: Segment
    count: int
    after: str


def editor_name(text: str) -> str:
    """The name under which a correction is kept. Raises PermanentError `name_missing`, `name_is_address`."""
    name = plain(text)[:LONGEST_NAME]
    if not name:
        raise PermanentError("name_missing")
    if "@" in name:
        raise PermanentError("name_is_address")
    return name


def edit_sentence(now: Corrected, identity: str, seen: str, wanted: str) -> tuple[Edit, ...]:
    """A sentence with another text. Raises also `sentence_unknown`, `text_too_long`."""
    segment = now.sentence(identity)
    if segment is None:
        raise PermanentError("sentence_unknown", sentence=identity)
    _expect_short(wanted, LONGEST_SENTENCE)
    present = plain(segment.text)
    if present == plain(wanted):
        return ()
    _expect_seen(present, plain(seen))
    return (_sentence_edit(segment, plain(wanted)),)


def edit_title(now: Corrected, seen: str, wanted: str) -> tuple[Edit, ...]:
    """The record under another title. Raises also `title_missing`, `text_too_long`."""
    present, title = now.texts.recording.title, _title(wanted)
    if present == title:
        return ()
    _expect_seen(plain(present), plain(seen))
    return (TitleEdit(before=present, after=title),)


def rename_chapter(now: Corrected, start_seconds: float, seen: str, wanted: str) -> tuple[Edit, ...]:
    """A chapter under another title. Raises also `title_missing`, `chapter_unknown`, `text_too_long`."""
    present, title = _chapter_title(now, start_seconds), _title(wanted)
    if present == title:
        return ()
    _expect_seen(plain(present), plain(seen))
    return (ChapterEdit(start_seconds=start_seconds, before=present, after=title),)


def remove_chapter(now: Corrected, start_seconds: float, seen: str) -> tuple[Edit, ...]:
    """One chapter less; what was said in it goes to the one before. Raises also `chapter_unknown`."""
    present = _chapter_title(now, start_seconds)
    _expect_seen(plain(present), plain(seen))
    return (ChapterEdit(start_seconds=start_seconds, before=present),)


def add_chapter(now: Corrected, start_seconds: float, wanted: str) -> tuple[Edit, ...]:
    """A new chapter. Raises `title_missing`, `chapter_time`, `text_too_long`, and where one begins already
    `correction_conflict`."""
    title, duration = _title(wanted), now.texts.recording.duration_seconds
    if not 0 <= start_seconds < max(duration, 1):
        raise PermanentError("chapter_time", duration_seconds=duration)
    for chapter in now.texts.chapters:
        if abs(chapter.start_seconds - start_seconds) < SAME_START_SECONDS:
            _expect_seen(plain(chapter.title), title)
            return ()
    return (ChapterEdit(start_seconds=start_seconds, after=title),)


def mark_checked(now: Corrected, machine: Transcript, *, is_checked: bool) -> tuple[Edit, ...]:
    """All of this machine's text was compared with the recording, or was not after all."""
    review = now.texts.transcript.review
    if (review is not None and review.checked_on is not None) == is_checked:
        return ()
    return (CheckEdit(is_checked=is_checked, text_fingerprint=text_fingerprint(machine)),)


def note(text: str) -> tuple[Edit, ...]:
    """What is still to be done. Raises PermanentError `note_missing`, `text_too_long`."""
    _expect_short(text, LONGEST_NOTE)
    if not text.strip():
        raise PermanentError("note_missing")
    return (NoteEdit(text=text.strip()),)


def hits(now: Corrected, search: str, replacement: str, *, whole_words: bool) -> tuple[Hit, ...]:
    """Every sentence that holds the words, capital letters told apart. Raises PermanentError `search_missing`."""
    wanted, other = plain(search), plain(replacement)
    if not wanted:
        raise PermanentError("search_missing")
    return tuple(_hits(now.texts.transcript.segments, _pattern(wanted, whole_words=whole_words), other))


def replace_everywhere(found: Sequence[Hit], seen: Sequence[str]) -> tuple[Edit, ...]:
    """The hits as edits, if they are those that were seen in the preview (`hit_mark` of each).

    Raises PermanentError `preview_outdated` where a sentence was changed meanwhile.
    """
    marks = {hit_mark(each): each for each in found}
    if not set(seen) <= set(marks):
        raise PermanentError("preview_outdated")
    return tuple(_sentence_edit(marks[each].segment, marks[each].after) for each in dict.fromkeys(seen))


def hit_mark(hit: Hit) -> str:
    """Names a hit and the text it was found in."""
    transcript = Transcript(segments=(hit.segment,))
    return f"{hit.segment.id}-{text_fingerprint(transcript)}"


def _hits(segments: Sequence[Segment], pattern: re.Pattern[str], replacement: str) -> Iterator[Hit]:
    for segment in segments:
        text, count = pattern.subn(lambda _: replacement, plain(segment.text))
        if segment.id and count and plain(text) != plain(segment.text):
            yield Hit(segment, count, plain(text))


def _pattern(words: str, *, whole_words: bool) -> re.Pattern[str]:
    literal = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){literal}(?!\w)" if whole_words else literal)


def _sentence_edit(segment: Segment, text: str) -> SentenceEdit:
    return SentenceEdit(
        sentence=segment.id,
        start_seconds=segment.start_seconds,
        end_seconds=segment.end_seconds,
        before=plain(segment.text),
        after=text,
        changes=changes_between(segment, text),
    )


def _chapter_title(now: Corrected, start_seconds: float) -> str:
    for chapter in now.texts.chapters:
        if abs(chapter.start_seconds - start_seconds) < SAME_START_SECONDS:
            return chapter.title
    raise PermanentError("chapter_unknown", start_seconds=start_seconds)


def _title(text: str) -> str:
    _expect_short(text, LONGEST_TITLE)
    if not plain(text):
        raise PermanentError("title_missing")
    return plain(text)


def _expect_short(text: str, most: int) -> None:
    if len(text) > most:
        raise PermanentError("text_too_long", limit=most)


def _expect_seen(present: str, seen: str) -> None:
    if present != seen:
        raise PermanentError("correction_conflict", present=present)
