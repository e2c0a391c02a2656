"""How chapters bear worse texts: `make bench-chapters DAMAGED=1`.

The same measure on copies of the folder in which every transcript was damaged in
one way, or put together anew. The damage is the same in every run.
"""

import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from bench.chapters import measure
from transcripts.chapters.moderator_phrases import openings
from transcripts.chapters.topics import topic_starts
from transcripts.model import Chapter, Segment, Transcript
from transcripts.records.record import chapters_json, chapters_of

WRONG_SHARE = 0.15
WORDS_A_LINE = 9
SPEECHES_A_MEETING = 6
SHORTEST_SPEECH_SECONDS = 120.0
GAP_SECONDS = 1.0

Document = tuple[Transcript, tuple[Chapter, ...]]
Damage = Callable[[Sequence[Document], Random], list[Document]]


def _each(change: Callable[[Transcript, Random], Transcript]) -> Damage:
    return lambda documents, chance: [(change(text, chance), chapters) for text, chapters in documents]


def _with_texts(transcript: Transcript, change: Callable[[str], str]) -> Transcript:
    segments = [one.model_copy(update={"text": change(one.text)}) for one in transcript.segments]
    return transcript.model_copy(update={"segments": tuple(one for one in segments if one.text.strip())})


def without_punctuation(transcript: Transcript, _chance: Random) -> Transcript:
    """No marks and no capitals, as some recognisers write."""
    return _with_texts(transcript, lambda text: " ".join(re.findall(r"\w+", text.lower())))


def with_wrong_words(transcript: Transcript, chance: Random) -> Transcript:
    """15 % of the words wrong: left out, said twice, cut short, or another word of the meeting."""
    spoken = [word for segment in transcript.segments for word in segment.text.split()]

    def heard(word: str) -> str:
        if chance.random() >= WRONG_SHARE:
            return word
        return chance.choice(["", f"{word} {word}", word[: max(2, len(word) // 2)], chance.choice(spoken)])

    return _with_texts(transcript, lambda text: " ".join(filter(None, map(heard, text.split()))))


def in_lines(transcript: Transcript, _chance: Random) -> Transcript:
    """Cut after every ninth word, wherever a sentence ends; times in proportion to words."""
    timed: list[tuple[str, float, float]] = []
    for segment in transcript.segments:
        words = segment.text.split()
        step = (segment.end_seconds - segment.start_seconds) / max(1, len(words))
        for at, word in enumerate(words):
            start = segment.start_seconds + at * step
            timed.append((word, start, start + step))
    lines = [timed[at : at + WORDS_A_LINE] for at in range(0, len(timed), WORDS_A_LINE)]
    segments = tuple(
        Segment(start_seconds=line[0][1], end_seconds=line[-1][2], text=" ".join(word for word, _, _ in line))
        for line in lines
    )
    return transcript.model_copy(update={"segments": segments})


def mixed(documents: Sequence[Document], chance: Random) -> list[Document]:
    """Meetings of six topics each, every one from another document, in an order by chance."""
    topics = [topic for document in documents for topic in _topics(document)]
    chance.shuffle(topics)
    count = len(topics) // SPEECHES_A_MEETING
    return [_joined(topics[at::count]) for at in range(count)]


def _topics(document: Document) -> list[list[Segment]]:
    transcript, chapters = document
    starts = [chapter.start_seconds for chapter in chapters]
    topics = [
        [one for one in transcript.segments if start - 0.05 <= one.start_seconds < end - 0.05]
        for start, end in zip(starts, [*starts[1:], float("inf")], strict=True)
    ]
    return [
        one for one in topics if one and one[-1].end_seconds - one[0].start_seconds > SHORTEST_SPEECH_SECONDS
    ]


def _joined(topics: Sequence[Sequence[Segment]]) -> Document:
    segments: list[Segment] = []
    chapters: list[Chapter] = []
    now = 0.0
    for topic in topics:
        chapters.append(Chapter(start_seconds=now, title="-"))
        shift = now - topic[0].start_seconds
        for one in topic:
            times = {"start_seconds": one.start_seconds + shift, "end_seconds": one.end_seconds + shift}
            segments.append(one.model_copy(update=times))
        now = segments[-1].end_seconds + GAP_SECONDS
    return Transcript(duration_seconds=now, segments=tuple(segments)), tuple(chapters)


DAMAGES: dict[str, Damage] = {
    "as they are": lambda documents, _chance: list(documents),
    "no punctuation, no capitals": _each(without_punctuation),
    "15 % of words wrong": _each(with_wrong_words),
    "cut every nine words": _each(in_lines),
    "topics mixed": mixed,
}


def main(folder: Path) -> None:
    """Print the figures of each damage, with announcements and without."""
    for name, damage in DAMAGES.items():
        for kind in ("announced", "unannounced"):
            documents = damage(_read(folder / "bundestag" / kind), Random(1))  # noqa: S311 - damage that can be had again
            with tempfile.TemporaryDirectory() as temporary:
                _write(documents, Path(temporary))
                figures = measure(Path(temporary), untitled, folder / "score.py")
            print(f"{name:<28} {kind:<12} {figures}", flush=True)


def untitled(transcript: Transcript) -> list[Chapter]:
    """Where chapters begin; titles take most of the time and are not judged here."""
    spoken = [one for one in transcript.segments if one.text.strip()]
    starts = topic_starts(spoken, openings([one.text for one in spoken]))
    return [Chapter(start_seconds=spoken[at].start_seconds, title="-") for at in starts]


def _read(folder: Path) -> list[Document]:
    return [
        (
            Transcript.model_validate_json(file.read_bytes()),
            chapters_of(file.with_name(file.name.replace(".transcript.", ".chapters.")).read_bytes()),
        )
        for file in sorted(folder.glob("*.transcript.json"))
    ]


def _write(documents: Sequence[Document], folder: Path) -> None:
    for number, (transcript, chapters) in enumerate(documents):
        (folder / f"{number:02d}.transcript.json").write_text(json.dumps(transcript.model_dump(mode="json")))
        (folder / f"{number:02d}.chapters.json").write_text(chapters_json(chapters))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/chapters"))
