"""What a file says of persons beside its text is told to organisers, and is in nothing that members get."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageOps

from tasks.documents.conversion import convert_document
from tasks.documents.document_requests import CleanFile
from tasks.documents.trace_removal import clean_file
from tests.traced_files import says
from tests.traced_pdfs import TRACED_PDFS, page_looks, with_earlier_version, write_traced_pdf
from tests.traced_pictures import TRACED_PICTURES
from transcripts.documents.converted_document import ConvertedDocument
from transcripts.documents.file_kinds import FileKind
from transcripts.documents.file_traces import TraceKind
from transcripts.wording.trace_wording import traces_told

MARKER = "Zwetschgenmus4711"


def kept_from_members(converted: ConvertedDocument, marker: str = MARKER) -> bool:
    """Whether nothing that members get says the marker."""
    files = [converted.cleaned, converted.pdf, converted.cover, *converted.previews]
    assert converted.cleaned is not None, converted.notes
    saying = [each.path.name for each in files if each is not None and says(each.path, marker)]
    assert saying == []
    return marker not in converted.text.plain_text


def kinds_of(converted: ConvertedDocument) -> set[str]:
    return {each.kind.value for each in converted.traces}


@pytest.mark.parametrize("name", TRACED_PDFS)
def test_traces_of_a_pdf_are_told_and_not_in_its_copy(tmp_path: Path, name: str) -> None:
    handed_in, copy = tmp_path / "a.pdf", tmp_path / "copy.pdf"
    write_traced_pdf(handed_in, TRACED_PDFS[name], MARKER)
    assert says(handed_in, MARKER)
    before, original = page_looks(handed_in), handed_in.read_bytes()
    done = clean_file(CleanFile(path=handed_in, kind=FileKind.PDF, target=copy))
    assert done.is_made
    assert not says(copy, MARKER)
    assert handed_in.read_bytes() == original
    assert not ImageChops.difference(before, page_looks(copy)).getbbox()
    kind = name.partition(" ")[0]
    assert kind not in list(TraceKind) or kind in {each.kind.value for each in done.traces}


@pytest.mark.parametrize("name", TRACED_PICTURES)
def test_traces_of_a_picture_are_told_and_not_in_its_copy(tmp_path: Path, name: str) -> None:
    ending, made = TRACED_PICTURES[name]
    handed_in, copy = tmp_path / f"a.{ending}", tmp_path / f"copy.{ending}"
    handed_in.write_bytes(made(MARKER))
    assert says(handed_in, MARKER)
    done = clean_file(CleanFile(path=handed_in, kind=FileKind(ending), target=copy))
    assert done.is_made
    assert not says(copy, MARKER)
    with Image.open(handed_in) as picture, Image.open(copy) as cleaned:
        assert picture.format == cleaned.format
        assert getattr(cleaned, "n_frames", 1) == getattr(picture, "n_frames", 1)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        assert upright.size == cleaned.size
        differing = np.asarray(ImageChops.difference(upright, cleaned.convert("RGB")))
        is_drawn_anew = "turned" in name and ending == "jpg"
        assert differing.mean() < 6 if is_drawn_anew else not differing.any()
    if "Exif" in name:
        assert {"author", "photo_place"} <= {each.kind.value for each in done.traces}


def test_an_earlier_state_of_a_pdf_does_not_reach_members(tmp_path: Path) -> None:
    handed_in = tmp_path / "a.pdf"
    write_traced_pdf(handed_in, lambda _pdf, _marker: None, MARKER)
    handed_in.write_bytes(with_earlier_version(handed_in.read_bytes(), MARKER))
    assert says(handed_in, MARKER)
    converted = convert_document(handed_in, tmp_path / "out")
    assert kept_from_members(converted)
    assert kinds_of(converted) == {"earlier_version"}
    assert converted.guessed.title == "Neuer Antrag"


def test_a_pdf_says_who_wrote_it_to_organisers_in_their_language(tmp_path: Path) -> None:
    write_traced_pdf(tmp_path / "a.pdf", TRACED_PDFS["author"], "Erika  Muster")
    converted = convert_document(tmp_path / "a.pdf", tmp_path / "out")
    assert traces_told(converted.traces) == "Die Datei nennt: Verfasst von Erika Muster."
    assert converted.guessed.title == "Beschlussvorlage zum Bürgerrat"


def test_a_pdf_without_traces_has_none(tmp_path: Path) -> None:
    write_traced_pdf(tmp_path / "a.pdf", lambda _pdf, _marker: None, MARKER)
    converted = convert_document(tmp_path / "a.pdf", tmp_path / "out")
    assert (converted.traces, traces_told(converted.traces)) == ((), "")
