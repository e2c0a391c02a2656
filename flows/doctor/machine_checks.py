"""Whether this machine can do the work: its folders and disk, by trial; its programs; the recogniser."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from config.loading import LoadedSettings
from config.settings import Settings
from flows.composition import models_folder
from flows.doctor.check import Remark, bad, good, hint
from flows.state_folder import KEY_FILE, PASSWORD_FILE, state_folder
from tasks.documents.document_tools import has_ocr, has_office
from tasks.media.ffmpeg import QUESTION_SECONDS, ffmpeg_path, ffmpeg_version, is_packaged_ffmpeg
from tasks.processes.child_process import finished
from tasks.recognition.whisper_model import COMPUTE_TYPES, MODELS, PACKAGED_MODEL, default_model_folder
from tasks.sandbox.isolation import has_limits, is_isolated
from tasks.storage.folder_modes import open_to_others
from tasks.storage.trial_write import existing_part, expect_writable
from transcripts.errors.error_kinds import StepError
from transcripts.wording.error_wording import explain
from transcripts.wording.german_formats import format_size

# Beside the packaged one; the suite runs with both.
DEBIANS_FFMPEG = "5.1"
TRIED_FFMPEGS = f"erprobt sind das mitgelieferte und {DEBIANS_FFMPEG} von Debian 12"
LITTLE_SPACE_BYTES = 10_000_000_000
TOO_LITTLE_SPACE_BYTES = 1_000_000_000
_ANY_COMPUTE_TYPE = {"auto", "default"}


def work_folder(loaded: LoadedSettings) -> Iterator[Remark]:
    """What can go any time."""
    folder = loaded.settings.work.dir.resolve()
    yield from _folder(loaded, "work", "dir", folder) or [good(str(folder))]


def kept_folder(loaded: LoadedSettings) -> Iterator[Remark]:
    """What must be kept; where all else is made again, this alone belongs into the backup."""
    folder = state_folder(loaded.settings)
    remarks = _folder(loaded, "work", "state_dir", folder)
    if not remarks and folder.is_relative_to(loaded.settings.work.dir.resolve()):
        place = loaded.place_of("work", "state_dir")
        remarks = [
            bad(f"{place}: {folder} liegt im Arbeitsordner, der gelöscht werden darf. Bitte daneben legen.")
        ]
    yield from remarks or [good(f"{folder}; gehört in die Sicherung")]


def outbox(loaded: LoadedSettings) -> Iterator[Remark]:
    """Where mails are put while no server is named."""
    if loaded.settings.announcement.smtp_url is None:
        yield from _folder(loaded, "announcement", "outbox", loaded.settings.announcement.outbox.resolve())


def inbox(loaded: LoadedSettings) -> Iterator[Remark]:
    """Where recordings are dropped, if anywhere."""
    folder = loaded.settings.inbox.dir
    if folder is not None:
        yield from _folder(loaded, "inbox", "dir", folder.resolve())


def archive_folder(loaded: LoadedSettings) -> Iterator[Remark]:
    """An archive that is a folder."""
    url = loaded.settings.archive.url
    if "://" not in url:
        yield from _folder(loaded, "archive", "url", Path(url).resolve())


def open_folders(loaded: LoadedSettings) -> Iterator[Remark]:
    """What other accounts of this machine may read, though it is nobody else's business."""
    settings = loaded.settings
    private = [settings.work.dir, state_folder(settings), settings.announcement.outbox]
    private += [state_folder(settings) / name for name in (KEY_FILE, PASSWORD_FILE)]
    private += [each for each in (loaded.file, settings.reading_room.members_file) if each]
    if "://" not in settings.archive.url and settings.archive.readable_by == "owner":
        private.append(Path(settings.archive.url))
    for path in map(Path.resolve, private):
        if open_to_others(path):
            mode = "700" if path.is_dir() else "600"
            yield hint(f"{path} können andere Konten dieses Rechners lesen. Abhilfe: chmod {mode} „{path}“")


def free_space(loaded: LoadedSettings) -> Iterator[Remark]:
    """What is free where work, archive and what is kept lie."""
    for folder in _folders(loaded.settings):
        existing = existing_part(folder)
        free = shutil.disk_usage(existing).free
        text = f"{folder}: frei {format_size(free)}"
        if free < TOO_LITTLE_SPACE_BYTES:
            yield bad(f"{text}. Bitte Platz schaffen oder einen anderen Ordner eintragen.")
        elif free < LITTLE_SPACE_BYTES:
            yield hint(f"{text}. Für lange Aufzeichnungen kann das knapp werden.")
        else:
            yield good(text)


def fetching(_: LoadedSettings) -> Iterator[Remark]:
    """The program that fetches."""
    text = f"yt-dlp {version('yt-dlp')}"
    if importlib.util.find_spec("deno") is None and shutil.which("deno") is None:
        text += " (für YouTube zusätzlich: make install EXTRA=youtube)"
    yield good(text)


def ffmpeg(_: LoadedSettings) -> Iterator[Remark]:
    """The program that converts."""
    encoders = finished([ffmpeg_path(), "-hide_banner", "-encoders"], timeout_seconds=QUESTION_SECONDS).stdout
    if "libx264" not in encoders:
        yield bad(f"{ffmpeg_path()} kann kein H.264. Bitte ein vollständiges ffmpeg einrichten.")
    else:
        known = f"{ffmpeg_version()} ({ffmpeg_path()})"
        is_tried = is_packaged_ffmpeg() or ffmpeg_version().startswith(DEBIANS_FFMPEG)
        yield good(known) if is_tried else hint(f"{known}; {TRIED_FFMPEGS}")


def documents(_: LoadedSettings) -> Iterator[Remark]:
    """The programs that make pages of office files and read scans."""
    if has_office() and has_ocr():
        yield good("LibreOffice und Texterkennung sind da")
    if not has_office():
        yield hint(
            "LibreOffice fehlt: Von Word-, Excel- und PowerPoint-Dateien gibt es nur den Text. Abhilfe: "
            "apt-get install libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
        )
    if not has_ocr():
        yield hint(
            "Die Texterkennung fehlt: Eingescannte Dokumente haben keinen Text, PDFs werden nicht zu PDF/A. "
            "Abhilfe: apt-get install ocrmypdf tesseract-ocr-deu"
        )


def sandbox(_: LoadedSettings) -> Iterator[Remark]:
    """How well what strangers sent is kept apart while it is read."""
    if not has_limits():
        yield bad("Die Programme „prlimit“ und „setpriv“ fehlen. Bitte das Paket „util-linux“ einrichten.")
    elif is_isolated():
        yield good("Fremde Dateien werden ohne Netz, ohne Rechte und mit festen Grenzen gelesen")
    else:
        yield hint(
            "Fremde Dateien werden mit festen Grenzen und ohne Geheimnisse gelesen, aber nicht ohne Netz: "
            "Dieses System erlaubt keine Namensräume ohne Rechte (siehe docs/security.md)."
        )
    if os.geteuid() == 0:
        yield hint("Mitschnitt läuft als „root“. Bitte ein eigenes Benutzerkonto dafür einrichten.")


def model(loaded: LoadedSettings) -> Iterator[Remark]:
    """The model, joined and checked if it is the packaged one; its name was looked at before."""
    name = loaded.settings.transcription.model
    if name == PACKAGED_MODEL:
        default_model_folder(models_folder(loaded.settings))
        yield good("Whisper base, mitgeliefert und geprüft")
    elif name not in MODELS and Path(name).is_dir():
        yield good(name)
    else:
        yield hint(f"„{name}“ wird beim ersten Mal aus dem Netz geladen (Hugging Face).")
    if name.endswith(".en") and loaded.settings.transcription.language != "en":
        place = loaded.place_of("transcription", "model")
        yield bad(f"{place}: „{name}“ versteht nur Englisch. Bitte es ohne „.en“ schreiben.")


def computing(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether the recogniser can compute on this machine as it is told to."""
    import ctranslate2  # the others need none of it

    chosen = loaded.settings.transcription
    has_gpu = ctranslate2.get_cuda_device_count() > 0
    if chosen.device == "cuda" and not has_gpu:
        place = loaded.place_of("transcription", "device")
        yield bad(
            f"{place}: Dieser Rechner hat keine Grafikkarte mit CUDA. Bitte „auto“ oder „cpu“ schreiben."
        )
        return
    device = "cuda" if has_gpu and chosen.device != "cpu" else "cpu"
    able = ctranslate2.get_supported_compute_types(device) | _ANY_COMPUTE_TYPE
    if chosen.compute_type in COMPUTE_TYPES and chosen.compute_type not in able:
        place, known = loaded.place_of("transcription", "compute_type"), ", ".join(sorted(able))
        yield bad(f"{place}: „{chosen.compute_type}“ kann dieser Rechner nicht ({device}). Er kann: {known}.")


def _folder(loaded: LoadedSettings, section: str, key: str, folder: Path) -> list[Remark]:
    """Complains of a folder that cannot be written to, with the setting that names it."""
    try:
        expect_writable(folder)
    except StepError as error:
        return [bad(f"{loaded.place_of(section, key)}: {explain(error)}")]
    return []


def _folders(settings: Settings) -> list[Path]:
    """The folders that fill, each disk once."""
    wanted = [settings.work.dir.resolve(), state_folder(settings)]
    wanted += [] if "://" in settings.archive.url else [Path(settings.archive.url).resolve()]
    by_disk: dict[int, Path] = {}
    for folder in wanted:
        by_disk.setdefault(existing_part(folder).lstat().st_dev, folder)
    return list(by_disk.values())
