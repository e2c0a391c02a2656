"""What names of files say: title, day, and how sure that is."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.sources.content_disposition import disposition_file_name
from transcripts.sources.creation_time import day_made
from transcripts.sources.file_names import NamedFile, read_file_name

BERLIN = ZoneInfo("Europe/Berlin")
DAY, NEXT = date(2026, 11, 19), date(2026, 11, 20)
LOTS, TREFFEN = "Losverfahren in Köln", "Netzwerktreffen"
# What the name says: "T" a title that is only a guess, "D" a day that is only a guess.
TABLE: list[tuple[str, str | None, date | None, str]] = [
    # Zoom
    ("GMT20261119-190312_Recording_640x360.mp4", None, DAY, "T"),
    ("GMT20261119-190312_Recording_gallery_1280x720.mp4", None, DAY, "T"),
    ("GMT20261119-190312_Recording.m4a", None, DAY, "T"),
    ("GMT20261119-233000_Recording_avo_1280x720.mp4", None, NEXT, "T"),
    ("GMT20261399-190312_Recording.mp4", None, None, "TD"),
    ("video1234.mp4", None, None, "TD"),
    ("video1917364528.mp4", None, None, "TD"),
    ("audio1917364528.m4a", None, None, "TD"),
    ("zoom_0.mp4", None, None, "TD"),
    ("Recording-12345.mp4", None, None, "TD"),
    ("Zoom Meeting von Erika Mustermann.mp4", None, None, "TD"),
    # Teams, Webex, Jitsi, BigBlueButton, OBS
    ("Netzwerktreffen-20261119_180312-Besprechungsaufzeichnung.mp4", TREFFEN, DAY, ""),
    ("Netzwerktreffen-20261119_180312-Meeting Recording.mp4", TREFFEN, DAY, ""),
    ("Losverfahren in Köln-20261119_180312UTC-Meeting Recording.mp4", LOTS, DAY, ""),
    ("Netzwerktreffen-20261119_233012-Besprechungsaufzeichnung.mp4", TREFFEN, DAY, "D"),
    ("Besprechung in Allgemein-20261119_180312-Besprechungsaufzeichnung.mp4", None, DAY, "T"),
    ("Netzwerktreffen-20261119 1803-1.mp4", TREFFEN, DAY, ""),
    ("Losverfahren in Köln-20261119 1803-1.mp4", LOTS, DAY, ""),
    ("roomname_2026-11-19-18-00-00.mp4", "roomname", DAY, "T"),
    ("netzwerktreffen-räte_2026-11-19-18-00-00.mp4", "netzwerktreffen räte", DAY, "T"),
    ("roomname_2026-11-19-23-30-00.mp4", "roomname", DAY, "TD"),
    ("183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1795114800000.m4v", None, DAY, "T"),
    ("183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1795131000000.m4v", None, NEXT, "T"),
    ("183f0bf3a0982a127bdb8161e0c44eb696b3e75c-0000000000000.m4v", None, None, "TD"),
    ("meeting.m4v", None, None, "TD"),
    ("webcams.webm", "webcams", None, "TD"),
    ("2026-11-19 18-00-12.mkv", None, DAY, "T"),
    ("2026-11-19_18-00-12.mkv", None, DAY, "T"),
    ("2026-11-19 23-30-12.mkv", None, DAY, "TD"),
    # Phones, messengers, screens
    ("VID_20261119_190412.mp4", None, DAY, "T"),
    ("PXL_20261119_180312345.mp4", None, DAY, "T"),
    ("20261119_190412.mp4", None, DAY, "T"),
    ("IMG_0042.MOV", None, None, "TD"),
    ("VID-20261119-WA0003.mp4", None, DAY, "TD"),
    ("WhatsApp Video 2026-11-19 at 19.04.12.mp4", None, DAY, "TD"),
    ("Bildschirmaufnahme 2026-11-19 um 19.04.12.mov", None, DAY, "T"),
    ("Screen Recording 2026-11-19 at 7.04.12 PM.mov", None, DAY, "T"),
    ("Neue Aufnahme 5.m4a", None, None, "TD"),
    # People
    ("2026-11-19 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("2026-11-19_Losverfahren_in_Köln.mp4", LOTS, DAY, "T"),
    ("20261119_Losverfahren_in_Köln.mp4", LOTS, DAY, "T"),
    ("20261119 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("2026.11.19 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("2026-11-19T19:00:00 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("Losverfahren in Köln 2026-11-19.mp4", LOTS, DAY, ""),
    ("Losverfahren in Köln (2026-11-19).mp4", LOTS, DAY, ""),
    ("19.11.2026 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("Losverfahren in Köln, 19.11.2026.mp4", LOTS, DAY, ""),
    ("19. 11. 2026 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("19_11_2026_Netzwerktreffen.mp4", TREFFEN, DAY, "T"),
    ("19-11-2026 Netzwerktreffen.mp4", TREFFEN, DAY, ""),
    ("11-19-2026 Netzwerktreffen.mp4", TREFFEN, DAY, "D"),
    ("05-06-2026 Netzwerktreffen.mp4", TREFFEN, date(2026, 6, 5), "D"),
    ("19. November 2026 – Netzwerktreffen.mp4", TREFFEN, DAY, ""),
    ("Netzwerktreffen 1. März 2026.mp4", TREFFEN, date(2026, 3, 1), ""),
    ("Netzwerktreffen 19.11.26.mp4", TREFFEN, DAY, "D"),
    ("261119 Netzwerktreffen.mp4", TREFFEN, DAY, "D"),
    ("Netzwerktreffen.mp4", TREFFEN, None, "TD"),
    ("Losverfahren in Köln.mp4", LOTS, None, "D"),
    ("Losverfahren in Köln (1).mp4", LOTS, None, "D"),
    ("Losverfahren in Köln - Kopie.mp4", LOTS, None, "D"),
    ("Losverfahren in Köln - Copy (2).mp4", LOTS, None, "D"),
    ("Losverfahren-in-Köln_1920x1080.mp4", LOTS, None, "TD"),
    ("Losverfahren in Köln 720p.mp4", LOTS, None, "D"),
    ("Losverfahren in Köln [dQw4w9WgXcQ].webm", LOTS, None, "D"),
    ("Losverfahren in Köln.mp4.webm", LOTS, None, "D"),
    ("Protokoll 2026-11-19 – Bürgerrat Klima, Teil 2.mp3", "Protokoll – Bürgerrat Klima, Teil 2", DAY, ""),
    ("Video-Konferenz der Räte.mp4", "Video-Konferenz der Räte", None, "D"),
    # No day, no title, no harm
    ("99.99.2026 Netzwerktreffen.mp4", "99.99.2026 Netzwerktreffen", None, "D"),
    ("2026-02-30 Netzwerktreffen.mp4", "2026-02-30 Netzwerktreffen", None, "D"),
    ("1904-01-01 Netzwerktreffen.mp4", "1904-01-01 Netzwerktreffen", None, "D"),
    ("1795114800.mp4", None, None, "TD"),
    ("3f2a9c41-77b0-4f6e-9d1c-0a1b2c3d4e5f.mp4", None, None, "TD"),
    ("download", None, None, "TD"),
    ("index.m3u8", None, None, "TD"),
    (".mp4", None, None, "TD"),
    ("", None, None, "TD"),
    ("../../etc/2026-11-19 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("C:\\Aufnahmen\\2026-11-19 Losverfahren in Köln.mp4", LOTS, DAY, ""),
    ("2026-11-19 Losverfahren in Ko\u0308ln.mp4", LOTS, DAY, ""),
]


@pytest.mark.parametrize(
    ("name", "title", "day", "guessed"), TABLE, ids=[row[0] or "nothing" for row in TABLE]
)
def test_a_name_says_title_and_day_and_how_sure_they_are(
    name: str, title: str | None, day: date | None, guessed: str
) -> None:
    assert read_file_name(name, BERLIN) == NamedFile(title, day, "T" in guessed, "D" in guessed)


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 60


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Berlin", DAY), ("America/New_York", DAY), ("Pacific/Auckland", NEXT)]
)
def test_a_moment_in_utc_falls_on_the_day_of_the_network(zone: str, day: date) -> None:
    assert read_file_name("GMT20261119-190312_Recording.mp4", ZoneInfo(zone)).day == day


@given(st.text(max_size=400))
def test_any_name_is_read(name: str) -> None:
    found = read_file_name(name, BERLIN)
    assert found.title is None or (found.title == found.title.strip() and found.title.isprintable())
    assert found.is_title_guessed or found.title is not None
    assert found.is_day_guessed or found.day is not None


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="Treffen.mp4"', "Treffen.mp4"),
        ("attachment; filename=Treffen.mp4", "Treffen.mp4"),
        ("attachment; filename*=UTF-8''Losverfahren%20in%20K%C3%B6ln.mp4", "Losverfahren in Köln.mp4"),
        ("attachment; filename*=iso-8859-1'de'K%F6ln.mp4", "Köln.mp4"),
        (
            'attachment; filename="Losverfahren in K_ln.mp4"; '
            "filename*=UTF-8''Losverfahren%20in%20K%C3%B6ln.mp4",
            "Losverfahren in Köln.mp4",
        ),
        ('attachment; filename="K\u00c3\u00b6ln.mp4"', "Köln.mp4"),  # raw UTF-8, read as latin-1
        ('attachment; filename="K\u00f6ln.mp4"', "Köln.mp4"),
        ('attachment; filename="K%C3%B6ln.mp4"', "Köln.mp4"),
        ('attachment; filename="=?UTF-8?B?S8O2bG4ubXA0?="', "Köln.mp4"),
        ('inline; filename="C:\\\\Aufnahmen\\\\Treffen.mp4"', "Treffen.mp4"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment", None),
        ("", None),
        ('attachment; filename=""', None),
        ("attachment; filename*=nirgends''K%F6ln.mp4", None),
        ("attachment; filename*=UTF-8''K%F6ln.mp4", None),
    ],
)
def test_a_servers_header_names_the_file(header: str, name: str | None) -> None:
    assert disposition_file_name(header) == name


@given(st.text(max_size=200))
def test_any_header_is_read(header: str) -> None:
    found = disposition_file_name(f"attachment; filename={header}")
    assert found is None or "/" not in found


@pytest.mark.parametrize(
    ("moment", "encoder", "day"),
    [
        ("2026-11-19T19:03:12.000000Z", "", DAY),
        ("2026-11-19T23:30:00Z", "", NEXT),
        ("2026-11-19T19:03:12+0100", "Lavf59.27.100", DAY),
        ("2026-11-19 19:03:12", "", DAY),
        ("1904-01-01T00:00:00.000000Z", "", None),
        ("1970-01-01T00:00:00Z", "", None),
        ("2026-11-19T19:03:12Z", "HandBrake 1.6.1 2023012300", None),
        ("gestern", "", None),
        ("", "", None),
        ("9999-12-31T23:59:59Z", "", None),
        ("0001-01-01T00:00:00Z", "", None),
        ("1" * 10_000, "", None),
    ],
)
def test_when_media_were_made_is_believed_where_it_can_be_true(
    moment: str, encoder: str, day: date | None
) -> None:
    assert day_made(moment, encoder, BERLIN) == day
