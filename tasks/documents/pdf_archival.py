"""Makes a PDF fit to be kept: as PDF/A, with recognised text. Sandboxed."""

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from tasks.documents.document_requests import Archive, Archived, PicturePages
from tasks.documents.document_tools import OCR_LANGUAGE
from tasks.processes.child_process import running
from transcripts.documents.converted_document import ConversionProgress, ConversionStep

SECONDS_A_PAGE = 300
_PAGE_DONE = re.compile(rb"\s{0,8}(\d{1,6}) Grafting")
# OCRmyPDF's status where all went well, but for PDF/A.
_OK, _NOT_ARCHIVAL = 0, 10
_TIME_OVER = -1
_RECOGNISING = ("--rotate-pages", "--deskew", "--oversample", "300")

Tell = Callable[[ConversionProgress], None]


def archive(request: Archive, tell: Tell) -> Archived:
    """PDF/A with what text could be recognised; nothing is made where OCRmyPDF fails."""
    source = request.path
    bad = request.pictures.with_bad_text if request.has_ocr else ()
    if bad:
        forced = request.target.with_name("forced.pdf")
        if _run(source, forced, _forcing(bad), request.pictures, tell) == _OK:
            source = forced
    recognising = (
        _RECOGNISING if request.pictures.all_pages and request.has_ocr else ("--tesseract-timeout", "0")
    )
    options = ["--skip-text", "--output-type", "pdfa-2", *recognising]
    status = _run(source, request.target, options, request.pictures, tell)
    is_made = status in (_OK, _NOT_ARCHIVAL) and request.target.is_file()
    return Archived(is_made=is_made, is_archival=status == _OK)


def _forcing(pages: Sequence[int]) -> list[str]:
    return ["--force-ocr", "--output-type", "pdf", "--pages", ",".join(map(str, pages)), *_RECOGNISING]


def _run(source: Path, target: Path, options: Sequence[str], pictures: PicturePages, tell: Tell) -> int:
    """OCRmyPDF's status. Tells of each page that is recognised."""
    jobs = str(os.cpu_count() or 1)
    command = ["ocrmypdf", "-v1", "-l", OCR_LANGUAGE, "--optimize", "0", "--jobs", jobs, *options]
    if "--tesseract-timeout" not in options:
        command += ["--tesseract-timeout", str(SECONDS_A_PAGE)]
    # One thread for each of Tesseract's processes, of which there is one a core.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    pages = set(pictures.all_pages)
    try:
        with running(
            [*command, str(source), str(target)],
            timeout_seconds=SECONDS_A_PAGE * (len(pages) + 1),
            environment=environment,
            stderr=subprocess.PIPE,
        ) as process:
            _follow(process, pages, tell)
            return process.wait()
    except subprocess.TimeoutExpired:
        return _TIME_OVER


def _follow(process: "subprocess.Popen[bytes]", waiting: set[int], tell: Tell) -> None:
    pages = len(waiting)
    for line in process.stderr or ():
        found = _PAGE_DONE.match(line)
        if found and int(found[1]) in waiting:
            waiting.discard(int(found[1]))
            done = pages - len(waiting)
            tell(ConversionProgress(step=ConversionStep.OCR, done_pages=done, pages=pages))
