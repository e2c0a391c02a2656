"""Has LibreOffice make a PDF of an office file, without macros, links or a network. Sandboxed."""

import json
import shutil
import subprocess
from pathlib import Path

from tasks.documents.document_tools import OFFICE
from tasks.processes.child_process import finished
from transcripts.documents.file_kinds import FileKind

# It is within the sandbox already, which ends it in any case; this is for one that hangs without working.
SECONDS = 600
_FILTERS = {
    FileKind.XLSX: "calc_pdf_Export",
    FileKind.ODS: "calc_pdf_Export",
    FileKind.PPTX: "impress_pdf_Export",
    FileKind.ODP: "impress_pdf_Export",
}
# PDF/A-2b, which keeps transparency.
_OPTIONS = json.dumps({"SelectPdfVersion": {"type": "long", "value": "2"}})
_SETTING = (
    '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "1"),
)


def office_pdf(source: Path, kind: FileKind, folder: Path) -> Path | None:
    """The pages as PDF/A in `folder`; None where LibreOffice makes none."""
    folder.mkdir(parents=True)
    named = folder / f"document.{kind}"
    shutil.copyfile(source, named)
    _write_profile(folder / "profile")
    export = _FILTERS.get(kind, "writer_pdf_Export")
    command = [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", f"pdf:{export}:{_OPTIONS}", "--outdir", str(folder), str(named)]
    try:
        finished(command, timeout_seconds=SECONDS)
    except subprocess.TimeoutExpired:
        return None
    made = folder / "document.pdf"
    return made if made.is_file() and made.stat().st_size else None


def _write_profile(profile: Path) -> None:
    """Settings under which a document does nothing but show itself."""
    items = "".join(_SETTING.format(path=path, name=name, value=value) for path, name, value in _SETTINGS)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
        encoding="utf-8",
    )
