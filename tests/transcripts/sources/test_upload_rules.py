"""What may be uploaded, told by names and beginnings of files."""

from pathlib import Path

import pytest

from tests.media_samples import MEETING, SAMPLES, make
from transcripts.sources.upload_rules import (
    HEAD_BYTES,
    LONGEST_NAME_CHARACTERS,
    begins_like_media,
    captions_language,
    shown_file_name,
)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Netzwerktreffen März.mp4", "Netzwerktreffen März.mp4"),
        ("C:\\Dokumente\\Treffen.MOV", "Treffen.MOV"),
        ("../../etc/passwd/../Treffen.webm", "Treffen.webm"),
        ("Treffen\u202e4pm.exe.mp3", "Treffen4pm.exe.mp3"),
        ("a\r\nSet-Cookie: x.ogg", "aSet-Cookie: x.ogg"),
        ("<script>alert(1)</script>.mp4", "script>.mp4"),
        ("  viel   Platz .m4a", "viel Platz .m4a"),
    ],
)
def test_a_name_is_shown_without_folders_and_without_what_deceives(given: str, shown: str) -> None:
    assert shown_file_name(given) == shown


@pytest.mark.parametrize(
    "given",
    ["Treffen.exe", "Treffen.html", "Treffen.svg", "Treffen.m3u8", "Treffen", ".mp4", "..mp4", "", "a/"],
)
def test_what_is_no_name_of_a_recording_is_refused(given: str) -> None:
    assert shown_file_name(given) is None


def test_a_very_long_name_keeps_its_ending() -> None:
    shown = shown_file_name("ä" * 5000 + ".mp4")
    assert shown is not None
    assert len(shown) == LONGEST_NAME_CHARACTERS
    assert shown.endswith("ä.mp4")


@pytest.mark.parametrize(
    "ending",
    ["mp4", "mov", "mkv", "webm", "avi", "flv", "asf", "ts", "mpg", "ogg", "mp3", "aac", "wav", "flac"],
)
def test_every_kind_of_recording_is_known_by_its_beginning(ending: str, tmp_path: Path) -> None:
    codecs = {
        "webm": ("-c:v", "libvpx", "-c:a", "libopus"),
        "ogg": ("-vn", "-c:a", "libopus"),
        "mpg": ("-r", "25"),
    }
    picture = codecs.get(ending, ("-vn",) if ending in ("mp3", "aac", "wav", "flac") else ())
    clip = make(
        tmp_path / f"clip.{ending}", "-t", "1", "-i", str(MEETING), "-s", "160x90", *picture, "-ar", "48000"
    )
    assert begins_like_media(clip.read_bytes()[:HEAD_BYTES])


def test_aiff_caf_and_w64_are_known_too(tmp_path: Path) -> None:
    for ending in ("aiff", "caf", "w64"):
        clip = make(tmp_path / f"clip.{ending}", "-t", "1", "-i", str(MEETING), "-vn")
        assert begins_like_media(clip.read_bytes()[:HEAD_BYTES])


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<!DOCTYPE html><html>",
        b"<?xml version='1.0'?><svg onload='alert(1)'>",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01",
        b"PK\x03\x04\x14\x00",
        b"%PDF-1.7",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        "﻿Guten Abend".encode("utf-16"),
    ],
)
def test_what_is_no_recording_is_known_by_its_beginning(head: bytes) -> None:
    assert not begins_like_media(head)


def test_the_tests_own_samples_begin_like_recordings() -> None:
    for name in ("netzwerktreffen.mp4", "gelesene_saetze.flac"):
        assert begins_like_media((SAMPLES / name).read_bytes()[:HEAD_BYTES])


@pytest.mark.parametrize(
    ("beside", "language"),
    [
        ("treffen.vtt", "und"),
        ("treffen.SRT", "und"),
        ("treffen.mp4.srt", "und"),
        ("treffen.de.vtt", "de"),
        ("treffen.de-AT.vtt", "de-AT"),
        ("treffen.mp4.de.srt", "de"),
        ("treffen.auto.vtt", None),
        ("treffen 2.vtt", None),
        ("treffen.txt", None),
        ("treffen", None),
        (".vtt", None),
        ("anderes.vtt", None),
    ],
)
def test_captions_beside_a_recording_bear_its_name(beside: str, language: str | None) -> None:
    assert captions_language("treffen.mp4", beside) == language
