"""Ours beside faster-whisper's two ways of decoding: same sound, same weights, same threads.

`python -m bench.transcribe [ROUNDS]` runs each engine in a process of its own, in
turn, and prints medians: time as a share of the sound's length and against the
sequential default, peak memory, word error rate, and words lost or invented in
runs of three or more. Loading the model is not counted; finding speech is.
"""

import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import jiwer

from tasks.inspection import inspect_media
from tasks.speech_audio import duration_seconds
from tasks.transcode import extract_speech
from tasks.transcribe import TranscriptionOptions, transcribe_window, windows_of
from tasks.whisper_model import default_model_folder

SAMPLES = Path(__file__).parents[1] / "tests" / "samples"
RECORDINGS = ("netzwerktreffen.mp4", "gelesene_saetze.flac")
THREADS = 2
ROUNDS = 3
RUN_OF_WORDS = 3
OURS, SEQUENTIAL, BATCHED = "ours", "faster-whisper, in sequence", "faster-whisper, batched"


@dataclass(frozen=True, slots=True)
class Run:
    """One engine on one recording."""

    seconds: float
    peak_megabytes: float
    text: str


def main() -> None:
    """Measure and print a table for each recording."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(asdict(measured(sys.argv[2], sys.argv[3], Path(sys.argv[4])))))
        return
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        model = default_model_folder(Path(folder) / "models")
        for name in RECORDINGS:
            speech = Path(folder) / f"{name}.wav"
            extract_speech(SAMPLES / name, inspect_media([SAMPLES / name], 36_000), speech)
            table(name, speech, model, rounds)


def table(name: str, speech: Path, model: Path, rounds: int) -> None:
    """All engines on one recording, in turn; one line each."""
    runs: dict[str, list[Run]] = {engine: [] for engine in ENGINES}
    for _ in range(rounds):
        for engine in ENGINES:
            runs[engine].append(in_own_process(engine, model, speech))
    reference = said(SAMPLES / name)
    length, slowest = duration_seconds(speech), median_seconds(runs[SEQUENTIAL])
    print(f"\n{name}, {length:.0f} s, {THREADS} threads, int8, medians of {rounds}")
    print(f"{'':<28} {'x length':>9} {'x as fast':>9} {'MB':>6} {'WER %':>6} {'lost':>5} {'invented':>9}")
    for engine, each in runs.items():
        seconds = median_seconds(each)
        wrong = jiwer.process_words(reference, plain(each[-1].text))
        lost, invented = (words_in_runs(wrong.alignments[0], kind) for kind in ("delete", "insert"))
        memory = statistics.median(run.peak_megabytes for run in each)
        figures = f"{seconds / length:9.3f} {slowest / seconds:9.2f} {memory:6.0f} {100 * wrong.wer:6.2f}"
        print(f"{engine:<28} {figures} {lost:5d} {invented:9d}", flush=True)


def in_own_process(engine: str, model: Path, speech: Path) -> Run:
    """Run one engine where it shares nothing with the others."""
    command = [sys.executable, "-m", "bench.transcribe", "--one", engine, str(model), str(speech)]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Run(**json.loads(finished.stdout))


def measured(engine: str, model: str, speech: Path) -> Run:
    """Time an engine once, its model already loaded."""
    decode = ENGINES[engine](model)
    started = time.monotonic()
    text = " ".join(decode(speech))
    seconds = time.monotonic() - started
    return Run(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, text)


def ours(model: str) -> Callable[[Path], Iterable[str]]:
    """Window by window, as the flow does it, without a glossary."""
    options = TranscriptionOptions(model, "de", "cpu", "int8", THREADS, ())

    def decode(speech: Path) -> Iterable[str]:
        for window in windows_of(speech):
            yield from (word.text for word in transcribe_window(speech, window, model, options).words)

    return warmed(decode)


def in_sequence(model: str) -> Callable[[Path], Iterable[str]]:
    """faster-whisper's defaults."""
    from faster_whisper import WhisperModel

    loaded = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=THREADS)
    return lambda speech: (segment.text for segment in loaded.transcribe(str(speech), language="de")[0])


def batched(model: str) -> Callable[[Path], Iterable[str]]:
    """faster-whisper's batched pipeline with its defaults."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=THREADS)
    pipeline = BatchedInferencePipeline(loaded)
    return lambda speech: (segment.text for segment in pipeline.transcribe(str(speech), language="de")[0])


ENGINES = {OURS: ours, SEQUENTIAL: in_sequence, BATCHED: batched}


def warmed(decode: Callable[[Path], Iterable[str]]) -> Callable[[Path], Iterable[str]]:
    """Ours loads at its first window: let it hear a second of a sample first."""
    from tests.media_samples import meeting_clip

    with tempfile.TemporaryDirectory() as folder:
        codecs = ("-vn", "-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le")
        list(decode(meeting_clip(Path(folder) / "warm.wav", 0, 3, *codecs)))
    return decode


def median_seconds(runs: list[Run]) -> float:
    """The middle of the runs' times."""
    return statistics.median(run.seconds for run in runs)


def said(recording: Path) -> str:
    """What was said, from the text beside the recording."""
    turns = json.loads(recording.with_suffix(".json").read_text(encoding="utf-8"))["turns"]
    return plain(" ".join(turn["text"] for turn in turns))


def plain(text: str) -> str:
    """Lower case, no punctuation, single spaces: the same for every engine."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def words_in_runs(alignment: Iterable[jiwer.AlignmentChunk], kind: str) -> int:
    """Words lost ("delete") or invented ("insert") three or more in a row."""
    ends = {"delete": ("ref_start_idx", "ref_end_idx"), "insert": ("hyp_start_idx", "hyp_end_idx")}[kind]
    lengths = [getattr(each, ends[1]) - getattr(each, ends[0]) for each in alignment if each.type == kind]
    return sum(length for length in lengths if length >= RUN_OF_WORDS)


if __name__ == "__main__":
    main()
