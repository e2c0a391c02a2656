"""Damage for tests: whatever a disk, a bad program or a slip of the hand may do to a stored file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import strategies

from transcripts.model import LARGEST_BYTES

WRONG_VALUES: tuple[Any, ...] = (
    *(-1, -0.5, 0, 10**30, 1e300, float("nan"), float("inf"), float("-inf"), True, None),
    *(
        "",
        "ü" * 300_000,
        "../../oben",
        "\x00\x0b",
        "0001-01-01",
        "9999-12-31T23:59:59Z",
        "2026-11-19T19:30:00",
    ),
    *([], {}, [[]], {"id": -1}, "9" * 5000),
)


@dataclass(frozen=True, slots=True)
class Damage:
    """One way to damage a file; `is_noted` lets the record's manifests say that it should be so."""

    kind: str
    content: bytes = b""
    share: float = 0.5
    leaf: int = 0
    value: int = 0
    is_noted: bool = False

    def do(self, file: Path) -> None:
        """Damage a file of a record, or any other."""
        before = file.read_bytes()
        if self.kind == "missing":
            file.unlink()
            return
        if self.kind == "folder":
            file.unlink()
            file.mkdir()
            return
        if self.kind == "endless":
            with file.open("wb") as stream:
                stream.truncate(LARGEST_BYTES + 1)  # holes: it takes no room
            return
        after = self.changed(before)
        file.write_bytes(after)
        if self.is_noted:
            _note(file, before, after)

    def changed(self, before: bytes) -> bytes:
        """What becomes of a file's content."""
        match self.kind:
            case "bytes":
                return self.content
            case "cut":
                return before[: int(len(before) * self.share)]
            case "utf-16":
                return before.decode("utf-8", "replace").encode("utf-16")
            case "latin-1":
                return before.decode("utf-8", "replace").replace("e", "ü").encode("latin-1", "replace")
            case "deep":
                return b'{"segments":' * 100_000
            case _:
                return self._with_wrong_value(before)

    def _with_wrong_value(self, before: bytes) -> bytes:
        try:
            document = json.loads(before)
        except ValueError:
            return b"\x00" + before
        leaves = list(_leaves(document))
        if not leaves:
            return b"{}"
        holder, key = leaves[self.leaf % len(leaves)]
        holder[key] = WRONG_VALUES[self.value % len(WRONG_VALUES)]
        return json.dumps(document).encode("utf-8", "surrogatepass")


def damages() -> strategies.SearchStrategy[Damage]:
    """All ways."""
    kinds = ("bytes", "cut", "utf-16", "latin-1", "deep", "missing", "folder", "endless", *["value"] * 8)
    return strategies.builds(
        Damage,
        kind=strategies.sampled_from(kinds),
        content=strategies.binary(max_size=200),
        share=strategies.floats(0, 0.99),
        leaf=strategies.integers(0, 400),
        value=strategies.integers(0, len(WRONG_VALUES) - 1),
        is_noted=strategies.booleans(),
    )


def _leaves(document: Any) -> Iterator[tuple[Any, Any]]:
    pairs: Any = ()
    if isinstance(document, dict):
        pairs = document.items()
    elif isinstance(document, list):
        pairs = enumerate(document)
    for key, value in list(pairs):
        yield document, key
        yield from _leaves(value)


def _note(file: Path, before: bytes, after: bytes) -> None:
    """Let every manifest beside the file name its new content."""
    record = next((each for each in file.parents if each.parent.name == "recordings"), None)
    for manifest in (record / "manifest.json", *(record / "history").glob("*.json")) if record else ():
        if manifest == file or not manifest.is_file():
            continue
        document = json.loads(manifest.read_bytes())
        for each in document["objects"]:
            if each["sha256"] == sha256(before).hexdigest():
                each["sha256"], each["bytes"] = sha256(after).hexdigest(), len(after)
        manifest.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
