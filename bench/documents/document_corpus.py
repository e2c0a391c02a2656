"""Makes the documents to be measured: German texts of our own, of 14 kinds, with what is to be read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.document_samples import by_office, scanned, write_flat_odt, write_scan
from tests.document_texts import Part, parts, truth

DIGITAL, SCANNED = "digital", "scan"


@dataclass(frozen=True)
class Sample:
    """A document, what is to be read in it, and whether that has to be recognised first."""

    kind: str
    path: Path
    wanted: tuple[str, ...]
    nature: str


@dataclass(frozen=True)
class Kind:
    """How a document of a kind is made, and how many of a hundred are of it."""

    name: str
    nature: str
    make: Callable[[Path, int], Sample]
    share: int


def samples(folder: Path, count: int, only: Sequence[str] = ()) -> Iterator[Sample]:
    """So many documents, of all kinds in their shares or of these; always the same for the same count."""
    for kind in (each for each in KINDS if not only or each.name in only):
        for seed in range(max(1, round(count * kind.share / 100))):
            place = folder / f"{kind.name}-{seed}".replace(" ", "-")
            place.mkdir(parents=True)
            yield replace(kind.make(place, seed), kind=kind.name)


def _office(ending: str, **shape: int | bool) -> Callable[[Path, int], Sample]:
    def make(folder: Path, seed: int) -> Sample:
        found = _paper(seed, with_table=bool(shape.get("with_table")))
        layout = {name: value for name, value in shape.items() if name != "with_table"}
        source = folder / "paper.fodt"
        write_flat_odt(source, found, **layout)  # type: ignore[arg-type]
        return Sample(ending, by_office(source, ending, folder), tuple(truth(found)), DIGITAL)

    return make


def _paper(seed: int, *, with_table: bool = False) -> list[Part]:
    """Long enough for two pages, so that its running head is known for what it is."""
    return parts(1_000 + seed, 6, with_table=with_table)


def _pages_of(seed: int, folder: Path) -> Path:
    write_flat_odt(folder / "paper.fodt", _paper(seed, with_table=seed % 2 == 0))
    return by_office(folder / "paper.fodt", "pdf", folder)


def _scan(ending: str, dpi: int, degrees: float, noise: float) -> Callable[[Path, int], Sample]:
    def make(folder: Path, seed: int) -> Sample:
        path = folder / f"scan.{ending}"
        pages = scanned(_pages_of(seed, folder), dpi, degrees=degrees * (-1) ** seed, noise=noise, seed=seed)
        write_scan(path, pages, dpi)
        wanted = tuple(truth(_paper(seed, with_table=seed % 2 == 0)))
        return Sample(f"{ending} {dpi} dpi", path, wanted, SCANNED)

    return make


def _written(ending: str, encoding: str = "utf-8") -> Callable[[Path, int], Sample]:
    def make(folder: Path, seed: int) -> Sample:
        found = [part for part in _paper(seed) if part.kind != "li"]
        path = folder / f"paper.{ending}"
        path.write_bytes(_WRITERS[ending](found).encode(encoding))
        return Sample(f"{ending} {encoding}", path, tuple(truth(found)), DIGITAL)

    return make


def _markdown(found: list[Part]) -> str:
    marks = {"h1": "# ", "h2": "## "}
    return "\n\n".join(marks.get(part.kind, "") + part.text for part in found)


def _web(found: list[Part]) -> str:
    body = "".join(f"<{part.kind}>{part.text}</{part.kind}>" for part in found)
    return f"<!doctype html><html lang='de'><head><meta charset='utf-8'></head><body>{body}</body></html>"


_WRITERS: dict[str, Callable[[list[Part]], str]] = {
    "md": _markdown,
    "html": _web,
    "txt": lambda found: "\r\n\r\n".join(part.text for part in found),
}

KINDS = (
    Kind("pdf", DIGITAL, _office("pdf"), 14),
    Kind("pdf table", DIGITAL, _office("pdf", with_table=True, justified=True), 10),
    Kind("pdf columns", DIGITAL, _office("pdf", columns=2, justified=True), 12),
    Kind("pdf indents", DIGITAL, _office("pdf", indented=True, justified=True), 8),
    Kind("docx", DIGITAL, _office("docx", with_table=True), 8),
    Kind("odt", DIGITAL, _office("odt"), 6),
    Kind("doc", DIGITAL, _office("doc"), 3),
    Kind("rtf", DIGITAL, _office("rtf"), 3),
    Kind("md", DIGITAL, _written("md"), 8),
    Kind("txt", DIGITAL, _written("txt", "cp1252"), 8),
    Kind("html", DIGITAL, _written("html"), 8),
    Kind("scan 300", SCANNED, _scan("pdf", 300, 0.7, 6), 4),
    Kind("scan 150", SCANNED, _scan("pdf", 150, 0.5, 4), 4),
    Kind("scan tiff", SCANNED, _scan("tiff", 200, -1.0, 10), 4),
)
