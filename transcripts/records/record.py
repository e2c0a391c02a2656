"""A record: all that the archive keeps of a recording, and the documents made from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from transcripts.archive import layout
from transcripts.archive.manifest import MadeBy, Manifest, ManifestObject, describe_bytes, describe_file
from transcripts.captions.caption_formats import write_chapters_vtt, write_srt, write_vtt
from transcripts.captions.cues import make_cues
from transcripts.captions.plain_text import write_text
from transcripts.chapters.chapter_formats import (
    write_chapters_text,
    write_podcast_json,
    write_podlove_json,
    write_podlove_xml,
)
from transcripts.corrections.correction_log import Correction
from transcripts.corrections.overlay import (
    Original,
    as_read,
    base_day,
    base_title,
    overlaid,
    touches_chapters,
)
from transcripts.media.media_values import LocalFile, Media
from transcripts.model import Chapter, Recording, Transcript
from transcripts.pages.standalone_page import RecordPage, render_page

OF_SOURCE = MadeBy(tool="source")
_CHAPTERS = TypeAdapter(tuple[Chapter, ...])


@dataclass(frozen=True, slots=True)
class Record:
    """One recording with everything said in it; `of_source` are what the source had in writing, by name."""

    recording: Recording
    transcript: Transcript
    chapters: tuple[Chapter, ...]
    media: Media
    of_source: Mapping[str, LocalFile] = field(default_factory=dict)

    def media_files(self) -> dict[str, LocalFile]:
        """The published media by their names in the record."""
        files = {
            layout.VIDEO: self.media.video,
            layout.AUDIO: self.media.audio,
            layout.POSTER: self.media.poster,
        }
        return {name: file for name, file in files.items() if file is not None}


def text_documents(record: Record, network_name: str | None) -> dict[str, bytes]:
    """Every document of a record but its manifest, by name: all made from transcript and chapters."""
    media = {name: name for name in record.media_files()}
    return documents_of(record.recording, record.transcript, record.chapters, media, network_name)


def documents_of(
    recording: Recording,
    transcript: Transcript,
    chapters: tuple[Chapter, ...],
    media: Mapping[str, str],
    network_name: str | None,
    corrections: Sequence[Correction] = (),
) -> dict[str, bytes]:
    """The documents of a record with these media (name -> place below the record's folder).

    Recording, transcript and chapters are the machine's. `transcript.json` stays that; everything
    else has the corrections in it, and what the machine's chapters were is kept beside them.
    """
    original = original_of(recording, transcript, chapters, corrections)
    read = overlaid(original, corrections)
    recording = as_read(recording, read)
    forms = transcript_documents(read.transcript, read.chapters)
    texts = {
        **forms,
        layout.TRANSCRIPT: transcript.to_json(),
        layout.RECORDING: recording.to_json(),
        **chapter_documents(read.chapters, recording.duration_seconds),
        **({layout.CORRECTED: read.transcript.to_json()} if corrections else {}),
        **({layout.CHAPTERS_OF_MACHINE: chapters_json(chapters)} if touches_chapters(corrections) else {}),
        layout.PAGE: render_page(
            RecordPage(
                recording=recording,
                transcript=read.transcript,
                chapters=read.chapters,
                has_video=layout.VIDEO in media,
                has_poster=layout.POSTER in media,
                network_name=network_name,
                captions_vtt=forms[layout.VTT],
                places=media,
                proofreading=read.proofreading,
            )
        ),
    }
    return {name: text.encode() for name, text in texts.items()}


def original_of(
    recording: Recording,
    transcript: Transcript,
    chapters: tuple[Chapter, ...],
    corrections: Sequence[Correction],
) -> Original:
    """What corrections are laid over: `recording` may have a title or day that somebody corrected."""
    title, day = base_title(recording.title, corrections), base_day(recording.recorded_on, corrections)
    return Original(title, transcript, chapters, day)


def transcript_documents(transcript: Transcript, chapters: tuple[Chapter, ...] = ()) -> dict[str, str]:
    """The transcript in its four forms, by their names in a record."""
    cues = make_cues(transcript)
    return {
        layout.TRANSCRIPT: transcript.to_json(),
        layout.VTT: write_vtt(cues),
        layout.SRT: write_srt(cues),
        layout.TEXT: write_text(transcript, chapters),
    }


def chapter_documents(chapters: tuple[Chapter, ...], duration_seconds: float) -> dict[str, str]:
    """The chapters in all their forms, by their names in a record."""
    return {
        layout.CHAPTERS: chapters_json(chapters),
        layout.CHAPTERS_VTT: write_chapters_vtt(chapters, duration_seconds),
        layout.CHAPTERS_TEXT: write_chapters_text(chapters),
        layout.CHAPTERS_PODLOVE_XML: write_podlove_xml(chapters),
        layout.CHAPTERS_PODLOVE_JSON: write_podlove_json(chapters),
        layout.CHAPTERS_PODCAST: write_podcast_json(chapters),
    }


def chapters_json(chapters: tuple[Chapter, ...]) -> str:
    """The chapters as a JSON list, a chapter a line."""
    lines = ",\n".join(" " + chapter.model_dump_json() for chapter in chapters)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def chapters_of(content: bytes) -> tuple[Chapter, ...]:
    """What `chapters_json` wrote. Raises ValueError for what is nothing of the kind."""
    return _CHAPTERS.validate_json(content)


def manifest_of(record: Record, documents: dict[str, bytes], writer: MadeBy) -> Manifest:
    """The manifest over a record's media and documents; `writer` made the documents."""
    ffmpeg = MadeBy(tool=record.media.tool)
    engine = record.transcript.engine
    recogniser = MadeBy(tool=f"{engine.name} {engine.model}", settings=engine.settings) if engine else writer
    objects: list[ManifestObject] = [
        describe_file(name, file, ffmpeg) for name, file in record.media_files().items()
    ]
    objects += [
        describe_bytes(name, content, recogniser if name == layout.TRANSCRIPT else writer)
        for name, content in documents.items()
        if name not in record.of_source
    ]
    objects += [describe_file(name, file, OF_SOURCE) for name, file in record.of_source.items()]
    return Manifest(objects=()).with_objects(objects)
