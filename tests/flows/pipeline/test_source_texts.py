"""Captions and chapters that the source has itself, from the link to the published record."""

import json
from pathlib import Path

import pytest

from tests.captioned_files import CHAPTERS, captioned, right_cues, shifted, srt, vtt
from tests.flows.workplace import Workplace, manifest_of, recording_of, transcript_of
from tests.misbehaving_server import serve_folder
from transcripts.archive import layout
from transcripts.model import Chapter, Stage

SAID = " ".join(text for _, _, text in right_cues(55))


def chapters_of(record: Path) -> list[Chapter]:
    return [Chapter.model_validate(each) for each in json.loads((record / "chapters.json").read_bytes())]


def test_captions_and_chapters_within_a_file_are_the_records(workplace: Workplace, tmp_path: Path) -> None:
    site_folder = tmp_path / "site"
    site_folder.mkdir()
    captioned(site_folder / "treffen.mp4", right_cues(55), has_picture=True, seconds=55)
    agenda = tmp_path / "agenda.txt"
    agenda.write_text("Begrüßung\nDas Losverfahren\n", encoding="utf-8")
    with serve_folder(site_folder) as site:
        answer = workplace.process(site.url("treffen.mp4"), "--agenda", str(agenda), "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    recording, transcript = recording_of(record), transcript_of(record)
    assert (recording.stage, recording.hold_reasons) == (Stage.ANNOUNCED, ())
    assert transcript.text_source == "captions"
    assert " ".join(each.text for each in transcript.segments) == SAID
    assert all(each.words for each in transcript.segments)
    assert [(each.start_seconds, each.title, each.origin) for each in chapters_of(record)] == [
        (start, title, "human") for start, title in CHAPTERS
    ]
    assert recording.source_captions is not None
    assert recording.source_captions.outcome == "taken"
    assert recording.source_captions.agreement > 0.85
    kept = {each.name: each for each in manifest_of(record).objects if each.name.startswith(layout.OF_SOURCE)}
    assert set(kept) == {"transcript/source.de.vtt", layout.CHAPTERS_OF_SOURCE}
    assert all((record / each.place).is_file() and (record / each.name).is_file() for each in kept.values())
    assert "Untertiteln der Quelle übernommen" in (record / "index.html").read_text(encoding="utf-8")
    assert workplace.run("verify", "--deep").status == 0
    (workplace.archive / "recordings" / record.name / kept["transcript/source.de.vtt"].place).write_text("x")
    assert workplace.run("verify", "--deep").status == 1


def test_captions_beside_a_video_on_a_page_are_the_records(workplace: Workplace, tmp_path: Path) -> None:
    site_folder = tmp_path / "site"
    site_folder.mkdir()
    captioned(site_folder / "treffen.mp4", right_cues(), "", chapters=(), has_picture=True, seconds=55)
    (site_folder / "de.vtt").write_text(vtt(right_cues(55)), encoding="utf-8")
    (site_folder / "en.vtt").write_text(vtt([(0, 5, "Good evening")]), encoding="utf-8")
    (site_folder / "index.html").write_text(
        "<html><title>Treffen</title><body><video src='treffen.mp4'>"
        "<track kind='subtitles' src='en.vtt' srclang='en'>"
        "<track kind='subtitles' src='de.vtt' srclang='de-AT'></video></body></html>",
        encoding="utf-8",
    )
    with serve_folder(site_folder) as site:
        answer = workplace.process(site.url("index.html"), "--json")
        assert not site.asked("/en.vtt"), "another language is not wanted"
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    assert " ".join(each.text for each in transcript_of(record).segments) == SAID
    assert (record / "transcript/source.de-at.vtt").read_bytes() == (site_folder / "de.vtt").read_bytes()
    (mail,) = workplace.mails
    said = mail.get_body(("plain",))
    assert said is not None
    assert "aus den Untertiteln der Quelle übernommen" in " ".join(said.get_content().split())


def test_captions_of_something_else_are_kept_but_not_taken(workplace: Workplace, tmp_path: Path) -> None:
    site_folder = tmp_path / "site"
    site_folder.mkdir()
    captioned(site_folder / "treffen.mp4", shifted(right_cues(), 30), chapters=())
    with serve_folder(site_folder) as site:
        answer = workplace.process(site.url("treffen.mp4"), "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    recording = recording_of(record)
    assert recording.stage is Stage.HELD
    assert [each.code for each in recording.hold_reasons] == ["captions_differ"]
    assert transcript_of(record).text_source is None
    assert "maschinell erstellt" in (record / "index.html").read_text(encoding="utf-8")
    assert (record / "transcript/source.de.vtt").is_file()


@pytest.mark.parametrize("content", [b"WEBVTT\n\n", b"\x00\x01\x02" * 100, b"<html>", b"1 --> 2\nx\n" * 1000])
def test_damaged_captions_cost_nothing_but_themselves(
    content: bytes, workplace: Workplace, tmp_path: Path
) -> None:
    site_folder = tmp_path / "site"
    site_folder.mkdir()
    captioned(site_folder / "treffen.mp4", right_cues(), "", chapters=(), has_picture=True, seconds=20)
    (site_folder / "de.vtt").write_bytes(content)
    (site_folder / "index.html").write_text(
        "<html><body><video src='treffen.mp4'><track kind='captions' src='de.vtt' srclang='de'></video>"
        "</body></html>"
    )
    with serve_folder(site_folder) as site:
        answer = workplace.process(site.url("index.html"), "--json")
        assert site.asked("/de.vtt")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    assert recording_of(record).stage is Stage.ANNOUNCED
    assert transcript_of(record).segments
    assert recording_of(record).source_captions is None


def test_captions_beside_a_file_of_this_machine_are_the_records(workplace: Workplace, tmp_path: Path) -> None:
    file = captioned(tmp_path / "treffen.m4a", right_cues(), "", chapters=(), seconds=30)
    cues = right_cues(28)
    (tmp_path / "treffen.srt").write_text(srt(cues), encoding="utf-8")
    answer = workplace.process(str(file), "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    assert " ".join(each.text for each in transcript_of(record).segments) == " ".join(
        text for *_, text in cues
    )
    assert (record / "transcript/source.und.srt").is_file()
    assert not list((workplace.archive / "uploads").rglob("*.srt"))
