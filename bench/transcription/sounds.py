"""The sounds that recognisers are compared on: speech whose text is known, and sounds without speech.

All are 16 kHz mono 16-bit WAV, made with ffmpeg (and espeak-ng) in a folder of the run.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.transcription.scoring import Spoken, plain
from tasks.audio.speech_audio import duration_seconds
from tasks.media.inspection import inspect_media
from tasks.media.transcode import extract_speech
from tests.media_samples import SAMPLES, make

MEETING, READING = "netzwerktreffen.mp4", "gelesene_saetze.flac"
FORMAT = ("-ac", "1", "-ar", "16000", "-c:a", "pcm_s16le")
GAP_SECONDS = 30.0
LONGEST_DAY_SECONDS = 36_000
# Chords of three notes, each struck every half second and dying away, through four harmonies.
PIANO = "aevalsrc=exprs='0.2*exp(-4*mod(t,0.5))*({})':s=16000"
HARMONIES = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
WITHOUT_SPEECH = {
    "silence": "anullsrc=r=16000:cl=mono",
    "white noise": "anoisesrc=color=white:amplitude=0.1:seed=1:r=16000",
    "pink noise": "anoisesrc=color=pink:amplitude=0.2:seed=1:r=16000",
    "hum": "aevalsrc=exprs='0.2*sin(2*PI*50*t)+0.1*sin(2*PI*100*t)+0.05*sin(2*PI*150*t)':s=16000",
    "steady tone": "sine=frequency=440:sample_rate=16000",
    "piano phrase": PIANO.format(
        "+".join(
            f"between(mod(t,8),{2 * at},{2 * at + 2})*({'+'.join(f'sin(2*PI*{pitch}*t)' for pitch in chord)})"
            for at, chord in enumerate(HARMONIES)
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound and what is said in it; `turns` have times where they are known."""

    name: str
    speech: Path
    turns: tuple[Spoken, ...]

    @property
    def seconds(self) -> float:
        return duration_seconds(self.speech)

    @property
    def said(self) -> list[str]:
        return words_of(self.turns)


@dataclass(frozen=True, slots=True)
class Gap:
    """A recording with half a minute without speech in it, before its turn number `at`."""

    recording: Recording
    at: int
    start_seconds: float

    @property
    def end_seconds(self) -> float:
        return self.start_seconds + GAP_SECONDS


def words_of(turns: Sequence[Spoken]) -> list[str]:
    """The plain words of the turns."""
    return [word for turn in turns for word in plain(turn.text)]


def sample(name: str, folder: Path, most_turns: int | None = None) -> Recording:
    """One of the samples as the pipeline hears it, or its first turns."""
    source, target = SAMPLES / name, folder / f"{name}.wav"
    extract_speech(source, inspect_media([source], LONGEST_DAY_SECONDS), target)
    told = json.loads(source.with_suffix(".json").read_text(encoding="utf-8"))["turns"]
    turns = tuple(Spoken(turn["text"], turn["start_seconds"], turn["end_seconds"]) for turn in told)
    whole = Recording(name, target, turns)
    return first_turns(whole, most_turns, folder) if most_turns else whole


def first_turns(whole: Recording, count: int, folder: Path) -> Recording:
    """The recording up to the pause behind its turn number `count`."""
    if count >= len(whole.turns):
        return whole
    target = folder / f"{whole.speech.stem}-{count}.wav"
    make(target, "-i", str(whole.speech), "-t", str(_pause_before(whole, count)), *FORMAT)
    return Recording(f"{whole.name}, {count} turns", target, whole.turns[:count])


def _pause_before(recording: Recording, turn: int) -> float:
    """The middle between a turn and the one before it, in seconds."""
    before, after = recording.turns[turn - 1 : turn + 1]
    return (before.end_seconds + after.start_seconds) / 2


def read_by_espeak(recording: Recording, folder: Path) -> Recording | None:
    """The recording's text in espeak-ng's robotic German; None where that is not installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        print("Left out: the reading by espeak-ng, which is not installed (apt-get install espeak-ng).")
        return None
    spoken, target = folder / "espeak.raw.wav", folder / "espeak.wav"
    text = "\n\n".join(turn.text for turn in recording.turns)
    subprocess.run([program, "-v", "de", "-w", str(spoken)], input=text, text=True, check=True)
    make(target, "-i", str(spoken), *FORMAT)
    return Recording(f"espeak-ng reads {recording.name}", target, recording.turns)


def repeated(recording: Recording, seconds: float, folder: Path) -> Recording:
    """The recording over and over, whole, so that it lasts about so long."""
    times = max(1, round(seconds / recording.seconds))
    target = folder / f"{recording.speech.stem}-x{times}.wav"
    make(target, "-stream_loop", str(times - 1), "-i", str(recording.speech), *FORMAT)
    return Recording(f"{recording.name}, {times} times", target, recording.turns * times)


def without_speech(name: str, seconds: float, folder: Path) -> Path:
    """One of the sounds in which nobody speaks."""
    target = folder / f"{name.replace(' ', '-')}-{seconds:.0f}.wav"
    return make(target, "-f", "lavfi", "-t", str(seconds), "-i", WITHOUT_SPEECH[name], *FORMAT)


def with_gap(recording: Recording, sound: str, folder: Path) -> Gap:
    """A recording with half a minute of a sound without speech in its middle, between two turns."""
    at = len(recording.turns) // 2
    cut = _pause_before(recording, at)
    target = folder / f"{recording.speech.stem}-{sound.replace(' ', '-')}-inside.wav"
    inputs = [str(recording.speech), str(without_speech(sound, GAP_SECONDS, folder))]
    parts = f"[0]atrim=end={cut}[a];[0]atrim=start={cut}[b];[a][1][b]concat=n=3:v=0:a=1"
    make(target, "-i", inputs[0], "-i", inputs[1], "-filter_complex", parts, *FORMAT)
    return Gap(Recording(f"{recording.name} with {sound}", target, recording.turns), at, cut)
