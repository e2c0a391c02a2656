"""The page of a record as members read it: player, chapters, the whole text with a time for each word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transcripts.archive import layout
from transcripts.corrections.proofreading import UNREAD, Proofreading
from transcripts.model import Chapter, Recording, Segment, Summary, Transcript
from transcripts.pages.room.word_timing import encoded_times, timed_words
from transcripts.pages.standalone_page import Paragraph, Section, anchor_of, engine_name, remarks, sections


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence of the page; `anchor` is the id of its second, if no other place holds it.

    `former` are the ids of sentences before it that people took out: their addresses lead here.
    """

    id: str
    anchor: str | None
    start_seconds: float
    times: str
    text: str
    remarks: tuple[str, ...]
    former: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The fragment that leads to it."""
        return self.id or anchor_of(self.start_seconds)


@dataclass(frozen=True, slots=True)
class ReadParagraph:
    """Sentences that read as one; `speaker` is named where another one begins."""

    anchor: str | None
    speaker: str | None
    sentences: tuple[ReadSentence, ...]


@dataclass(frozen=True, slots=True)
class ReadSection:
    """The text of one chapter; `chapter` is None for what was said before the first one."""

    chapter: Chapter | None
    anchor: str | None
    paragraphs: tuple[ReadParagraph, ...]


@dataclass(frozen=True, slots=True)
class TakeAway:
    """A file to keep; `name` is its name in the record."""

    label: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """Everything a record's page says; `names` are the objects that the record has."""

    recording: Recording
    sections: tuple[ReadSection, ...]
    names: frozenset[str]
    engine: str | None
    has_remarks: bool
    has_unsure_words: bool
    downloads: tuple[TakeAway, ...]
    is_from_captions: bool = False
    proofreading: Proofreading = UNREAD

    @property
    def path(self) -> str:
        """The page's address from the root of the reading room."""
        return f"/recordings/{self.recording.id}/"

    @property
    def has_video(self) -> bool:
        """Whether there is more than sound."""
        return layout.VIDEO in self.names

    @property
    def has_poster(self) -> bool:
        """Whether there is a picture to show before the video plays."""
        return layout.POSTER in self.names

    @property
    def chapters(self) -> tuple[ReadSection, ...]:
        """The sections that have a heading."""
        return tuple(each for each in self.sections if each.chapter)

    @property
    def has_speech(self) -> bool:
        """Whether there is any text."""
        return any(section.paragraphs for section in self.sections)

    @property
    def summary(self) -> Summary | None:
        """What was said, in a few sentences, where a language model was asked."""
        return self.recording.summary

    def sentence_at(self, seconds: float) -> ReadSentence | None:
        """The sentence that is said at a second; one that begins within that second counts."""
        found = None
        for sentence in self._sentences():
            if sentence.start_seconds >= seconds + 1:
                break
            found = sentence
        return found

    def _sentences(self) -> Iterator[ReadSentence]:
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield from paragraph.sentences


def reading_page(
    recording: Recording,
    transcript: Transcript,
    chapters: Sequence[Chapter],
    names: frozenset[str],
    proofreading: Proofreading = UNREAD,
) -> ReadingPage:
    """The page of a record that has objects of these names."""
    spoken = tuple(each for each in transcript.segments if each.text.strip())
    former = _former(transcript.segments)
    transcript = transcript.model_copy(update={"segments": spoken})
    plain = tuple(sections(transcript, tuple(chapters)))
    doubts = remarks(transcript)
    read = tuple(_read_sections(plain, doubts, former))
    times = (s.times for section in read for paragraph in section.paragraphs for s in paragraph.sentences)
    return ReadingPage(
        recording=recording,
        sections=read,
        names=names,
        engine=engine_name(transcript.engine),
        has_remarks=bool(doubts),
        has_unsure_words=any("?" in each for each in times),
        downloads=tuple(_downloads(names, has_speech=bool(spoken))),
        is_from_captions=transcript.is_from_captions,
        proofreading=proofreading,
    )


def _former(segments: Sequence[Segment]) -> dict[str, tuple[str, ...]]:
    """Sentence -> the sentences without text right before it; behind the last one, the last takes them."""
    found: dict[str, tuple[str, ...]] = {}
    waiting: tuple[str, ...] = ()
    last = ""
    for each in segments:
        if each.id and each.text.strip():
            found[each.id], waiting, last = waiting, (), each.id
        elif each.id:
            waiting += (each.id,)
    return {**found, last: found.get(last, ()) + waiting}


def _read_sections(
    plain: Sequence[Section],
    doubts: Mapping[float, tuple[str, ...]],
    former: Mapping[str, tuple[str, ...]],
) -> Iterator[ReadSection]:
    taken = {section.anchor for section in plain}
    taken |= {paragraph.anchor for section in plain for paragraph in section.paragraphs}
    last_speaker: str | None = None
    for section in plain:
        paragraphs: list[ReadParagraph] = []
        for paragraph in section.paragraphs:
            paragraphs.append(_read_paragraph(paragraph, last_speaker, taken, doubts, former))
            last_speaker = paragraph.speaker
        yield ReadSection(section.chapter, section.anchor, tuple(paragraphs))


def _read_paragraph(
    paragraph: Paragraph,
    last_speaker: str | None,
    taken: set[str | None],
    doubts: Mapping[float, tuple[str, ...]],
    former: Mapping[str, tuple[str, ...]],
) -> ReadParagraph:
    speaker = paragraph.speaker if paragraph.speaker != last_speaker else None
    sentences = tuple(
        _read_sentence(each, taken, doubts, former.get(each.id, ())) for each in paragraph.sentences
    )
    return ReadParagraph(paragraph.anchor, speaker, sentences)


def _read_sentence(
    segment: Segment,
    taken: set[str | None],
    doubts: Mapping[float, tuple[str, ...]],
    former: tuple[str, ...],
) -> ReadSentence:
    anchor = anchor_of(segment.start_seconds)
    is_free = anchor not in taken
    taken.add(anchor)
    return ReadSentence(
        id=segment.id,
        anchor=anchor if is_free else None,
        start_seconds=segment.start_seconds,
        times=encoded_times(timed_words(segment)),
        text=" ".join(segment.text.split()),
        remarks=doubts.get(segment.start_seconds, ()),
        former=former,
    )


def _downloads(names: frozenset[str], *, has_speech: bool) -> Iterator[TakeAway]:
    offered = [TakeAway("Video (MP4)", layout.VIDEO), TakeAway("Ton (M4A)", layout.AUDIO)]
    if has_speech:
        offered += [
            TakeAway("Text (TXT)", layout.TEXT),
            TakeAway("Untertitel (VTT)", layout.VTT),
            TakeAway("Untertitel (SRT)", layout.SRT),
        ]
    yield from (each for each in offered if each.name in names)
