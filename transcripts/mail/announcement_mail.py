"""What the mail about a recording says. Values in, wording out; the words: `mail/templates/announcement`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from transcripts.corrections.proofreading import UNREAD, Proofreading
from transcripts.mail.mail_templates import MailKind, render_mail
from transcripts.mail.mime_message import POSTER_URL, RenderedMail, one_line
from transcripts.model import Chapter
from transcripts.wording.german_formats import format_clock, format_date_de, format_duration
from transcripts.wording.record_links import link_at

TITLE_LETTERS = 200
SUMMARY_LETTERS = 400
DEFAULT_SIGNATURE = "Mitschnitt"
MOST_TOPICS = 3


@dataclass(frozen=True, slots=True)
class MailLink:
    """A file that a mail links: what it is, how large ("1,5 MB"), and where."""

    label: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the list is told; `record_url` is the public address of the record.

    `change` says what is different since the last announcement, empty for a new recording;
    `next_meeting` is a sentence of its own, such as "Donnerstag, 17. Dezember 2026, 19:30 Uhr".
    """

    title: str
    recorded_on: date
    duration_seconds: float
    record_url: str
    chapters: tuple[Chapter, ...]
    engine_model: str | None
    network_name: str | None
    has_speech: bool
    summary: str = ""
    documents: tuple[MailLink, ...] = ()
    change: str = ""
    next_meeting: str = ""
    shows_poster: bool = False
    proofreading: Proofreading = UNREAD
    is_from_captions: bool = False


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A chapter as the mail names it: when, what, and the address of its second."""

    clock: str
    title: str
    url: str


def render_announcement(announcement: Announcement, template_folder: Path | None = None) -> RenderedMail:
    """The mail in words. Raises `PermanentError` (TemplateBrokenError)."""
    return render_mail(MailKind.ANNOUNCEMENT, _context(announcement), template_folder)


def _context(announcement: Announcement) -> dict[str, object]:
    lines = tuple(_chapter_lines(announcement))
    return {
        "title": title_line(announcement.title),
        "recorded_on": format_date_de(announcement.recorded_on),
        "duration": format_duration(announcement.duration_seconds),
        "record_url": announcement.record_url,
        "about": _about(announcement),
        "chapters": lines,
        "quoted": _quoted(lines, announcement.record_url),
        "documents": announcement.documents,
        "engine_model": announcement.engine_model,
        "is_from_captions": announcement.is_from_captions,
        "network_name": signature(announcement.network_name),
        "has_speech": announcement.has_speech,
        "proofread": announcement.proofreading.words,
        "may_err": announcement.proofreading.may_err,
        "change": one_line(announcement.change),
        "next_meeting": announcement.next_meeting,
        "poster_url": POSTER_URL if announcement.shows_poster else "",
    }


def signature(network_name: str | None) -> str:
    """Who signs."""
    return one_line(network_name or "") or DEFAULT_SIGNATURE


def title_line(text: str) -> str:
    """A title in one line, and no longer than a subject can carry."""
    return _shortened(one_line(text), TITLE_LETTERS)


def _chapter_lines(announcement: Announcement) -> Iterable[ChapterLine]:
    for chapter in announcement.chapters:
        url = link_at(announcement.record_url, chapter.start_seconds)
        yield ChapterLine(format_clock(chapter.start_seconds), title_line(chapter.title), url)


def _quoted(lines: Sequence[ChapterLine], record_url: str) -> ChapterLine:
    """A place to show how one quotes: the second chapter, which is rarely the welcome."""
    if not lines:
        return ChapterLine(format_clock(0), "", link_at(record_url, 0))
    return lines[min(1, len(lines) - 1)]


def _about(announcement: Announcement) -> str:
    """A sentence or two: the summary if there is one, else the chapters that took longest, in their order."""
    if announcement.summary:
        return _shortened(one_line(announcement.summary), SUMMARY_LETTERS)
    longest = _longest(announcement.chapters, announcement.duration_seconds)
    return f"Die meiste Zeit ging es um: {'; '.join(longest)}." if longest else ""


def _longest(chapters: Sequence[Chapter], duration_seconds: float) -> list[str]:
    """The titles of the longest chapters; none where that would be nearly all of them."""
    if len(chapters) <= MOST_TOPICS:
        return []
    ends = [*(each.start_seconds for each in chapters[1:]), duration_seconds]
    lengths = {each: end - each.start_seconds for each, end in zip(chapters, ends, strict=True)}
    chosen = sorted(chapters, key=lambda each: -lengths[each])[:MOST_TOPICS]
    return [title_line(each.title).rstrip(".") for each in chapters if each in chosen]


def _shortened(line: str, letters: int) -> str:
    return line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…"
