"""`mitschnitt transcribe` and `mitschnitt chapters`: files in, files out, without the archive."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from flows.cli.agenda_option import (
    AgendaOption,
    TermsOption,
    read_agenda,
    read_edited_chapters,
    read_terms,
    show_agenda,
)
from flows.cli.input_files import given_document
from flows.cli.preparation import prepared_settings
from flows.cli.terminal import JsonOption, output
from flows.composition import resources
from flows.orchestration.temporary_server import ensure_server
from tasks.processes.module_loading import loading
from tasks.recognition.freed_memory import keep_freed_memory
from transcripts.archive.layout import CHAPTERS
from transcripts.errors.input_errors import TranscriptUnreadableError
from transcripts.model import AgendaOutcome, Chapter, Transcript

OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="ORDNER", help="Wohin geschrieben wird.")
]


def add_file_commands(app: typer.Typer) -> None:
    """Hang the commands into the command line."""
    app.command("transcribe")(transcribe_command)
    app.command("chapters")(chapters_command)


def transcribe_command(
    media: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Video- oder Tondatei.")],
    folder: OutputOption,
    terms: TermsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Eine Datei verschriften: transcript.json, dazu Untertitel (VTT, SRT) und Text.

    Am Ende steht, wie gut sie verstanden wurde und welche Stellen auffällig sind.
    """
    expected = read_terms(terms)
    prepared_settings()
    server = ensure_server()
    keep_freed_memory()
    with loading():
        from flows.pipeline.transcription_flow import transcribe_file
    from transcripts.records.record import transcript_documents
    from transcripts.speech.quality import quality_of

    server.wait_until_ready()
    transcript = transcribe_file(media, expected)
    written = [
        _write(folder / Path(name).name, text) for name, text in transcript_documents(transcript).items()
    ]
    quality = quality_of(transcript).as_json()
    _show_files(written, as_json=as_json, segments=len(transcript.segments), quality=quality)


def chapters_command(
    transcripts: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="Eine oder mehrere NAME.transcript.json."),
    ],
    folder: OutputOption,
    agenda: AgendaOption = None,
    by_hand: Annotated[
        Path | None,
        typer.Option(
            "--by-hand",
            metavar="DATEI",
            help="Bearbeitete chapters.txt: Deren Zeilen sind die Kapitel; geänderte bleiben für immer.",
        ),
    ] = None,
    all_formats: Annotated[
        bool,
        typer.Option("--all-formats", help="Auch chapters.txt, WebVTT, Podlove und Podcast-JSON schreiben."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Kapitel finden: schreibt NAME.chapters.json zu jeder NAME.transcript.json.

    Kapitel, die ein Mensch gesetzt hat und die schon in NAME.chapters.json stehen,
    bleiben, wie sie sind, auch nach einer neuen Verschriftung.
    """
    if by_hand is not None and len(transcripts) > 1:
        raise typer.BadParameter("geht nur mit einer einzigen Mitschrift", param_hint="--by-hand")
    items, edited, settings = read_agenda(agenda), read_edited_chapters(by_hand), resources().settings
    from flows.cli.chapter_files import chapters_of, read_chapters

    written: list[Path] = []
    outcomes: list[AgendaOutcome] = []
    for path in transcripts:
        target, transcript = folder / _chapters_name(path), _read_transcript(path)
        made = chapters_of(transcript, items.titles, settings, read_chapters(target), edited)
        outcomes += made.outcomes
        written += _write_chapters(target, path, made.chapters, transcript, all_formats=all_formats)
    _show_files(written, as_json=as_json, agenda=[each.model_dump(mode="json") for each in outcomes])
    if not as_json:
        show_agenda(outcomes)


def _write_chapters(
    target: Path, source: Path, chapters: tuple[Chapter, ...], transcript: Transcript, *, all_formats: bool
) -> list[Path]:
    """`target` as JSON, beside it the other forms if asked for."""
    from transcripts.records.record import chapter_documents

    documents = chapter_documents(chapters, _duration_seconds(transcript))
    return [
        _write(target.with_name(_chapters_name(source, name)), text)
        for name, text in documents.items()
        if all_formats or name == CHAPTERS
    ]


def _read_transcript(path: Path) -> Transcript:
    return given_document(path, Transcript.model_validate_json, TranscriptUnreadableError)


def _duration_seconds(transcript: Transcript) -> float:
    spoken = max((segment.end_seconds for segment in transcript.segments), default=0.0)
    return max(transcript.duration_seconds, spoken)


def _chapters_name(path: Path, name: str = CHAPTERS) -> str:
    """`a.transcript.json` -> `a.chapters.json`, `transcript.json` -> `chapters.json`, and so on."""
    if path.name == "transcript.json":
        return name
    return f"{path.name.removesuffix('.json').removesuffix('.transcript')}.{name}"


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    return draft.replace(path)


def _show_files(paths: list[Path], *, as_json: bool, **facts: object) -> None:
    if as_json:
        print(json.dumps({"files": [str(path) for path in paths], **facts}, ensure_ascii=False))
        return
    for path in paths:
        output.print(escape(str(path)))
