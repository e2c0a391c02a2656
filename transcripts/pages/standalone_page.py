"""The self-contained page of a record: its player, its chapters and everything that was said.

Values in, HTML out; no file is read but the templates of this package. The page
lies in the record's folder as `index.html`, links its neighbours relatively and
needs no server, no script and no index: scripts only add playing from a
sentence. Nothing is fetched from elsewhere, which a strict Content Security
Policy in the page enforces.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from transcripts.captions.paragraphs import by_chapter, paragraphs
from transcripts.corrections.proofreading import UNREAD, Proofreading
from transcripts.model import Chapter, Engine, Recording, Segment, Transcript
from transcripts.pages.inline_assets import asset, csp_hash
from transcripts.wording.error_wording import explain_note
from transcripts.wording.templating import folder_environment


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What the page of a record is made of; `has_video` and `has_poster` tell which media lie beside it.

    `captions_vtt` is the text of `transcript.vtt`. With it the player shows captions
    even when the page is opened from a disk, where browsers refuse to load a
    neighbouring track; without it the file is linked. `places` tells where media lie that
    do not lie under their own names.
    """

    recording: Recording
    transcript: Transcript
    chapters: tuple[Chapter, ...]
    has_video: bool
    has_poster: bool
    network_name: str | None
    captions_vtt: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    proofreading: Proofreading = UNREAD

    def place_of(self, name: str) -> str:
        """The address of a medium, relative to the page."""
        return self.places.get(name, name)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that read as one; `anchor` is None where another place holds this second's address."""

    start_seconds: float
    anchor: str | None
    speaker: str | None
    sentences: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The text of one chapter; `chapter` is None for what was said before the first one."""

    chapter: Chapter | None
    anchor: str | None
    paragraphs: tuple[Paragraph, ...]


def render_page(page: RecordPage) -> str:
    """The whole `index.html` of a record, ending in a line break."""
    environment = _environment()
    style = Markup("\n").join((asset("look.css"), asset("page/style.css")))
    script = asset("page/script.js")
    return environment.get_template("index.html").render(
        page=page,
        sections=tuple(sections(page.transcript, page.chapters)),
        remarks=remarks(page.transcript),
        engine=engine_name(page.transcript.engine),
        titles_by=", ".join(titles_by(page.chapters)),
        captions_url=captions_url(page.captions_vtt),
        style=style,
        script=script,
        style_hash=csp_hash(style),
        script_hash=csp_hash(script),
    )


def sections(transcript: Transcript, chapters: tuple[Chapter, ...]) -> Iterator[Section]:
    """The text by chapters, each with the addresses of its places."""
    taken: set[str] = set()
    anchors = {id(chapter): _claim(chapter.start_seconds, taken) for chapter in chapters}
    for chapter, spoken in by_chapter(transcript.segments, chapters):
        yield Section(
            chapter,
            anchors[id(chapter)] if chapter else None,
            tuple(_paragraph(sentences, taken) for sentences in paragraphs(spoken)),
        )


def remarks(transcript: Transcript) -> dict[float, tuple[str, ...]]:
    """What is doubtful, by the start of the sentence after which it is said: the last one it touches."""
    found: dict[float, list[str]] = {}
    for note in transcript.notes:
        before = [each for each in transcript.segments if each.start_seconds < note.end_seconds]
        for sentence in before[-1:] or transcript.segments[:1]:
            found.setdefault(sentence.start_seconds, []).append(explain_note(note.cause))
    return {start: tuple(dict.fromkeys(texts)) for start, texts in found.items()}


def anchor_of(seconds: float) -> str:
    """The id of the place in the page where this second begins; the same words as a media fragment."""
    return f"t={int(seconds)}"


def engine_name(engine: Engine | None) -> str | None:
    """How the recogniser is called in a sentence: `Whisper, Modell base`."""
    if engine is None:
        return None
    name = "Whisper" if "whisper" in engine.name.lower() else engine.name
    return f"{name}, Modell {engine.model}"


def titles_by(chapters: Iterable[Chapter]) -> tuple[str, ...]:
    """The language models that worded titles, each once."""
    marks = ((chapter.model_extra or {}).get("made_by") for chapter in chapters)
    return tuple(dict.fromkeys(str(mark) for mark in marks if mark))


def captions_url(vtt: str | None) -> str:
    """Where the player finds its captions: within the page when their text is known, else beside it."""
    if vtt is None:
        return "transcript/transcript.vtt"
    return f"data:text/vtt;charset=utf-8;base64,{b64encode(vtt.encode()).decode()}"


def _claim(seconds: float, taken: set[str]) -> str | None:
    """Each second is the address of one place only: the first that asks for it."""
    anchor = anchor_of(seconds)
    if anchor in taken:
        return None
    taken.add(anchor)
    return anchor


def _paragraph(sentences: list[Segment], taken: set[str]) -> Paragraph:
    first = sentences[0]
    anchor = _claim(first.start_seconds, taken)
    return Paragraph(first.start_seconds, anchor, first.speaker, tuple(sentences))


@cache
def _environment() -> Environment:
    environment = folder_environment("page")
    environment.filters["anchor"] = anchor_of
    return environment
