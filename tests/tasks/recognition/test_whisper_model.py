"""The packaged model is joined once and trusted only with its published hash."""

from hashlib import file_digest
from pathlib import Path

import ctranslate2
import faster_whisper
from faster_whisper.tokenizer import _LANGUAGE_CODES

from tasks.recognition.whisper_model import (
    COMPUTE_TYPES,
    LANGUAGES,
    MODELS,
    PACKAGED_MODEL_SHA256,
    default_model_folder,
    model_location,
)


def test_the_packaged_model_is_joined_to_the_published_file(tmp_path: Path) -> None:
    folder = default_model_folder(tmp_path)
    with (folder / "model.bin").open("rb") as stream:
        assert file_digest(stream, "sha256").hexdigest() == PACKAGED_MODEL_SHA256
    assert {"config.json", "tokenizer.json", "vocabulary.txt"} <= {file.name for file in folder.iterdir()}
    assert [each.name for each in tmp_path.iterdir()] == [folder.name], "nothing half-done is left"


def test_joining_again_uses_what_is_there(tmp_path: Path) -> None:
    before = (default_model_folder(tmp_path) / "model.bin").stat().st_mtime_ns
    assert (default_model_folder(tmp_path) / "model.bin").stat().st_mtime_ns == before


def test_any_other_name_goes_to_faster_whisper(tmp_path: Path) -> None:
    assert model_location("large-v3-turbo", tmp_path) == "large-v3-turbo"
    assert list(tmp_path.iterdir()) == []


def test_what_is_known_by_name_is_what_the_recogniser_knows() -> None:
    assert set(faster_whisper.available_models()) == MODELS
    assert set(_LANGUAGE_CODES) == LANGUAGES
    assert ctranslate2.get_supported_compute_types("cpu") <= set(COMPUTE_TYPES)
