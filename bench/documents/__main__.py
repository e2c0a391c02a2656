"""How right, how fast and with how much memory documents are converted, on a corpus that is made here.

`python -m bench.documents [--count 200] [--only pdf docx] [--long]` converts documents of 14 kinds, and with
`--long` a PDF of 1,000 pages. Exits with 1 where less than 99 % of the characters of digital documents are
right, or less than 95 % of those of scans; or where fewer than 300 pages of the long one are done a minute.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from bench.documents.document_corpus import DIGITAL, SCANNED, Sample, samples
from tasks.documents.conversion import convert_document
from tests.document_samples import shown, write_pdf
from tests.document_texts import SENTENCES

LEAST_RIGHT = {DIGITAL: 0.99, SCANNED: 0.95}
LEAST_PAGES_A_MINUTE = 300
LONG_PAGES, LINES_A_PAGE = 1_000, 40


@dataclass(frozen=True)
class Result:
    """One document: the share of characters that are right, its pages, and how long it took."""

    right: float
    pages: int
    seconds: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", nargs="*", default=[], help="of these kinds alone")
    parser.add_argument("--long", action="store_true", help="a PDF of 1,000 pages, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        is_right = _corpus(Path(name), arguments.count, arguments.only)
        is_fast = _long_pdf(Path(name)) if arguments.long else True
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"most memory of one process: {peak:.0f} MiB")
    sys.exit(0 if is_right and is_fast else 1)


def _corpus(folder: Path, count: int, only: list[str]) -> bool:
    results: defaultdict[tuple[str, str], list[Result]] = defaultdict(list)
    table = Table("kind", "documents", "right (mean)", "right (least)", "pages", "s a page", "ocrmypdf alone")
    alone: dict[str, str] = {}
    for sample in samples(folder, count, only):
        results[sample.nature, sample.kind].append(_measured(sample))
        if sample.nature == SCANNED and sample.kind not in alone and sample.path.suffix == ".pdf":
            alone[sample.kind] = f"{_ocrmypdf_alone(sample.path):.1f} s a document"
    is_right = True
    for (nature, kind), found in results.items():
        mean = sum(each.right for each in found) / len(found)
        is_right = is_right and mean >= LEAST_RIGHT[nature]
        pages = sum(each.pages for each in found)
        seconds = sum(each.seconds for each in found) / max(1, pages)
        least = min(each.right for each in found)
        table.add_row(
            kind,
            str(len(found)),
            f"{mean:.2%}",
            f"{least:.2%}",
            str(pages),
            f"{seconds:.2f}",
            alone.get(kind, ""),
        )
    Console(width=120).print(table)
    return is_right


def _measured(sample: Sample) -> Result:
    started = time.monotonic()
    converted = convert_document(sample.path, sample.path.parent / "out")
    seconds = time.monotonic() - started
    wanted = "\n".join(sample.wanted)
    got = "\n".join(each.text for each in converted.text.paragraphs)
    return Result(1 - Levenshtein.distance(wanted, got) / len(wanted), len(converted.text.pages), seconds)


def _ocrmypdf_alone(path: Path) -> float:
    started = time.monotonic()
    command = ["ocrmypdf", "-l", "deu", "--rotate-pages", "--deskew", "--output-type", "pdfa-2"]
    command += ["--oversample", "300", "--optimize", "0", str(path), str(path.with_suffix(".alone.pdf"))]
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - started


def _long_pdf(folder: Path) -> bool:
    """Whether a long PDF is done fast enough."""
    path = folder / "long.pdf"
    write_pdf(path, [_page(number) for number in range(LONG_PAGES)])
    started = time.monotonic()
    converted = convert_document(path, folder / "out")
    seconds = time.monotonic() - started
    paragraphs = len(converted.text.paragraphs)
    pages_a_minute = LONG_PAGES / seconds * 60
    print(
        f"{LONG_PAGES} pages: {seconds:.0f} s, {pages_a_minute:.0f} pages a minute, {paragraphs} paragraphs"
    )
    return pages_a_minute >= LEAST_PAGES_A_MINUTE


def _page(number: int) -> str:
    texts = (SENTENCES[(number + line) % len(SENTENCES)] for line in range(LINES_A_PAGE))
    return "".join(shown(text[:85], 60, 90 + 17 * line) for line, text in enumerate(texts))


if __name__ == "__main__":
    main()
