"""From a URL to an announced record: the whole way, with every real part."""

import json
import re
import shutil
import signal
import time
from hashlib import sha256
from pathlib import Path

import av
import jiwer
import pytest

from tests.flows.conftest import TITLE, ProcessedSample
from tests.flows.workplace import (
    NAMED,
    Workplace,
    files_of,
    manifest_of,
    plain_files_of,
    recording_of,
    transcript_of,
)
from tests.media_samples import SAMPLES, meeting_clip, silence, truncated, without_sound
from tests.misbehaving_server import serve_folder
from transcripts.archive.manifest import Manifest
from transcripts.hold_reasons import HARDLY_RECOGNISED
from transcripts.model import Stage

RECORD_ID = "2026-11-19-netzwerktreffen-buergerraete-losverfahren-in-kleinen-gemeinden"
EXPECTED_FILES = {
    "recording.json",
    "manifest.json",
    "index.html",
    "chapters.json",
    "chapters.vtt",
    "chapters.txt",
    "chapters.podlove.xml",
    "chapters.podlove.json",
    "chapters.podcast.json",
    "media/video.mp4",
    "media/audio.m4a",
    "media/poster.jpg",
    "transcript/transcript.json",
    "transcript/transcript.vtt",
    "transcript/transcript.srt",
    "transcript/transcript.txt",
    "announcement/message.eml",
    "announcement/ledger.json",
}


def reference() -> dict[str, list[dict[str, float | str]]]:
    content: dict[str, list[dict[str, float | str]]] = json.loads(
        (SAMPLES / "netzwerktreffen.json").read_text(encoding="utf-8")
    )
    return content


def history_of(record: Path) -> Manifest:
    return Manifest.model_validate_json((record / "history/0001.json").read_bytes())


def plain_words(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def test_the_record_has_all_its_files_and_nothing_else(processed_sample: ProcessedSample) -> None:
    assert processed_sample.record.name == RECORD_ID
    assert set(plain_files_of(processed_sample.record)) == EXPECTED_FILES
    assert set(files_of(processed_sample.record)) == {
        "manifest.json",
        "history/0001.json",
        *manifest_of(processed_sample.record).places,
        *history_of(processed_sample.record).places,
    }


def test_the_manifest_names_every_other_file_with_its_hash(processed_sample: ProcessedSample) -> None:
    files = plain_files_of(processed_sample.record)
    del files["manifest.json"]
    manifest = manifest_of(processed_sample.record)
    assert {each.name: each.sha256 for each in manifest.objects} == {
        name: sha256(content).hexdigest() for name, content in files.items()
    }
    assert {each.name: each.size_bytes for each in manifest.objects} == {
        name: len(content) for name, content in files.items()
    }
    assert all(each.made_by.tool for each in manifest.objects)


def test_the_recording_is_described(processed_sample: ProcessedSample) -> None:
    recording = recording_of(processed_sample.record)
    assert recording.title == TITLE
    assert recording.recorded_on.isoformat() == "2026-11-19"
    assert recording.stage is Stage.ANNOUNCED
    assert recording.duration_seconds == pytest.approx(396.24, abs=0.1)
    assert recording.source.url == processed_sample.url
    assert recording.source.sha256 == sha256((SAMPLES / "netzwerktreffen.mp4").read_bytes()).hexdigest()
    assert len(recording.agenda) == 5


def test_at_most_8_percent_of_the_words_are_wrong(processed_sample: ProcessedSample) -> None:
    said = plain_words(" ".join(str(turn["text"]) for turn in reference()["turns"]))
    heard = plain_words(" ".join(s.text for s in transcript_of(processed_sample.record).segments))
    assert jiwer.wer(said, heard) <= 0.08


def test_the_name_of_the_meeting_is_spelled_as_in_the_glossary(processed_sample: ProcessedSample) -> None:
    text = (processed_sample.record / "transcript/transcript.txt").read_text(encoding="utf-8")
    assert "Netzwerktreffen Bürgerräte" in " ".join(text.split())


def test_every_word_has_its_time_inside_the_recording(processed_sample: ProcessedSample) -> None:
    transcript = transcript_of(processed_sample.record)
    words = [word for segment in transcript.segments for word in segment.words]
    starts = [word.start_seconds for word in words]
    assert starts == sorted(starts)
    assert all(0 <= word.start_seconds <= word.end_seconds <= 396.3 for word in words)


def test_every_agenda_item_is_found_within_10_seconds(processed_sample: ProcessedSample) -> None:
    chapters = json.loads((processed_sample.record / "chapters.json").read_bytes())
    expected = reference()["chapters"]
    assert [chapter["title"] for chapter in chapters] == [chapter["title"] for chapter in expected]
    assert {chapter["origin"] for chapter in chapters} == {"agenda"}
    for found, wanted in zip(chapters, expected, strict=True):
        assert found["start_seconds"] == pytest.approx(float(wanted["start_seconds"]), abs=10)


def test_players_find_the_chapters_inside_video_and_sound(processed_sample: ProcessedSample) -> None:
    wanted = [chapter["title"] for chapter in reference()["chapters"]]
    for name in ("media/video.mp4", "media/audio.m4a"):
        with av.open(str(processed_sample.record / name)) as container:
            assert [one["metadata"]["title"] for one in container.chapters()] == wanted


def test_what_became_of_the_agenda_is_kept(processed_sample: ProcessedSample) -> None:
    outcomes = recording_of(processed_sample.record).agenda_outcomes
    assert [one.item for one in outcomes] == [chapter["title"] for chapter in reference()["chapters"]]
    assert {one.outcome for one in outcomes} == {"taken_up"}


def test_one_mail_lies_in_the_outbox_and_links_each_chapter_to_its_second(
    processed_sample: ProcessedSample,
) -> None:
    (mail,) = processed_sample.workplace.mails
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert TITLE in mail["Subject"]
    for chapter in json.loads((processed_sample.record / "chapters.json").read_bytes()):
        assert chapter["title"] in text
        assert f"index.html?t={int(chapter['start_seconds'])}" in text
    assert "maschinell" in text


def test_the_terminal_says_where_the_record_is(processed_sample: ProcessedSample) -> None:
    assert str(processed_sample.record) in processed_sample.answer.out
    for step in ("Aufnahme laden", "Video und Ton aufbereiten", "Sprache erkennen", "Kapitel finden"):
        assert f"✓ {step}" in processed_sample.answer.err


def test_nothing_but_the_model_and_prefects_results_is_left_in_the_work_folder(
    processed_sample: ProcessedSample,
) -> None:
    work = processed_sample.workplace.folder / "work"
    assert {each.name for each in work.iterdir()} == {"models", "prefect", "recordings"}
    assert list((work / "recordings").iterdir()) == []


def test_the_same_url_again_changes_nothing_and_says_where_the_record_is(
    processed_sample: ProcessedSample,
) -> None:
    before, asked = files_of(processed_sample.record), len(processed_sample.site.requests)
    answer = processed_sample.workplace.run("process", processed_sample.url, "--json")
    assert answer.status == 0
    assert answer.json["existed"] is True
    assert answer.json["location"].rstrip("/") == str(processed_sample.record)
    assert files_of(processed_sample.record) == before
    assert len(processed_sample.site.requests) == asked, "nothing is fetched again"
    assert len(processed_sample.workplace.mails) == 1


def test_the_same_content_at_another_url_leads_to_the_same_record(
    processed_sample: ProcessedSample, workplace: Workplace, tmp_path: Path
) -> None:
    shutil.copytree(processed_sample.workplace.archive, workplace.archive)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(SAMPLES / "netzwerktreffen.mp4", folder / "anders.mp4")
    with serve_folder(folder) as site:
        answer = workplace.run("process", site.url("anders.mp4"), "--json")
    assert answer.status == 0, answer.err
    assert answer.json == {
        "record": RECORD_ID,
        "location": str(workplace.archive / "recordings" / RECORD_ID),
        "existed": True,
        "announcement": None,
    }
    assert workplace.mails == []


def test_silence_is_held_with_a_note_and_without_invented_text_whatever_is_wished(
    workplace: Workplace, tmp_path: Path
) -> None:
    silence(tmp_path / "stille.mp4", 40)
    with serve_folder(tmp_path) as site:
        answer = workplace.process(site.url("stille.mp4"), "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    assert recording_of(record).stage is Stage.HELD
    (reason,) = answer.json["hold_reasons"]
    assert (reason["code"], reason["details"]) == (HARDLY_RECOGNISED, {"words": 0.0, "speech_seconds": 0.0})
    assert "fast nichts erkannt" in reason["text"]
    transcript = transcript_of(record)
    assert transcript.segments == ()
    assert [note.cause for note in transcript.notes] == ["no_speech"]
    assert json.loads((record / "chapters.json").read_bytes()) == []
    assert "keine Sprache" in (record / "index.html").read_text(encoding="utf-8")
    assert workplace.mails == []


def test_chapters_that_come_with_the_recording_are_its_chapters_as_a_person_set_them(
    workplace: Workplace, tmp_path: Path
) -> None:
    silence(tmp_path / "stille.mp4", 5)
    listed = workplace.folder / "kapitel.txt"
    listed.write_text("00:00:00 Ankommen\n00:00:03.5 Was ein Bürgerrat kostet\n", encoding="utf-8")
    with serve_folder(tmp_path) as site:
        answer = workplace.run("process", site.url("stille.mp4"), "--chapters", "kapitel.txt", "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    assert json.loads((record / "chapters.json").read_bytes()) == [
        {"start_seconds": 0.0, "title": "Ankommen", "origin": "human"},
        {"start_seconds": 3.5, "title": "Was ein Bürgerrat kostet", "origin": "human"},
    ]


@pytest.mark.parametrize("trouble", ["gone", "no_sound", "half"])
def test_a_recording_that_cannot_be_used_is_refused_in_german_and_leaves_no_record(
    trouble: str, workplace: Workplace, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    if trouble == "no_sound":
        without_sound(served / "a.mp4")
    if trouble == "half":
        truncated(SAMPLES / "netzwerktreffen.mp4", served / "a.mp4", 0.5)
        (served / "a.whole.mp4").unlink()
    with serve_folder(served) as site:
        answer = workplace.process(site.url("a.mp4?pwd=geheim"))
    expected = {
        "gone": "Unter dieser Adresse gibt es keine Aufzeichnung",
        "no_sound": "keinen Ton",
        "half": r"bricht bei 00:0[23]:\d\d ab",
    }
    assert answer.status == 1
    assert re.search(expected[trouble], answer.err), answer.err
    assert "Traceback" not in answer.err
    assert "geheim" not in answer.err + answer.out
    assert list((workplace.folder / "work/recordings").iterdir()) == [], "nothing of it stays"
    assert workplace.records() == []
    assert workplace.mails == []


def test_a_failed_run_is_told_by_status_and_its_passcode_is_nowhere(
    tmp_path: Path, prefect_server: str
) -> None:
    workplace = Workplace(tmp_path, {"PREFECT_API_URL": prefect_server})
    with serve_folder(tmp_path) as site:
        url = site.url("nichts.mp4")
        failed = workplace.run("process", f"{url}?pwd=hoechst-geheim", "--json")
    status = workplace.run("status", "--json").json
    (run,) = [run for run in status["runs"] if run["url"] == url]
    assert run["state"] == "FAILED"
    assert run["stage"] == "received"
    assert run["message"] == failed.json["error"]["message"]
    assert "hoechst-geheim" not in json.dumps(status) + failed.out + failed.err
    assert url in workplace.run("status").out


def test_a_run_that_was_killed_goes_on_behind_its_last_finished_step(
    workplace: Workplace, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    meeting_clip(served / "clip.mp4", 0, 30)
    with serve_folder(served) as site:
        process = workplace.start("process", site.url("clip.mp4"), *NAMED)
        assert process.stderr is not None
        for line in process.stderr:
            if "✓ Video und Ton aufbereiten" in line:
                break
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert workplace.records() == []
        fetched = len(site.asked("/clip.mp4"))
        answer = workplace.process(site.url("clip.mp4"), "--json")
        assert answer.status == 0, answer.err
        assert len(site.asked("/clip.mp4")) == fetched, "the download is not done again"
    assert "Video und Ton aufbereiten" not in answer.err, "nor is the transcoding"
    assert "✓ Sprache erkennen" in answer.err
    assert len(workplace.records()) == 1
    assert len(workplace.mails) == 1


def test_a_recording_that_is_cut_and_held_is_there_and_nobody_is_told(
    workplace: Workplace, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    meeting_clip(served / "clip.mp4", 0, 30)
    with serve_folder(served) as site:
        url = site.url("clip.mp4")
        wishes = ("--cut-start", "0:10", "--cut-end", "0:05", "--hold", "--date", "2026-11-19")
        answer = workplace.run("process", url, *wishes, "--json")
        assert answer.status == 0, answer.err
        (record,) = workplace.records()
        assert recording_of(record).stage is Stage.HELD
        assert recording_of(record).duration_seconds == pytest.approx(15, abs=0.3)
        words = [word for each in transcript_of(record).segments for word in each.words]
        assert words
        assert all(word.end_seconds <= 15.3 for word in words)
        assert workplace.mails == []
        again = workplace.run("process", url, "--json")
    assert (again.status, again.json["existed"]) == (0, True)
    assert recording_of(record).stage is Stage.HELD
    assert workplace.mails == []


def test_a_cut_that_leaves_nothing_is_refused_in_german(workplace: Workplace, tmp_path: Path) -> None:
    meeting_clip(tmp_path / "clip.mp4", 0, 10)
    with serve_folder(tmp_path) as site:
        answer = workplace.run("process", site.url("clip.mp4"), "--cut-start", "0:20")
    assert answer.status == 1
    assert "mehr weggeschnitten" in answer.err
    assert workplace.run("process", "https://example.org/a.mp4", "--cut-start", "3").status == 2
    assert workplace.records() == []
