"""`mitschnitt search` and `mitschnitt reindex`, used as a person would."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import open_storage
from tests.flows.workplace import Workplace
from tests.sample_documents import MODEL_MOTION, model_motion, publish_sample_document
from tests.tasks.search.test_index_update import publish_sample

RECORD = "2026-11-19-losverfahren-in-kleinen-gemeinden"


@pytest.fixture
def reader(tmp_path: Path) -> Workplace:
    """A workplace whose archive holds the sample meeting."""
    publish_sample(open_storage(str(tmp_path / "archive"), S3Access()), tmp_path, RECORD)
    return Workplace(tmp_path)


def test_search_answers_programs_with_passages_to_the_second(reader: Workplace) -> None:
    answer = reader.run("search", "Melderegister", "achthundert", "--json")
    assert answer.status == 0, answer.err
    best = answer.json["results"][0]
    assert set(best) == {"record", "title", "start_seconds", "text", "url"}
    assert best["record"] == RECORD
    assert best["title"].startswith("Netzwerktreffen Bürgerräte")
    assert best["start_seconds"] == 72.34
    assert "aus dem Melderegister zunächst achthundert Personen" in best["text"]
    assert best["url"].startswith("file://")
    assert best["url"].endswith(f"/recordings/{RECORD}/index.html?t=72")


def test_links_lead_to_the_reading_room_if_there_is_one(reader: Workplace) -> None:
    public = Workplace(reader.folder, {"MITSCHNITT_NETWORK__BASE_URL": "https://lesen.example.org/"})
    best = public.run("search", "Melderegister", "--json").json["results"][0]
    assert best["url"] == f"https://lesen.example.org/recordings/{RECORD}/?t={int(best['start_seconds'])}"


def test_nothing_found_is_an_empty_list(reader: Workplace) -> None:
    answer = reader.run("search", "Quantenphysik", "--json")
    assert answer.status == 0
    assert answer.json == {"results": []}
    assert "Nichts gefunden" in reader.run("search", "Quantenphysik").out


def test_people_read_passages_times_and_links(reader: Workplace) -> None:
    answer = reader.run("search", "Melderegsiter")
    assert answer.status == 0, answer.err
    assert "Gesucht wurde nach: melderegister" in answer.out
    assert "19.11.2026" in answer.out or "19. November 2026" in answer.out
    assert "00:01:12" in answer.out
    assert "1 Aufzeichnung gefunden." in answer.out


def test_documents_are_found_by_page_and_paragraph(reader: Workplace) -> None:
    publish_sample_document(
        open_storage(str(reader.folder / "archive"), S3Access()), reader.folder, model_motion()
    )
    answer = reader.run("search", "Haustür", "--json")
    best = answer.json["results"][0]
    assert set(best) == {"record", "title", "page", "paragraph", "text", "url"}
    assert (best["record"], best["page"], best["paragraph"]) == (MODEL_MOTION, 2, "p0005")
    assert best["url"].endswith(f"/{MODEL_MOTION}/index.html#p0005")
    shown = reader.run(
        "search", "Melderegister", "--medium", "document", "--place", "Lindenau an der Aue"
    ).out
    assert (
        "Musterantrag: Bürgerrat Klimaschutz einsetzen (Dokument, Musterantrag, Lindenau an der Aue, 2024)"
        in (" ".join(shown.split()))
    )
    assert "S. 2" in shown
    assert "1 Dokument gefunden." in shown
    assert reader.run("search", "Melderegister", "--medium", "recording").out.count("Dokument") == 0


def test_a_minus_excludes_behind_a_double_dash(reader: Workplace) -> None:
    assert reader.run("search", "--json", "--", "Bürgerrat", "-Ostbelgien").json["results"]
    assert reader.run("search", "--json", "--", "Bürgerrat", "-Netzwerktreffen").json["results"] == []


def test_reindex_says_what_it_did(reader: Workplace) -> None:
    first = reader.run("reindex", "--json")
    assert first.status == 0, first.err
    assert first.json == {"added": [RECORD], "replaced": [], "dropped": [], "unreadable": []}
    assert "nichts zu tun" in reader.run("reindex").out
    assert reader.run("reindex", "--anew", "--json").json["added"] == [RECORD]
    shutil.rmtree(reader.archive)
    assert reader.run("reindex", "--json").json["dropped"] == [RECORD]


def test_an_unreadable_record_is_named_and_ends_with_1(reader: Workplace) -> None:
    (text,) = reader.archive.glob(f"recordings/{RECORD}/versions/transcript/transcript.*.json")
    text.write_text("{}{")
    answer = reader.run("reindex")
    assert answer.status == 1
    assert f"Nicht lesbar und darum nicht auffindbar: {RECORD}" in answer.err


@pytest.mark.parametrize("begin", [0, 100, 4096, 3 * 4096])
def test_a_damaged_index_is_made_anew(reader: Workplace, begin: int) -> None:
    assert reader.run("reindex").status == 0
    index = reader.folder / "work" / "search.sqlite"
    content = bytearray(index.read_bytes())
    content[begin:] = b"\xa5" * (len(content) - begin)
    index.write_bytes(content)
    answer = reader.run("search", "Melderegister", "--json")
    assert answer.status == 0, answer.err
    assert answer.json["results"]


def test_an_archive_that_is_away_leaves_what_is_known(reader: Workplace) -> None:
    assert reader.run("reindex").status == 0
    away = {
        "MITSCHNITT_ARCHIVE__URL": "s3://weg/weg",
        "MITSCHNITT_ARCHIVE__ENDPOINT_URL": "http://127.0.0.1:9",
        "MITSCHNITT_ARCHIVE__ACCESS_KEY_ID": "a",
        "MITSCHNITT_ARCHIVE__SECRET_ACCESS_KEY": "b",
    }
    answer = Workplace(reader.folder, away).run("search", "Melderegister", "--json")
    assert answer.status == 0, answer.err
    assert answer.json["results"]
    assert "nicht erreichbar" in answer.err


def test_searching_loads_neither_prefect_nor_the_recogniser() -> None:
    program = "import sys, flows.cli.main; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"prefect", "faster_whisper", "ctranslate2", "av", "yt_dlp"} & set(loaded.stdout.split())


@pytest.mark.parametrize("arguments", [("search",), ("search", "a", "--limit", "0"), ("reindex", "a")])
def test_wrong_use_ends_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert Workplace(tmp_path).run(*arguments).status == 2
