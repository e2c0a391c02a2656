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
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment
from markupsafe import Markup

from transcripts.model import Chapter, Engine, Recording, Segment, Transcript
from transcripts.proofreading import UNREAD, Proofreading
from transcripts.templating import folder_environment
from transcripts.wording import explain_note

PAUSE_SECONDS = 1.5
PARAGRAPH_SENTENCES = 5
SENTENCE_ENDS = (".", "?", "!", "…", ".“", "?“", "!“")


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
    style = Markup("\n").join((_asset("look.css"), _asset("page/style.css")))
    script = _asset("page/script.js")
    return environment.get_template("index.html").render(
        page=page,
        sections=tuple(sections(page.transcript, page.chapters)),
        remarks=remarks(page.transcript),
        engine=engine_name(page.transcript.engine),
        titles_by=", ".join(titles_by(page.chapters)),
        captions_url=captions_url(page.captions_vtt),
        style=style,
        script=script,
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
    )


def sections(transcript: Transcript, chapters: tuple[Chapter, ...]) -> Iterator[Section]:
    """The text by chapters, in the order of time; a sentence belongs where the middle of it lies."""
    taken: set[str] = set()
    anchors = [_claim(chapter.start_seconds, taken) for chapter in chapters]
    starts = [chapter.start_seconds for chapter in chapters] + [float("inf")]
    opening = _paragraphs(_spoken_between(transcript, 0.0, starts[0]), taken)
    if opening:
        yield Section(None, None, opening)
    for chapter, anchor, end_seconds in zip(chapters, anchors, starts[1:], strict=True):
        spoken = _spoken_between(transcript, chapter.start_seconds, end_seconds)
        yield Section(chapter, anchor, _paragraphs(spoken, taken))


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


def _spoken_between(transcript: Transcript, start_seconds: float, end_seconds: float) -> Iterator[Segment]:
    for segment in transcript.segments:
        if start_seconds <= (segment.start_seconds + segment.end_seconds) / 2 < end_seconds:
            yield segment


def _paragraphs(segments: Iterable[Segment], taken: set[str]) -> tuple[Paragraph, ...]:
    groups: list[list[Segment]] = []
    for segment in segments:
        if not groups or _starts_paragraph(groups[-1], segment):
            groups.append([])
        groups[-1].append(segment)
    return tuple(_paragraph(group, taken) for group in groups)


def _paragraph(sentences: list[Segment], taken: set[str]) -> Paragraph:
    first = sentences[0]
    anchor = _claim(first.start_seconds, taken)
    return Paragraph(first.start_seconds, anchor, first.speaker, tuple(sentences))


def _starts_paragraph(paragraph: list[Segment], segment: Segment) -> bool:
    """A pause, another voice, or enough sentences; never in the middle of a sentence for length alone.

    A sentence that people took out is only an address: it starts nothing.
    """
    if not segment.text.strip():
        return False
    last = paragraph[-1]
    if segment.speaker != last.speaker or segment.start_seconds - last.end_seconds > PAUSE_SECONDS:
        return True
    return len(paragraph) >= PARAGRAPH_SENTENCES and last.text.rstrip().endswith(SENTENCE_ENDS)


@cache
def _environment() -> Environment:
    environment = folder_environment("page")
    environment.filters["anchor"] = anchor_of
    return environment


@cache
def _asset(name: str) -> Markup:
    """A file of ours that goes into the page unescaped."""
    text = files("transcripts").joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - our own file, never anything from outside


def _csp_hash(inline: Markup) -> str:
    """The source expression that allows exactly this inline text (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"
