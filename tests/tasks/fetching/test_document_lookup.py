"""Documents at an address: a file that lies there, a share of one; and what is none, over real sockets."""

from functools import partial
from pathlib import Path
from urllib.parse import unquote

import pytest

from tasks.fetching.fetch_step import FetchLimits, fetch
from tests.misbehaving_server import file, page, serve
from tests.share_servers import SEAFILE_TOKEN, TOKEN, Program, Share, serve_share
from tests.small_pdf import small_pdf
from transcripts.errors.error_kinds import StepError
from transcripts.media.media_values import Fetched
from transcripts.sources.listed_files import Sought
from transcripts.sources.source_url import parse_source_url

PDF = small_pdf("Der Rat beschließt das Losverfahren.")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fetched(address: str, folder: Path, most_bytes: int = 1_000_000) -> Fetched:
    limits = FetchLimits(("127.0.0.1:*",), 60.0, most_bytes, "Europe/Berlin", 5, sought=Sought.DOCUMENT)
    return fetch(parse_source_url(address), folder, limits, lambda _: None)


def refusal(address: str, folder: Path, most_bytes: int = 1_000_000) -> StepError:
    with pytest.raises(StepError) as caught:
        fetched(address, folder, most_bytes)
    return caught.value


@pytest.mark.parametrize(
    ("path", "kind", "disposition", "name"),
    [
        ("unterlagen/Antrag%20neu.pdf", "application/pdf", None, "Antrag neu.pdf"),
        (
            "download?id=7",
            "application/pdf",
            "attachment; filename*=UTF-8''R%C3%A4te.pdf",
            "Räte.pdf",
        ),
        ("getfile", WORD, None, "getfile.docx"),
        ("antrag.docx", "application/octet-stream", None, "antrag.docx"),
    ],
)
def test_a_file_is_fetched_and_called_as_its_server_calls_it(
    path: str, kind: str, disposition: str | None, name: str, tmp_path: Path
) -> None:
    answer = partial(file, content=PDF, kind=kind, disposition=disposition)
    with serve({f"/{unquote(path.partition('?')[0])}": answer}) as site:
        found = fetched(site.url(path), tmp_path)
    assert found.files[0].path.read_bytes() == PDF
    assert found.title == name


@pytest.mark.parametrize("program", [Program.NEXTCLOUD_31, Program.OWNCLOUD_10, Program.SEAFILE])
@pytest.mark.parametrize("is_folder", [False, True])
def test_the_one_document_of_a_share_is_taken(program: Program, is_folder: bool, tmp_path: Path) -> None:
    files = {"Musterantrag.pdf": PDF} | ({"Treffen.mp4": b"\0" * 100} if is_folder else {})
    share = Share(files, is_folder=is_folder)
    path = f"{'d' if is_folder else 'f'}/{SEAFILE_TOKEN}/" if program is Program.SEAFILE else f"s/{TOKEN}"
    with serve_share(program, share) as (site, _):
        found = fetched(site.url(path), tmp_path)
    assert found.files[0].path.read_bytes() == PDF
    assert found.title == "Musterantrag.pdf"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"a.pdf": PDF, "b.docx": PDF}, "many_documents"),
        ({"Treffen.mp4": b"\0" * 100}, "no_document"),
        ({}, "folder_empty"),
    ],
)
def test_a_share_without_the_one_document_is_refused(
    files: dict[str, bytes], code: str, tmp_path: Path
) -> None:
    with serve_share(Program.NEXTCLOUD_31, Share(files, is_folder=True)) as (site, _):
        assert refusal(site.url(f"s/{TOKEN}"), tmp_path).code == code


def test_a_page_is_no_document(tmp_path: Path) -> None:
    with serve({"/seite": partial(page, html="<html><h1>Ratsinformation</h1></html>")}) as site:
        assert refusal(site.url("seite"), tmp_path).code == "document_page"


def test_what_is_not_there_or_too_large_or_private_is_refused(tmp_path: Path) -> None:
    with serve({"/gross.pdf": partial(file, content=PDF, kind="application/pdf")}) as site:
        assert refusal(site.url("fehlt.pdf"), tmp_path).code == "not_found"
        assert refusal(site.url("gross.pdf"), tmp_path, most_bytes=100).code == "too_large"
    assert refusal("http://10.0.0.1/a.pdf", tmp_path).code == "address_private"
