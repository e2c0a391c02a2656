"""The index: what is written is found, what is dropped is gone, and no accident breaks it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.search.index_database import IndexDatabase
from tasks.search.searching import search
from tests.tasks.search.library import Library, meeting
from transcripts.errors.error_kinds import PermanentError

TEXTS = {
    "eins": ["Ein Bürgerrat wird gelost.", "Das Melderegister hilft."],
    "zwei": ["Der Bürgerrat tagt im Rathaus.", "Die Kosten trägt das Land."],
    "drei": ["Über die Energiewende wurde gestritten."],
}
QUERIES = (
    "Bürgerrat",
    "Rat",
    "Melderegister",
    "Land",
    "Wende",
    "Kosten Land",
    '"trägt das"',
    "Energi*",
    "Treffen",
)

WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from tests.tasks.search.library import Library, meeting
from tasks.search import index_writer as writing

class Dying(writing._Words):
    def split_new(self, database):
        print("all but the end is written", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

writing._Words = Dying
Library(Path(sys.argv[1])).add(meeting("neu", "Ein Bürgerrat zum Verkehr."))
"""


def answers(library: Library) -> dict[str, object]:
    return {query: search(library.database, query, limit=100) for query in QUERIES}


def test_records_added_one_by_one_answer_like_records_added_together(tmp_path: Path) -> None:
    together, single = Library(tmp_path / "together.sqlite"), Library(tmp_path / "single.sqlite")
    together.add_texts(TEXTS)
    for name, text in TEXTS.items():
        single.add_texts({name: text})
    assert answers(single) == answers(together)


def test_dropping_a_record_leaves_no_word_of_it(tmp_path: Path) -> None:
    library, without = Library(tmp_path / "a.sqlite"), Library(tmp_path / "b.sqlite")
    library.add_texts(TEXTS | {"geheim": ["Frau Özdemir wohnt in der Lindenstraße."]})
    library.drop("geheim")
    without.add_texts(TEXTS)
    assert answers(library) == answers(without)
    assert {word.word for word in library.database.vocabulary()} == {
        word.word for word in without.database.vocabulary()
    }


def test_a_replaced_record_is_found_by_its_new_words_only(library: Library) -> None:
    library.add_texts(TEXTS)
    library.add(meeting("drei", "Es ging um den Haushalt.", fingerprint="2"))
    assert library.ids("Haushalt") == ["drei"]
    assert library.ids("Energiewende") == []
    assert library.database.fingerprints()["drei"] == "2"


def test_a_record_with_the_same_fingerprint_is_left_alone(library: Library) -> None:
    library.add(meeting("eins", "Der alte Text."))
    library.add(meeting("eins", "Ein anderer Text."))
    assert library.ids("alt") == ["eins"]


def test_a_new_word_is_found_in_older_compounds(library: Library) -> None:
    library.add(meeting("alt", "Die Flurbereinigung dauert."))
    library.add(meeting("neu", "Die Bereinigung des Registers. Der Flur."))
    assert library.ids("Bereinigung") == ["neu", "alt"]


def test_a_record_without_words_is_kept_and_never_found(library: Library) -> None:
    library.add(meeting("leer", title="…"))
    assert "leer" in library.database.fingerprints()
    assert library.ids("Treffen") == []


def test_a_writer_killed_in_the_middle_leaves_the_index_as_it_was(library: Library) -> None:
    library.add_texts(TEXTS)
    before = answers(library)
    command = [sys.executable, "-c", WRITE_AND_DIE, str(library.path)]
    died = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "all but the end is written" in died.stdout
    assert died.returncode == -signal.SIGKILL
    assert answers(library) == before
    library.add(meeting("neu", "Ein Bürgerrat zum Verkehr."))
    assert library.ids("Verkehr") == ["neu"]


def test_others_read_while_one_writes(library: Library) -> None:
    library.add_texts(TEXTS)
    reader = IndexDatabase.for_reading(library.path)
    with library.database.writing():
        library.database.delete_record(1)
        assert len(search(reader, "Bürgerrat").records) == 2
    assert len(reader.fingerprints()) == 2
    reader.close()


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="index_unusable"):
        IndexDatabase.for_reading(tmp_path / "nichts.sqlite")


@pytest.mark.parametrize("content", [b"", b"kein Index" * 500, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_index_is_named_to_readers_and_built_anew_by_writers(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "search.sqlite"
    path.write_bytes(content)
    with pytest.raises(PermanentError, match="index_unusable"):
        IndexDatabase.for_reading(path)
    library = Library(path)
    library.add_texts(TEXTS)
    assert library.ids("Melderegister") == ["eins"]


def test_the_search_loads_nothing_heavy() -> None:
    program = (
        "import sys, tasks.search.searching, tasks.search.index_writer; "
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"prefect", "faster_whisper", "ctranslate2", "av", "boto3", "yt_dlp", "ffmpeg"}
    assert "rapidfuzz" in loaded.stdout
    assert not heavy & set(loaded.stdout.split())


def test_a_record_of_more_than_eight_hours_is_found_in_to_its_end(tmp_path: Path) -> None:
    library = Library(tmp_path / "search.sqlite")
    library.add(
        meeting("lang", *["Wir sprechen über das Losverfahren und die Kosten."] * 10_000, "Melderegister")
    )
    for query, seconds in (("Melderegister", 100_000.0), ('"und die Kosten"', 0.0)):
        (record,) = search(library.database, query).records
        assert record.passages[0].start_seconds == seconds
    assert len(record.hit_seconds) == 10_000
