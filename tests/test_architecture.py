"""The rooms of the house: who may import whom. See docs/decisions.md."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"config", "transcripts", "tasks", "flows", "tests", "bench"}
MAY_IMPORT = {
    "config": {"config"},
    "transcripts": {"transcripts"},
    "tasks": {"tasks", "transcripts"},
    "flows": {"flows", "tasks", "transcripts", "config"},
}
# What the reading of records must run without.
HEAVY = {"prefect", "faster_whisper", "ctranslate2", "ffmpeg", "imageio_ffmpeg", "av", "yt_dlp", "boto3"}
# Files and network may be touched in `transcripts` only by modules named here, with the reason.
EFFECTS_IN_TRANSCRIPTS = {
    "media.py": "LocalFile.of reads a file to note its hash",
    "database.py": "the search index is one SQLite file",
}
EFFECT_MODULES = {"subprocess", "socket", "shutil", "tempfile", "sqlite3", "urllib.request", "smtplib"}


def modules_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide the room"
            names.add(node.module)
    return names


def top_levels(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported_names(path)}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    offenders = {
        str(path.relative_to(ROOT)): sorted(forbidden)
        for path in modules_of(room)
        if (forbidden := (top_levels(path) & ROOMS) - MAY_IMPORT[room])
    }
    assert offenders == {}


def test_transcripts_load_no_heavy_library() -> None:
    offenders = {
        str(path): found for path in modules_of("transcripts") if (found := top_levels(path) & HEAVY)
    }
    assert offenders == {}


def test_transcripts_have_no_effects_but_the_named_ones() -> None:
    offenders = {
        path.name: found
        for path in modules_of("transcripts")
        if (found := imported_names(path) & EFFECT_MODULES) and path.name not in EFFECTS_IN_TRANSCRIPTS
    }
    assert offenders == {}


def test_only_config_reads_the_settings_from_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for room in ("transcripts", "tasks", "flows")
        for path in modules_of(room)
        if "MITSCHNITT_" in path.read_text(encoding="utf-8")
    }
    assert readers <= {"flows/demo.py"}, "the demo sets them for its own process; nobody else names them"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_no_module_is_called_after_nothing(room: str) -> None:
    empty_names = {"utils", "helpers", "manager", "misc", "common"}
    assert not [path for path in modules_of(room) if path.stem in empty_names]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_every_module_starts_with_what_it_is_for(room: str) -> None:
    silent = [p for p in modules_of(room) if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert silent == []
