"""The review of a record as pages: its text to correct in place, what was corrected, the mail. Pure.

Templates: `pages/templates/room/review*.html`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from transcripts.captions.wording import captions_line
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
    undone,
)
from transcripts.corrections.editing import Hit, Sought
from transcripts.corrections.overlay import Misfit, Overlaid
from transcripts.hold_reasons import TRACKS_UNCLEAR
from transcripts.mail.mime_message import POSTER_URL, RenderedMail
from transcripts.model import Recording, Stage
from transcripts.pages.room.reading_page import ReadingPage
from transcripts.pages.room.room_pages import Site, render
from transcripts.wording.german_formats import format_clock, format_date_de
from transcripts.wording.hold_wording import hold_lines
from transcripts.wording.local_time import format_moment

MOST_EDITS_LISTED = 8
MOST_HEARD, LONGEST_HEARD = 3, 40


@dataclass(frozen=True, slots=True)
class Place:
    """What is being edited: "satz", "kapitel", "neu" (a chapter to put in), "titel" or "tag" is `what`.

    `seen` is what stands there, `text` what is in the field, `complaint` why it was not taken.
    """

    what: str
    key: str
    seconds: float
    seen: str
    text: str
    complaint: str = ""
    is_conflict: bool = False
    seen_clock: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One correction as the list shows it; the texts are complete."""

    number: int
    what: str
    by: str
    at: str
    changes: Sequence["Change"]
    more: int
    is_undone: bool
    undoes: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """From what to what, and where; without a place for what has none."""

    before: str
    after: str
    clock: str = ""
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A record under review. `saved` is the number of the correction that was just made, 0 for none."""

    recording: Recording
    reading: ReadingPage
    now: Overlaid
    number: int
    name: str
    announced: str = ""
    place: Place | None = None
    saved: int = 0
    notice: str = ""
    trouble: str = ""

    @property
    def path(self) -> str:
        """Where it lies."""
        return review_path(self.recording.id)

    @property
    def is_held(self) -> bool:
        """Whether it waits for release."""
        return self.recording.stage is Stage.HELD

    @property
    def is_unannounced(self) -> bool:
        """Whether members see it, and nobody has told them so far."""
        return self.recording.stage is Stage.ARCHIVED

    @property
    def other_tracks(self) -> list[int]:
        """The numbers of the sound tracks that may be meant as well, while nobody has chosen."""
        unclear = (each for each in self.recording.open_reasons if each.code == TRACKS_UNCLEAR)
        numbers = ", ".join(str(each.details.get("other_numbers", "")) for each in unclear)
        return [int(each) for each in numbers.split(", ") if each.isdecimal()] if self.is_held else []

    @property
    def reasons(self) -> list[str]:
        """What is doubtful and what to do about it, while it waits for release."""
        return hold_lines(self.recording.open_reasons) if self.is_held else []

    @property
    def captions_line(self) -> str:
        """What became of the source's own captions; nothing where it has none."""
        return captions_line(self.recording.source_captions)

    def is_edited(self, what: str, key: str) -> bool:
        """Whether this place is the one being edited."""
        return self.place is not None and (self.place.what, self.place.key) == (what, key)

    def is_changed(self, sentence: str) -> bool:
        """Whether people reworded it."""
        return sentence in self.now.changed


@dataclass(frozen=True, slots=True)
class ReplacePage:
    """What a replacement everywhere would do; `sought` is None before anything was looked for."""

    recording: Recording
    sought: Sought | None
    hits: Sequence[Hit] = ()
    seen: int = 0
    name: str = ""
    complaint: str = ""
    left_out: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """Where the review is."""
        return review_path(self.recording.id)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """All corrections, newest first, and what does not fit any more."""

    recording: Recording
    corrections: Sequence[Listed]
    misfits: Sequence[Change]
    suggestions: Sequence["SuggestedTerm"] = ()
    name: str = ""
    trouble: str = ""

    @property
    def path(self) -> str:
        """Where the review is."""
        return review_path(self.recording.id)


@dataclass(frozen=True, slots=True)
class SuggestedTerm:
    """A term for the glossary, and what was heard instead."""

    term: str
    times: int
    heard_as: str


@dataclass(frozen=True, slots=True)
class MailPage:
    """The mail as it would go out."""

    recording: Recording
    mail: RenderedMail
    recipient: str = ""
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the review is."""
        return review_path(self.recording.id)


def review_path(record_id: str) -> str:
    """The address of a record's review."""
    return f"/redaktion/aufzeichnungen/{quote(record_id, safe='')}/"


def replace_query(sought: Sought) -> str:
    """The address of a replacement's preview, behind the review's."""
    asked = {"alt": sought.find, "neu": sought.put}
    asked |= {"gross": "1"} if sought.any_case else {}
    asked |= {"teil": "1"} if sought.within_words else {}
    return f"ersetzen?{urlencode(asked)}"


def sentence_place(now: Overlaid, sentence: str) -> Place | None:
    """A sentence to edit, as it stands now."""
    segment = now.sentence(sentence)
    if segment is None:
        return None
    text = " ".join(segment.text.split())
    return Place("satz", sentence, segment.start_seconds, text, text)


def chapter_place(now: Overlaid, key: str) -> Place | None:
    """A chapter to edit, by its start in seconds; `neu` for one to put in."""
    if key == "neu":
        return Place("neu", "neu", 0.0, "", "")
    found = [each for each in now.chapters if str(each.start_seconds) == key]
    if not found:
        return None
    clock = exact_clock(found[0].start_seconds)
    return Place(
        "kapitel", key, found[0].start_seconds, found[0].title, found[0].title, seen_clock=clock, clock=clock
    )


def title_place(now: Overlaid) -> Place:
    """The title to edit."""
    return Place("titel", "titel", 0.0, now.title, now.title)


def day_place(recording: Recording) -> Place:
    """The day of the meeting to edit."""
    day = recording.recorded_on.isoformat()
    return Place("tag", "tag", 0.0, day, day)


def exact_clock(seconds: float) -> str:
    """A clock from which the same start is read again: `00:02:54` or `00:02:54.2`."""
    rest = f"{seconds % 1:.3f}"[1:].rstrip("0").rstrip(".") if seconds % 1 >= 0.0005 else ""
    return format_clock(seconds) + rest


def listed(corrections: Sequence[Correction], zone: ZoneInfo) -> list[Listed]:
    """The corrections as the list shows them, newest first."""
    out = undone(corrections)
    return [_listed(each, zone, each.number in out) for each in reversed(corrections)]


def misfit_changes(misfits: Sequence[Misfit]) -> list[Change]:
    """What does not fit any more."""
    return [_misfit(each) for each in misfits]


def heard_briefly(texts: Sequence[str]) -> str:
    """What was heard instead of a term, as far as it is not half a sentence that somebody wrote anew."""
    return ", ".join([each for each in texts if len(each) <= LONGEST_HEARD][:MOST_HEARD])


def render_review(site: Site, page: ReviewPage) -> str:
    """The record to read and correct."""
    return render("review.html", site, page=page)


def render_place(site: Site, page: ReviewPage) -> str:
    """The form for one place alone."""
    return render("review_place.html", site, page=page, place=page.place)


def render_replace(site: Site, page: ReplacePage) -> str:
    """The preview of a replacement everywhere."""
    return render("review_replace.html", site, page=page)


def render_history(site: Site, page: HistoryPage) -> str:
    """What was corrected, by whom, when; to take it back."""
    return render("review_history.html", site, page=page)


def render_mail_page(site: Site, page: MailPage) -> str:
    """The mail as text, and where it is seen as members will."""
    return render("review_mail.html", site, page=page)


def shown_mail(mail: RenderedMail, record_id: str) -> str:
    """The mail's HTML for a browser: the attached picture comes from the record, links open outside."""
    html = mail.html.replace(POSTER_URL, f"/recordings/{quote(record_id, safe='')}/media/poster.jpg")
    return html.replace("<head>", '<head>\n<base target="_blank">', 1)


def _listed(correction: Correction, zone: ZoneInfo, is_undone: bool) -> Listed:
    changes = list(_changes(correction.edits))
    return Listed(
        number=correction.number,
        what=_what(correction),
        by=correction.made_by,
        at=format_moment(correction.made_at, zone),
        changes=changes[:MOST_EDITS_LISTED],
        more=max(0, len(changes) - MOST_EDITS_LISTED),
        is_undone=is_undone,
        undoes=correction.undoes,
    )


def _what(correction: Correction) -> str:
    """What was done, in a few words."""
    if correction.undoes is not None:
        return f"Berichtigung {correction.undoes} zurückgenommen"
    if correction.replaced:
        count = len(correction.edits)
        places = "einer Stelle" if count == 1 else f"{count} Stellen"
        return f"„{correction.replaced}“ überall ersetzt, an {places}"
    kinds = {each.kind for each in correction.edits}
    return ", ".join(_KINDS[kind] for kind in sorted(kinds))


_KINDS = {
    "sentence": "Satz",
    "chapter": "Kapitel",
    "title": "Titel",
    "day": "Tag",
    "review": "Als geprüft gekennzeichnet",
    "sent_back": "Zurückgegeben",
}


def _changes(edits: Sequence[Edit]) -> Iterator[Change]:
    for edit in edits:
        match edit:
            case SentenceEdit():
                start = edit.changes[0].start_seconds if edit.changes else 0.0
                yield Change(edit.before, edit.after, format_clock(start), edit.sentence)
            case ChapterEdit():
                yield Change(_chapter(edit.before), _chapter(edit.after))
            case TitleEdit():
                yield Change(edit.before, edit.after)
            case DayEdit():
                yield Change(format_date_de(edit.before), format_date_de(edit.after))
            case SentBack():
                yield Change("", edit.note)
            case Review():
                pass


def _chapter(place: ChapterPlace | None) -> str:
    return f"{format_clock(place.start_seconds)} {place.title}" if place else ""


def _misfit(misfit: Misfit) -> Change:
    edit, change = misfit.edit, misfit.change
    if isinstance(edit, ChapterEdit):
        return Change(_chapter(edit.before), _chapter(edit.after))
    if change is None:
        return Change(edit.before, edit.after, "", edit.sentence)
    around = (f"… {change.left} {each} {change.right} …" for each in (change.before, change.after))
    before, after = (" ".join(each.split()) for each in around)
    return Change(before, after, format_clock(change.start_seconds), f"t={int(change.start_seconds)}")
