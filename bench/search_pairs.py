"""Hand-made pairs of query and expectation, over short texts that are a record each (`search_pairs.json`)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from transcripts.search.passages import Place, SearchableRecord, Sentence

PAIRS = Path(__file__).parent / "search_pairs.json"


@dataclass(frozen=True, slots=True)
class Pair:
    """A query, the texts it must find, the first before the rest if `ordered`, and those it must not find."""

    area: str
    query: str
    occurrences: tuple[str, ...]
    misses: tuple[str, ...] = ()
    ordered: bool = False

    def is_met_by(self, found: Sequence[str]) -> bool:
        """Whether records in order of rank are what is expected."""
        places = [found.index(each) for each in self.occurrences if each in found]
        complete = len(places) == len(self.occurrences)
        in_order = not self.ordered or places[:1] == sorted(places)[:1]
        return complete and in_order and not set(self.misses) & set(found)


def read_pairs() -> list[Pair]:
    """The hand-made pairs."""
    document = json.loads(PAIRS.read_text(encoding="utf-8"))
    return [_pair(each, document["texts"]) for each in document["pairs"]]


def small_records() -> list[SearchableRecord]:
    """A record for each of the texts that the pairs speak of."""
    document = json.loads(PAIRS.read_text(encoding="utf-8"))
    return [_small_record(name, text) for name, text in document["texts"].items()]


def _pair(given: dict[str, Any], texts: dict[str, str]) -> Pair:
    """A pair of the file; to miss "*" is to find nothing at all."""
    misses = given.get("misses", [])
    return Pair(
        area=given["area"],
        query=given["query"],
        occurrences=tuple(given["finds"]),
        misses=tuple(texts if misses == ["*"] else misses),
        ordered=given.get("ordered", False),
    )


def _small_record(name: str, text: str) -> SearchableRecord:
    sentences = [each for each in re.split(r"(?<=[.?!]) ", text) if each]
    timed = [Sentence(Place.SPEECH, 5.0 * number, each) for number, each in enumerate(sentences)]
    return SearchableRecord(name, "1", "Aufzeichnung", date(2026, 11, 19), 60.0, tuple(timed))
