"""From the link of a BigBlueButton playback to a record: the whole way, with every real part."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bigbluebutton_farm import PRIVATE_NAMES, TITLE, Meeting, Slide, publish, publish_video
from tests.captioned_files import right_cues, vtt
from tests.flows.workplace import Workplace, files_of, recording_of, transcript_of
from tests.media_samples import MEETING
from tests.misbehaving_server import serve_folder
from transcripts.model import Stage

SPOKEN = Meeting(
    seconds=30,
    container="mp4",
    has_cameras=False,
    draws=True,
    slides=(
        Slide(0, "red", "Ablauf"),
        Slide(9.5, "green", "Quorum\nEntwurf der Zuglosnummern"),
        Slide(20, "blue"),
    ),
    sound=MEETING,
)


def test_a_playback_becomes_a_record_whose_slides_are_found(workplace: Workplace, tmp_path: Path) -> None:
    site_folder = tmp_path / "site"
    identity = publish(site_folder, "treffen", SPOKEN)
    with serve_folder(site_folder) as site:
        url = site.url(f"playback/presentation/2.3/{identity}")
        answer = workplace.run("process", url, "--json")
        again = workplace.run("process", url + "?t=10s", "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    recording = recording_of(record)
    assert (recording.title, recording.recorded_on.isoformat()) == (TITLE, "2026-11-22")
    assert record.name == "2026-11-22-netzwerktreffen-buergerraete"
    assert (recording.stage, recording.hold_reasons) == (Stage.ANNOUNCED, ())
    assert recording.source.extractor == "BigBlueButton"
    assert recording.duration_seconds == pytest.approx(30, abs=0.2)
    assert [(each.start_seconds, each.text) for each in recording.slides] == [
        (0, "Ablauf"),
        (9.5, "Quorum\nEntwurf der Zuglosnummern"),
    ]
    assert again.json["existed"] is True
    found = workplace.run("search", "Zuglosnummern", "--json").json["results"]
    assert [(each["record"], each["start_seconds"]) for each in found] == [(record.name, 9.5)]
    page = (record / "index.html").read_text(encoding="utf-8")
    assert "Quorum · Entwurf der Zuglosnummern" in page
    assert (record / "media/poster.jpg").exists()
    written = b"".join(files_of(record).values()) + answer.out.encode() + answer.err.encode()
    assert not any(name.encode() in written for name in PRIVATE_NAMES)


def test_captions_that_people_typed_are_the_records_text(workplace: Workplace, tmp_path: Path) -> None:
    cues = [(start + 5, end + 5, text) for start, end, text in right_cues(28)]
    captions = vtt([(start, end, f"<v {PRIVATE_NAMES[0]}>{text}") for start, end, text in cues])
    extra = {
        "captions.json": b'[{"locale": "en", "localeName": "English"}, {"locale": "de"}]',
        "caption_de.vtt": captions.encode(),
        "caption_en.vtt": b"WEBVTT\n\n00:01.000 --> 00:09.000\nGood evening\n",
    }
    identity = publish(tmp_path / "site", "treffen", replace(SPOKEN, extra=extra))
    with serve_folder(tmp_path / "site") as site:
        answer = workplace.run("process", site.url(f"playback/presentation/2.3/{identity}"), "--json")
        assert not site.asked(f"/presentation/{identity}/caption_en.vtt")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    assert " ".join(each.text for each in transcript_of(record).segments) == " ".join(
        text for _, _, text in cues
    )
    assert recording_of(record).stage is Stage.ANNOUNCED
    assert (record / "transcript/source.de.vtt").read_bytes() == captions.encode()
    shown = [each for name, each in files_of(record).items() if "transcript/source." not in name]
    assert not any(PRIVATE_NAMES[0].encode() in each for each in [*shown, answer.out.encode()])


def test_the_format_video_becomes_a_record(workplace: Workplace, tmp_path: Path) -> None:
    identity = publish_video(tmp_path / "site", "video", Meeting(seconds=20, sound=MEETING))
    with serve_folder(tmp_path / "site") as site:
        answer = workplace.run("process", site.url(f"playback/video/{identity}/"), "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    assert recording_of(record).title == TITLE


@pytest.mark.parametrize(
    ("meeting", "words"),
    [
        (Meeting(seconds=2, state="unpublished", is_published=False), "nicht veröffentlicht"),
        (Meeting(seconds=2, state="processing", is_published=False), "verarbeitet"),
        (None, "keine veröffentlichte Aufzeichnung"),
    ],
)
def test_what_is_not_published_is_refused_in_german(
    meeting: Meeting | None, words: str, workplace: Workplace, tmp_path: Path
) -> None:
    identity = "a" * 40 + "-1700000000000"
    if meeting is not None:
        identity = publish(tmp_path, "treffen", meeting)
    with serve_folder(tmp_path) as site:
        answer = workplace.run("process", site.url(f"playback/presentation/2.3/{identity}"), "--json")
    assert answer.status == 1
    assert words in json.loads(answer.out)["error"]["message"]
    assert "Traceback" not in answer.err
    assert workplace.records() == []
