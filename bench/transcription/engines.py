"""The recognisers that are compared, each run in a process of its own on the same sound and weights.

`python -m bench.transcription.engines ENGINE MODEL SPEECH` prints one run as JSON.
Loading the model is not counted; finding speech is. whisper.cpp is no dependency
of the project: uv lays its package over the environment for that process alone.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.transcription.scoring import Spoken

THREADS = 2
LANGUAGE = "de"
WHISPER_CPP = "pywhispercpp==1.5.1"
# What whisper.cpp's own command line uses; its library would decode greedily.
BEAM_SEARCH = {"beam_size": 5, "patience": -1.0}
OURS = "ours, word times"
SEQUENTIAL = "faster-whisper, in sequence"
SEQUENTIAL_TIMED = "in sequence, word times"
BATCHED = "faster-whisper, batched"
CPP_8_BIT = "whisper.cpp, q8_0"
CPP_16_BIT = "whisper.cpp, f16"

Decode = Callable[[Path], Iterable[Spoken]]


@dataclass(frozen=True, slots=True)
class Run:
    """One engine on one recording: decoding time, and the most memory its process ever held."""

    seconds: float
    peak_megabytes: float
    spoken: tuple[Spoken, ...]

    @property
    def text(self) -> str:
        return " ".join(each.text for each in self.spoken)


@dataclass(frozen=True, slots=True)
class Models:
    """Where the weights lie: for CTranslate2, and for whisper.cpp if that can be run."""

    ctranslate2: Path
    ggml: dict[str, Path]

    def of(self, engine: str) -> Path:
        return self.ggml.get(engine, self.ctranslate2)


def main() -> None:
    """Run the engine that the command line names, once."""
    engine, model, speech = sys.argv[1:4]
    print(json.dumps(asdict(measured(engine, model, Path(speech)))))


def in_own_process(engine: str, models: Models, speech: Path) -> Run:
    """Run one engine where it shares nothing with the others."""
    command = [*python_of(engine), "-m", "bench.transcription.engines"]
    arguments = [engine, str(models.of(engine)), str(speech)]
    finished = subprocess.run([*command, *arguments], capture_output=True, text=True)
    if finished.returncode != 0:
        sys.exit(f"{engine} failed:\n{finished.stderr[-2000:]}")
    found = json.loads(finished.stdout.splitlines()[-1])
    return Run(**(found | {"spoken": tuple(Spoken(**each) for each in found["spoken"])}))


def python_of(engine: str) -> list[str]:
    """The interpreter that has the engine's packages."""
    if engine not in (CPP_8_BIT, CPP_16_BIT):
        return [sys.executable]
    uv = str(Path(sys.executable).with_name("uv"))
    return [uv, "run", "--quiet", "--frozen", "--no-sync", "--with", WHISPER_CPP, "python"]


def models_for_all(model: Path, folder: Path) -> Models:
    """Convert the weights for whisper.cpp; where it cannot be installed, say so and leave it out."""
    command = [*python_of(CPP_8_BIT), "-c", "import pywhispercpp.model"]
    tried = subprocess.run(command, capture_output=True, text=True)
    if tried.returncode != 0:
        print(f"Left out: whisper.cpp, since {WHISPER_CPP} cannot be installed here.", flush=True)
        return Models(model, {})
    from bench.transcription.ggml import convert

    files = {CPP_8_BIT: folder / "q8_0.bin", CPP_16_BIT: folder / "f16.bin"}
    for engine, file in files.items():
        convert(model, file, quantized=engine == CPP_8_BIT)
    return Models(model, files)


def measured(engine: str, model: str, speech: Path) -> Run:
    """Time an engine once, its model already loaded."""
    decode = ENGINES[engine](model)
    started = time.monotonic()
    spoken = tuple(decode(speech))
    return Run(time.monotonic() - started, peak_megabytes(), spoken)


def peak_megabytes() -> float:
    """The most memory this process held (`VmHWM`): unlike getrusage's figure not its parent's too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def ours(model: str) -> Decode:
    """Window by window, as the flow does it, without a glossary."""
    from tasks.recognition.freed_memory import keep_freed_memory
    from tasks.recognition.transcribe import TranscriptionOptions, transcribe_window, windows_of

    keep_freed_memory()
    options = TranscriptionOptions(model, LANGUAGE, "cpu", "int8", THREADS, ())

    def decode(speech: Path) -> Iterable[Spoken]:
        for window in windows_of(speech):
            for word in transcribe_window(speech, window, model, options).words:
                yield Spoken(word.text, word.start_seconds, word.end_seconds)

    return warmed(decode)


def in_sequence(model: str) -> Decode:
    """faster-whisper's defaults, as the Council Data Project and Opencast use it."""
    loaded = _whisper_model(model)
    return lambda speech: _stretches(loaded.transcribe(str(speech), language=LANGUAGE)[0])


def in_sequence_with_word_times(model: str) -> Decode:
    """faster-whisper's defaults and its word times."""
    loaded = _whisper_model(model)

    def decode(speech: Path) -> Iterable[Spoken]:
        segments, _ = loaded.transcribe(str(speech), language=LANGUAGE, word_timestamps=True)
        return (Spoken(word.word, word.start, word.end) for each in segments for word in each.words or ())

    return decode


def batched(model: str) -> Decode:
    """faster-whisper's batched pipeline with its defaults, which is WhisperX's way."""
    from faster_whisper import BatchedInferencePipeline

    pipeline = BatchedInferencePipeline(_whisper_model(model))
    return lambda speech: _stretches(pipeline.transcribe(str(speech), language=LANGUAGE)[0])


def whisper_cpp(model: str) -> Decode:
    """whisper.cpp as its command line does it: beam of 5, text before as context."""
    from pywhispercpp.model import Model  # type: ignore[import-not-found] # uv brings it for this process

    from tasks.audio.speech_audio import duration_seconds, read_samples

    options = {"n_threads": THREADS, "language": LANGUAGE, "print_progress": False}
    loaded = Model(
        model,
        params_sampling_strategy=1,
        beam_search=BEAM_SEARCH,
        redirect_whispercpp_logs_to=None,
        **options,
    )

    def decode(speech: Path) -> Iterable[Spoken]:
        for each in loaded.transcribe(read_samples(speech, 0.0, duration_seconds(speech))):
            yield Spoken(each.text, each.t0 / 100, each.t1 / 100)

    return decode


ENGINES: dict[str, Callable[[str], Decode]] = {
    OURS: ours,
    SEQUENTIAL: in_sequence,
    SEQUENTIAL_TIMED: in_sequence_with_word_times,
    BATCHED: batched,
    CPP_8_BIT: whisper_cpp,
    CPP_16_BIT: whisper_cpp,
}


def engines_for(models: Models, wanted: Sequence[str]) -> list[str]:
    """Those of the wanted engines that can be run here."""
    return [each for each in wanted if each in models.ggml or not each.startswith("whisper.cpp")]


def warmed(decode: Decode) -> Decode:
    """Ours loads at its first window: let it hear some seconds of a sample first."""
    from tests.media_samples import meeting_clip

    with tempfile.TemporaryDirectory() as folder:
        codecs = ("-vn", "-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le")
        list(decode(meeting_clip(Path(folder) / "warm.wav", 0, 3, *codecs)))
    return decode


def _whisper_model(model: str) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=THREADS)


def _stretches(segments: Iterable[Any]) -> Iterable[Spoken]:
    return (Spoken(each.text, each.start, each.end) for each in segments)


if __name__ == "__main__":
    main()
