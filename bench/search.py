"""Our search beside PostgreSQL's and SQLite's FTS5: the same records and queries in one run.

`python -m bench.search` generates 5,000 hours of meetings, builds our index, a PostgreSQL table
with its German full-text search and an FTS5 table of stems, asks all the same queries,
and judges all by hand-made pairs of query and expectation (`search_pairs.json`).
Pairs are judged for the others with a row a sentence and a row a record, for PostgreSQL also with
words in different sentences of a record; one right answer is enough.
"""

import argparse
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psycopg

from bench.fts5 import Fts5Search
from bench.postgres import PostgresSearch, running_postgres
from bench.running.termination import end_on_sigterm
from bench.search_corpus import SEED, generate, read_seed
from bench.search_pairs import Pair, read_pairs, small_records
from tasks.search.index_database import IndexDatabase
from tasks.search.index_writer import write_records
from tasks.search.searching import search
from transcripts.german.topic_words import FUNCTION_WORDS
from transcripts.search.passages import Place, SearchableRecord, Sentence

HERE = Path(__file__).parent
WORD_LISTS = (Path("/usr/share/dict/ngerman"),)
BATCH_RECORDS = 300
QUERIES = 400
WARMING = 20


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    options = _options()
    with tempfile.TemporaryDirectory() as folder, running_postgres() as connection:
        judge(Path(folder), connection)
        if options.hours:
            compare_speed(options, Path(folder), _fresh(PostgresSearch(connection)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=5000, help="of generated speech; 0: only the pairs")
    parser.add_argument(
        "--seed", type=Path, action="append", default=None, help="folder with transcripts to write from"
    )
    parser.add_argument(
        "--skip-fts5", action="store_true", help="measure the speed of ours and PostgreSQL's only"
    )
    return parser.parse_args()


# Correctness


def judge(folder: Path, connection: psycopg.Connection) -> None:
    """Print which pairs each system gets right."""
    records, pairs = small_records(), read_pairs()
    in_one_row = [_in_one_row(each) for each in records]
    # Each contender's answers, or those with a row a sentence and those with a row a record.
    answers = {
        "ours": [_our_answers(folder / "pairs.sqlite", records, pairs)],
        "FTS5": [
            _answers(Fts5Search(folder / "sentences.sqlite"), records, pairs),
            _answers(Fts5Search(folder / "records.sqlite"), in_one_row, pairs),
        ],
        "PostgreSQL": [
            _answers(_fresh(PostgresSearch(connection)), records, pairs),
            _answers(_fresh(PostgresSearch(connection, words_apart=True)), records, pairs),
            _answers(_fresh(PostgresSearch(connection)), in_one_row, pairs),
        ],
    }
    right = dict.fromkeys(answers, 0)
    for number, pair in enumerate(pairs):
        met = {name: any(pair.is_met_by(each[number]) for each in some) for name, some in answers.items()}
        right = {name: count + met[name] for name, count in right.items()}
        if not all(met.values()):
            shown = "  ".join(f"{name} {'right' if met[name] else 'WRONG'}" for name in met)
            print(f"  {pair.area:<12} {pair.query:<36} {shown}")
        if not met["ours"]:
            print("      found", answers["ours"][0][number])
    print("pairs met of", len(pairs), right)


def _our_answers(path: Path, records: Sequence[SearchableRecord], pairs: Sequence[Pair]) -> list[list[str]]:
    database = IndexDatabase.for_writing(path)
    write_records(database, records)
    return [[each.id for each in search(database, pair.query, limit=50).records] for pair in pairs]


def _answers(
    contender: Fts5Search | PostgresSearch, records: Sequence[SearchableRecord], pairs: Sequence[Pair]
) -> list[list[str]]:
    contender.load(records)
    contender.finish()
    return [contender.search(pair.query, limit=50) for pair in pairs]


def _fresh(postgres: PostgresSearch) -> PostgresSearch:
    postgres.create()
    return postgres


def _in_one_row(record: SearchableRecord) -> SearchableRecord:
    text = " ".join(sentence.text for sentence in record.sentences)
    return replace(record, sentences=(Sentence(Place.SPEECH, 0.0, text),))


# Speed


class OurSearch:
    """Ours, as the reading room uses it."""

    def __init__(self, path: Path) -> None:
        self._database = IndexDatabase.for_writing(path)

    def load(self, records: Sequence[SearchableRecord]) -> None:
        """In one transaction, as `tasks.search.index_update` does it."""
        write_records(self._database, records)

    def finish(self) -> None:
        """Leave nothing in the journal."""
        self._database.settle()

    def search(self, query: str) -> list[str]:
        """The best ten records."""
        return [each.id for each in search(self._database, query).records]


FILES: dict[str, Callable[[Path], OurSearch | Fts5Search]] = {"ours": OurSearch, "FTS5": Fts5Search}
"""The contenders that are a file, asked in a process of their own."""


@dataclass(slots=True)
class Build:
    """How long one contender needed to take everything in."""

    seconds: float = 0.0
    processor_seconds: float = 0.0

    @contextmanager
    def measured(self, processor: Callable[[], float]) -> Iterator[None]:
        """Add what happens within."""
        started, processor_started = time.perf_counter(), processor()
        yield
        self.seconds += time.perf_counter() - started
        self.processor_seconds += processor() - processor_started


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and what kind it is of."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What one query took, on the clock and of the processor."""

    kind: str
    wall_ms: float
    processor_ms: float


@dataclass(frozen=True, slots=True)
class Contender:
    """One search, how its processor time is told, and what building its index took."""

    name: str
    search: OurSearch | Fts5Search | PostgresSearch
    processor: Callable[[], float]
    build: Build

    @contextmanager
    def building(self) -> Iterator[None]:
        with self.build.measured(self.processor):
            yield


@dataclass(slots=True)
class Corpus:
    """How much was written, and some of it."""

    records: int = 0
    words: int = 0
    text_bytes: int = 0
    sampled: list[SearchableRecord] = field(default_factory=list)

    def take(self, batch: Sequence[SearchableRecord]) -> None:
        texts = [sentence.text for record in batch for sentence in record.sentences]
        self.records += len(batch)
        self.words += sum(text.count(" ") + 1 for text in texts)
        self.text_bytes += sum(len(text.encode()) + 1 for text in texts)
        self.sampled.extend(batch[:2])


def compare_speed(options: argparse.Namespace, folder: Path, postgres: PostgresSearch) -> None:
    """Print times to build and to ask, sizes and memory."""
    contenders = [
        Contender("ours", OurSearch(folder / "ours.sqlite"), time.process_time, Build()),
        Contender("FTS5", Fts5Search(folder / "FTS5.sqlite"), time.process_time, Build()),
        Contender("PostgreSQL", postgres, postgres.processor_seconds, Build()),
    ]
    contenders = [each for each in contenders if not (options.skip_fts5 and each.name == "FTS5")]
    corpus = _built(contenders, options)
    for each in contenders:
        size_bytes = _size_bytes(folder, each.name) if each.name in FILES else postgres.size_bytes()
        _print_build(each, options.hours, size_bytes, corpus.text_bytes)
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    for each in contenders:
        _add_one_more(replace(each, build=Build()), corpus.sampled[0])
    files = [each.name for each in contenders if each.name in FILES]
    _ask_all(folder, files, list(_queries(corpus.sampled)), postgres)


def _built(contenders: Sequence[Contender], options: argparse.Namespace) -> Corpus:
    """Generate the records and have all contenders take them in."""
    folders = options.seed or [HERE.parent / "tests/samples"]
    seed = read_seed(folders, [each for each in WORD_LISTS if each.exists()])
    print(f"seed: {len(seed.words):,} words of text, vocabulary {len(seed.vocabulary):,}")
    corpus = Corpus()
    for batch in _batches(generate(seed, options.hours)):
        for each in contenders:
            with each.building():
                each.search.load(batch)
        corpus.take(batch)
        print(f"  {corpus.records:,} records", flush=True)
    for each in contenders:
        with each.building():
            each.search.finish()
    print(
        f"{options.hours:,.0f} hours, {corpus.records:,} records, {corpus.words:,} words, "
        f"{corpus.text_bytes / 1e6:,.0f} MB of text"
    )
    return corpus


def _print_build(contender: Contender, hours: float, size_bytes: int, text_bytes: int) -> None:
    build = contender.build
    print(
        f"{contender.name:<10} built in {build.seconds:6.0f} s = {hours / build.seconds:5.1f} h/s, "
        f"processor {build.processor_seconds:6.0f} s = {hours / build.processor_seconds:5.1f} h/s; "
        f"{size_bytes / 1e6:6.0f} MB = {size_bytes / text_bytes:.2f} x text"
    )


def _add_one_more(contender: Contender, record: SearchableRecord) -> None:
    with contender.building():
        contender.search.load([replace(record, id="one-more")])
    took = contender.build
    print(
        f"{contender.name:<10} one record more {took.seconds:5.2f} s, "
        f"processor {took.processor_seconds:5.2f} s"
    )


def _size_bytes(folder: Path, name: str) -> int:
    return sum(file.stat().st_size for file in folder.glob(f"{name}.sqlite*"))


def _ask_all(folder: Path, files: Sequence[str], queries: Sequence[Asked], postgres: PostgresSearch) -> None:
    """Ask each query of all, one after the other, so that whatever else the machine does meets all alike."""
    apart = PostgresSearch(postgres.connection, words_apart=True)
    with ExitStack() as opened:
        elsewhere = {each: opened.enter_context(_process_for(each, folder)) for each in files}
        askers: dict[str, Callable[[Asked], Taken]] = {
            **{name: partial(_ask_elsewhere, process) for name, process in elsewhere.items()},
            "PostgreSQL": lambda asked: _ask(postgres.search, asked, postgres.processor_seconds),
            "PostgreSQL, words apart": lambda asked: _ask(apart.search, asked, postgres.processor_seconds),
        }
        taken: dict[str, list[Taken]] = {name: [] for name in askers}
        for asked in (*queries[:WARMING], *queries):
            for name, ask in askers.items():
                taken[name].append(ask(asked))
        memory = {name: process.submit(_file_memory).result() for name, process in elsewhere.items()}
    of_connection = f"{postgres.memory_bytes() / 1e6:,.0f} MB for the connection"
    for name, times in taken.items():
        _print_times(name, times[WARMING:], memory.get(name, of_connection))


def _process_for(name: str, folder: Path) -> ProcessPoolExecutor:
    """A process that has nothing but one contender, and answers by it."""
    path = folder / f"{name}.sqlite"
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_open_file, initargs=(name, path))


_opened: list[OurSearch | Fts5Search] = []
"""The one contender of such a process."""
_memory_before: list[tuple[float, float]] = []


def _open_file(name: str, path: Path) -> None:
    _memory_before.append(_memory_mb())
    _opened.append(FILES[name](path))


def _ask_elsewhere(process: ProcessPoolExecutor, asked: Asked) -> Taken:
    return process.submit(_ask_file, asked).result()


def _ask_file(asked: Asked) -> Taken:
    return _ask(_opened[0].search, asked, time.process_time)


def _file_memory() -> str:
    private, mapped = (after - before for after, before in zip(_memory_mb(), _memory_before[0], strict=True))
    return f"{private:,.0f} MB of its own, {mapped:,.0f} MB of the file mapped"


def _memory_mb() -> tuple[float, float]:
    """Memory of this process: its own, and mapped from files."""
    sizes = dict(re.findall(r"(\w+):\s+(\d+) kB", Path("/proc/self/status").read_text()))
    return int(sizes["RssAnon"]) / 1024, int(sizes["RssFile"]) / 1024


def _ask(ask: Callable[[str], list[str]], asked: Asked, processor: Callable[[], float]) -> Taken:
    started, processor_started = time.perf_counter(), processor()
    ask(asked.text)
    seconds, processor_seconds = time.perf_counter() - started, processor() - processor_started
    return Taken(asked.kind, 1000 * seconds, 1000 * processor_seconds)


def _print_times(name: str, taken: Sequence[Taken], memory: str) -> None:
    print(f"{name}: {memory}")
    for kind in ("all", *sorted({each.kind for each in taken})):
        some = [each for each in taken if kind in ("all", each.kind)]
        wall, processor = [each.wall_ms for each in some], [each.processor_ms for each in some]
        print(
            f"  {kind:<10} {len(some):4} queries: clock median {statistics.median(wall):7.1f} ms, "
            f"p95 {_p95(wall):7.1f}, longest {max(wall):7.1f}; "
            f"processor median {statistics.median(processor):7.1f} ms, p95 {_p95(processor):7.1f}"
        )


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _batches(records: Iterator[SearchableRecord]) -> Iterator[list[SearchableRecord]]:
    while batch := list(islice(records, BATCH_RECORDS)):
        yield batch


def _queries(records: Sequence[SearchableRecord]) -> Iterator[Asked]:
    """Queries made of what is said: words as often as they are said, function words left to phrases."""
    chance = np.random.default_rng(SEED)
    sentences = [s.text for record in records for s in record.sentences if s.place is Place.SPEECH]
    kinds = ["word", "words", "phrase", "beginning", "without", "slip"]
    for kind in chance.choice(kinds, QUERIES, p=[0.35, 0.3, 0.12, 0.08, 0.08, 0.07]):
        while not (query := _query(str(kind), sentences[chance.integers(len(sentences))], chance)):
            pass
        yield Asked(str(kind), query)


def _query(kind: str, sentence: str, chance: np.random.Generator) -> str:
    """A query of a kind out of a sentence; empty when the sentence does not yield one."""
    words: list[str] = [each[0] for each in re.finditer(r"[^\W\d_]+", sentence)]
    telling = [word for word in words if len(word) > 3 and word.lower() not in FUNCTION_WORDS]
    if len(words) < 4 or len(telling) < 2:
        return ""
    one, other = (telling[each] for each in chance.choice(len(telling), 2, replace=False).tolist())
    place = int(chance.integers(len(words) - 2))
    half = len(one) // 2
    queries: dict[str, str] = {
        "word": one,
        "words": f"{one} {other}",
        "phrase": '"' + " ".join(words[place : place + 3]) + '"',
        "beginning": one[: max(4, len(one) * 2 // 3)] + "*",
        "without": f"{one} -{other}",
        "slip": one[: half - 1] + one[half] + one[half - 1] + one[half + 1 :],
    }
    return queries[kind]


if __name__ == "__main__":
    main()
