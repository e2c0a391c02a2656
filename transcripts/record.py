"""A record: all that the archive keeps of a recording, and the documents made from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transcripts import layout
from transcripts.captions import write_chapters_vtt, write_srt, write_text, write_vtt
from transcripts.chapter_formats import (
    write_chapters_text,
    write_podcast_json,
    write_podlove_json,
    write_podlove_xml,
)
from transcripts.corrections import Correction
from transcripts.cues import make_cues
from transcripts.manifest import MadeBy, Manifest, ManifestObject, describe_bytes, describe_file
from transcripts.media import LocalFile, Media
from transcripts.model import Chapter, Recording, Transcript
from transcripts.overlay import Original, base_title, overlaid, touches_chapters
from transcripts.page import RecordPage, render_page


@dataclass(frozen=True, slots=True)
class Record:
    """One recording with everything said in it."""

    recording: Recording
    transcript: Transcript
    chapters: tuple[Chapter, ...]
    media: Media

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
    recording = recording.model_copy(update={"title": read.title})
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
    """What corrections are laid over: `recording` may have a title that somebody corrected."""
    return Original(base_title(recording.title, corrections), transcript, chapters)


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
    """What `chapters_json` wrote."""
    return tuple(Chapter.model_validate(each) for each in json.loads(content))


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
    ]
    return Manifest(objects=()).with_objects(objects)
