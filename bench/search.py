"""Our search beside PostgreSQL's: the same records and queries in one run, speed and correctness.

`python -m bench.search` generates 5,000 hours of meetings, builds our index and
a PostgreSQL table with its German full-text search, asks both the same queries,
and judges both by hand-made pairs of query and expectation (`search_pairs.json`).
Pairs are judged for PostgreSQL twice, with a row a sentence and a row a record;
one right answer is enough.
"""

import argparse
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psycopg

from bench.postgres import PostgresSearch, running_postgres
from bench.search_corpus import SEED, generate, read_seed
from bench.search_pairs import Pair, read_pairs, small_records
from transcripts.german_words import FUNCTION_WORDS
from transcripts.search.database import IndexDatabase
from transcripts.search.passages import Place, SearchableRecord, Sentence
from transcripts.search.searching import search
from transcripts.search.writing import write_records

HERE = Path(__file__).parent
WORD_LISTS = (Path("/usr/share/dict/ngerman"),)
BATCH_RECORDS = 300
QUERIES = 400


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder, running_postgres() as connection:
        judge(Path(folder), connection)
        if options.hours:
            compare_speed(options, Path(folder), PostgresSearch(connection))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=5000, help="of generated speech; 0: only the pairs")
    parser.add_argument(
        "--seed", type=Path, action="append", default=None, help="folder with transcripts to write from"
    )
    return parser.parse_args()


# Correctness


def judge(folder: Path, connection: psycopg.Connection) -> None:
    """Print which pairs each system gets right."""
    records, pairs = small_records(), read_pairs()
    ours = IndexDatabase.for_writing(folder / "pairs.sqlite")
    write_records(ours, records)
    our_answers = [[each.id for each in search(ours, pair.query, limit=50).records] for pair in pairs]
    by_sentence = _postgres_answers(connection, records, pairs)
    by_record = _postgres_answers(connection, [_in_one_row(each) for each in records], pairs)
    right = {"ours": 0, "postgres": 0}
    for pair, our, sentences, whole in zip(pairs, our_answers, by_sentence, by_record, strict=True):
        verdicts = pair.is_met_by(our), pair.is_met_by(sentences) or pair.is_met_by(whole)
        right["ours"] += verdicts[0]
        right["postgres"] += verdicts[1]
        if verdicts != (True, True):
            shown = ["right" if verdict else "WRONG" for verdict in verdicts]
            print(f"  {pair.area:<12} {pair.query:<36} ours {shown[0]}  PostgreSQL {shown[1]}")
            if not verdicts[0]:
                print("      found", our)
    print(f"pairs met: ours {right['ours']} of {len(pairs)}, PostgreSQL {right['postgres']} of {len(pairs)}")


def _postgres_answers(
    connection: psycopg.Connection, records: Sequence[SearchableRecord], pairs: Sequence[Pair]
) -> list[list[str]]:
    postgres = PostgresSearch(connection)
    postgres.load(records)
    postgres.finish()
    return [postgres.search(pair.query) for pair in pairs]


def _in_one_row(record: SearchableRecord) -> SearchableRecord:
    text = " ".join(sentence.text for sentence in record.sentences)
    return replace(record, sentences=(Sentence(Place.SPEECH, 0.0, text),))


# Speed


def compare_speed(options: argparse.Namespace, folder: Path, postgres: PostgresSearch) -> None:
    """Print times to build and to ask, and sizes."""
    folders = options.seed or [HERE.parent / "tests/samples"]
    seed = read_seed(folders, [each for each in WORD_LISTS if each.exists()])
    print(f"seed: {len(seed.words):,} words of text, vocabulary {len(seed.vocabulary):,}")
    ours = IndexDatabase.for_writing(folder / "speech.sqlite")
    words = text_bytes = count = 0
    our_seconds = our_cpu_seconds = postgres_seconds = 0.0
    sampled: list[SearchableRecord] = []
    for batch in _batches(generate(seed, options.hours)):
        started, cpu_started = time.perf_counter(), time.process_time()
        write_records(ours, batch)
        our_seconds += time.perf_counter() - started
        our_cpu_seconds += time.process_time() - cpu_started
        started = time.perf_counter()
        postgres.load(batch)
        postgres_seconds += time.perf_counter() - started
        texts = [sentence.text for record in batch for sentence in record.sentences]
        words += sum(text.count(" ") + 1 for text in texts)
        text_bytes += sum(len(text.encode()) + 1 for text in texts)
        count += len(batch)
        sampled.extend(batch[:2])
    started = time.perf_counter()
    postgres.finish()
    postgres_seconds += time.perf_counter() - started
    size_bytes = sum(file.stat().st_size for file in folder.glob("speech.sqlite*"))
    print(
        f"{options.hours:,.0f} hours, {count:,} records, {words:,} words, {text_bytes / 1e6:,.0f} MB of text"
    )
    print(f"build  ours {our_seconds:7.0f} s = {options.hours / our_seconds:5.1f} h/s", end=" ")
    print(f"({our_cpu_seconds:.0f} s of processor = {options.hours / our_cpu_seconds:.1f} h/s)")
    print(f"       PostgreSQL {postgres_seconds:7.0f} s = {options.hours / postgres_seconds:5.1f} h/s")
    print(f"size   ours {size_bytes / 1e6:7.0f} MB = {size_bytes / text_bytes:.2f} x text")
    theirs_bytes = postgres.size_bytes()
    print(f"       PostgreSQL {theirs_bytes / 1e6:7.0f} MB = {theirs_bytes / text_bytes:.2f} x text")
    _one_more(ours, replace(sampled[0], id="one-more"))
    queries = list(_queries(sampled))
    _time_queries("ours", queries, lambda query: len(search(ours, query).records))
    _time_queries("PostgreSQL", queries, lambda query: len(postgres.search(query)))
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _batches(records: Iterator[SearchableRecord]) -> Iterator[list[SearchableRecord]]:
    batch: list[SearchableRecord] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH_RECORDS:
            yield batch
            batch = []
    if batch:
        yield batch


def _one_more(ours: IndexDatabase, record: SearchableRecord) -> None:
    for what, gone in (("add", ()), ("drop", (record.id,))):
        started = time.perf_counter()
        write_records(ours, () if gone else (record,), gone)
        print(f"{what} one record {time.perf_counter() - started:.2f} s")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and what kind it is of."""

    kind: str
    text: str


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


def _time_queries(name: str, queries: Sequence[Asked], ask: Callable[[str], int]) -> None:
    for asked in queries[:20]:
        ask(asked.text)
    taken: dict[str, list[float]] = {}
    for asked in queries:
        started = time.perf_counter()
        ask(asked.text)
        taken.setdefault(asked.kind, []).append(1000 * (time.perf_counter() - started))
    everything = [each for some in taken.values() for each in some]
    for kind, times in [("all", everything), *sorted(taken.items())]:
        p95 = statistics.quantiles(times, n=20)[-1]
        print(
            f"{name:<11} {kind:<10} {len(times):4} queries: median {statistics.median(times):7.1f} ms, "
            f"p95 {p95:7.1f} ms, longest {max(times):7.1f} ms"
        )


if __name__ == "__main__":
    main()
