"""Captions, reading text and chapter tracks: what stands in the files, and that FFmpeg reads them back."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import av
import pytest

from tests.transcripts.spoken_sample import SAMPLES, meeting_in_sentences, said
from transcripts.captions.caption_formats import write_chapters_vtt, write_srt, write_vtt
from transcripts.captions.cues import Cue, make_cues
from transcripts.captions.plain_text import write_text
from transcripts.model import Chapter, Transcript


@pytest.fixture(scope="module")
def meeting() -> Transcript:
    return meeting_in_sentences()


@pytest.fixture(scope="module")
def cues(meeting: Transcript) -> tuple[Cue, ...]:
    return make_cues(meeting)


def read_back(path: Path) -> list[tuple[float, float, str]]:
    """The cues as FFmpeg's demuxer reads them."""
    with av.open(str(path)) as container:
        return [
            (
                float(packet.pts * packet.time_base),
                float(packet.duration * packet.time_base),
                bytes(packet).decode(),
            )
            for packet in container.demux(container.streams[0])
            if packet.pts is not None and packet.duration is not None
        ]


@pytest.mark.parametrize(("suffix", "write"), [(".vtt", write_vtt), (".srt", write_srt)])
def test_ffmpeg_reads_back_every_cue(
    suffix: str, write: Callable[[Iterable[Cue]], str], cues: tuple[Cue, ...], tmp_path: Path
) -> None:
    path = tmp_path / f"meeting{suffix}"
    path.write_text(write(cues), "utf-8")
    found = read_back(path)
    assert [text for _, _, text in found] == ["\n".join(cue.lines) for cue in cues]
    for (start, duration, _), cue in zip(found, cues, strict=True):
        assert start == pytest.approx(cue.start_seconds, abs=0.0011)
        assert duration == pytest.approx(cue.end_seconds - cue.start_seconds, abs=0.0011)


def test_webvtt_escapes_what_would_be_markup() -> None:
    cue = Cue(3661.5, 3663.0, ("a <b> & c", "x --> y"), ("s0007",))
    assert write_vtt([cue]) == (
        "WEBVTT\n\ns0007.1\n01:01:01.500 --> 01:01:03.000\na &lt;b&gt; &amp; c\nx --&gt; y\n"
    )


def test_cue_ids_tell_the_sentence_and_are_unique(cues: tuple[Cue, ...]) -> None:
    lines = write_vtt(cues).split("\n")
    ids = [lines[index - 1] for index, line in enumerate(lines) if " --> " in line]
    assert ids[:3] == ["s0001.1", "s0002.1", "s0002.2"]
    assert len(set(ids)) == len(ids) == len(cues)


def test_cues_of_sentences_without_ids_are_numbered() -> None:
    assert "\n2\n00:00:02.000" in write_vtt([Cue(0, 1, ("Ja.",), ()), Cue(2, 3, ("Nein.",), ())])


def test_srt_has_numbers_and_comma_decimals() -> None:
    cues = [Cue(0.0, 1.25, ("Guten", "Abend."), ("s0001",)), Cue(2, 3.0, ("x --> y",), ("s0002",))]
    assert write_srt(cues) == (
        "1\n00:00:00,000 --> 00:00:01,250\nGuten\nAbend.\n\n2\n00:00:02,000 --> 00:00:03,000\nx → y\n"
    )


def test_the_reading_text_has_all_sentences_under_their_chapters(meeting: Transcript) -> None:
    notes = json.loads((SAMPLES / "netzwerktreffen.json").read_text("utf-8"))
    chapters = [Chapter(**chapter) for chapter in notes["chapters"]]
    text = write_text(meeting, chapters)
    assert text.startswith(
        "00:00:00  Begrüßung und Ablauf\n------------------------------\n\nGuten Abend und"
    )
    assert (
        "00:02:54  Was ein Bürgerrat kostet\n----------------------------------\n\nVielen Dank. Damit" in text
    )
    assert max(map(len, text.splitlines())) <= 80
    blocks = text.strip().split("\n\n")
    paragraphs = [block for block in blocks if "\n---" not in block]
    assert " ".join(" ".join(paragraphs).split()) == " ".join(segment.text for segment in meeting.segments)
    assert len(blocks) - len(paragraphs) == len(chapters)
    assert all(len(paragraph) < 1200 for paragraph in paragraphs)


def test_a_speaker_is_named_where_they_begin() -> None:
    one, two, three = said("Guten Abend.", "Wer fängt an?", "Ich gern.").segments
    named = [
        one.model_copy(update={"speaker": "Moderation"}),
        two.model_copy(update={"speaker": "Moderation"}),
        three.model_copy(update={"speaker": "Gast"}),
    ]
    assert write_text(Transcript(segments=tuple(named))) == (
        "Moderation: Guten Abend. Wer fängt an?\n\nGast: Ich gern.\n"
    )


def test_what_was_said_before_the_first_chapter_has_no_heading() -> None:
    transcript = said("Hört man mich?", "Guten Abend.", rest=10)
    text = write_text(transcript, [Chapter(start_seconds=11, title=" Begrüßung\nund  Ablauf")])
    assert text == f"Hört man mich?\n\n00:00:11  Begrüßung und Ablauf\n{'-' * 30}\n\nGuten Abend.\n"


def test_a_chapter_track_covers_the_recording_without_gaps(tmp_path: Path) -> None:
    chapters = [
        Chapter(start_seconds=55.68, title="Fragen & Antworten"),
        Chapter(start_seconds=0, title="Begrüßung"),
        Chapter(start_seconds=174.32, title="Kosten"),
    ]
    track = write_chapters_vtt(chapters, 396.24)
    assert "Fragen &amp; Antworten" in track
    path = tmp_path / "chapters.vtt"
    path.write_text(track, "utf-8")
    found = [(start, round(start + shown, 2), text) for start, shown, text in read_back(path)]
    assert found == [
        (0.0, 55.68, "Begrüßung"),
        (55.68, 174.32, "Fragen &amp; Antworten"),
        (174.32, 396.24, "Kosten"),
    ]


def test_chapters_at_the_same_time_or_past_the_end_still_make_a_valid_track() -> None:
    chapters = [Chapter(start_seconds=5, title="Erst"), Chapter(start_seconds=5, title="Dann")]
    assert write_chapters_vtt(chapters, 0) == "WEBVTT\n\n1\n00:00:05.000 --> 00:00:06.000\nDann\n"
