"""The sample meeting as documents of the archive, for every test that needs a believable record.

Made from `tests/samples/netzwerktreffen.json`, whose turns are known to be
right: each turn is split into sentences, which share its time by their length.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from transcripts.model import Chapter, Engine, Recording, Segment, Source, Stage, Transcript
from transcripts.pages.standalone_page import RecordPage

SAMPLES = Path(__file__).parent / "samples"
SAMPLE_VIDEO = SAMPLES / "netzwerktreffen.mp4"


def sample_recording() -> Recording:
    """The sample meeting as `recording.json` would describe it."""
    meeting = _meeting()
    return Recording(
        id="2026-11-19-losverfahren-in-kleinen-gemeinden",
        title=meeting["title"],
        recorded_on=date(2026, 11, 19),
        duration_seconds=meeting["duration_seconds"],
        source=Source(url="https://example.org/aufzeichnung", url_fingerprint="0" * 64),
        stage=Stage.ARCHIVED,
    )


def sample_transcript(with_speakers: bool = False) -> Transcript:
    """What was said, one segment a sentence; speakers are left out as a recogniser would, unless wanted."""
    meeting = _meeting()
    sentences = [sentence for turn in meeting["turns"] for sentence in _sentences(turn)]
    segments = tuple(
        sentence.model_copy(
            update={"id": f"s{number:04}", "speaker": sentence.speaker if with_speakers else None}
        )
        for number, sentence in enumerate(sentences, start=1)
    )
    return Transcript(
        duration_seconds=meeting["duration_seconds"],
        engine=Engine(name="faster-whisper", model="base"),
        segments=segments,
    )


def sample_chapters() -> tuple[Chapter, ...]:
    """The five chapters of the sample meeting, as its agenda names them."""
    return tuple(Chapter(origin="agenda", **chapter) for chapter in _meeting()["chapters"])


def sample_page(has_video: bool = True, with_speakers: bool = False) -> RecordPage:
    """Everything the sample record's page is made of."""
    return RecordPage(
        recording=sample_recording(),
        transcript=sample_transcript(with_speakers),
        chapters=sample_chapters(),
        has_video=has_video,
        has_poster=has_video,
        network_name="Netzwerk Bürgerräte",
        captions_vtt=sample_captions(),
    )


def sample_captions() -> str:
    """A WebVTT file with one cue a sentence."""
    cues = (
        f"{_timestamp(segment.start_seconds)} --> {_timestamp(segment.end_seconds)}\n{segment.text}\n"
        for segment in sample_transcript().segments
    )
    return "\n".join(("WEBVTT\n", *cues))


def _meeting() -> Any:
    return json.loads((SAMPLES / "netzwerktreffen.json").read_text(encoding="utf-8"))


def _timestamp(seconds: float) -> str:
    minutes, second = divmod(seconds, 60)
    return f"{int(minutes):02}:{second:06.3f}"


def _sentences(turn: dict[str, Any]) -> list[Segment]:
    texts = re.split(r"(?<=[.?!]) ", turn["text"])
    seconds_per_letter = (turn["end_seconds"] - turn["start_seconds"]) / sum(map(len, texts))
    sentences, start = [], turn["start_seconds"]
    for text in texts:
        end = round(start + len(text) * seconds_per_letter, 2)
        sentences.append(Segment(start_seconds=start, end_seconds=end, speaker=turn["speaker"], text=text))
        start = end
    return sentences
