"""Which of the programs that documents need are installed: LibreOffice for pages, OCRmyPDF for scans."""

import shutil
import subprocess
from functools import cache

from tasks.processes.child_process import finished

OFFICE = "soffice"
OCR_PROGRAMS = ("ocrmypdf", "tesseract", "gs")
OCR_LANGUAGE = "deu"
_PATIENCE_SECONDS = 30.0


def has_office() -> bool:
    """Whether pages can be made of office files."""
    return shutil.which(OFFICE) is not None


def has_archival() -> bool:
    """Whether PDF/A can be made."""
    return shutil.which("ocrmypdf") is not None and shutil.which("gs") is not None


@cache
def has_ocr() -> bool:
    """Whether German text can be recognised in pictures. By trial, once a process."""
    return all(shutil.which(name) for name in OCR_PROGRAMS) and OCR_LANGUAGE in _languages()


def _languages() -> list[str]:
    try:
        return finished(["tesseract", "--list-langs"], timeout_seconds=_PATIENCE_SECONDS).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return []
