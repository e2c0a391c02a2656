"""Recordings on file shares: found, named, chosen, closed, gone; over real sockets on the loopback."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tasks.fetching.adapters import find_recording
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.yt_dlp_session import Session
from tests.kinds import kind_of
from tests.share_servers import CLOUDS, SEAFILE_TOKEN, TOKEN, Program, Share, serve_share
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.sources.recording_choice import unpacked
from transcripts.sources.source_url import passcode_in, with_passcode

BERLIN = ZoneInfo("Europe/Berlin")
NAME = "Losverfahren in Köln 2026-11-19.mp4"
MEDIA = b"\x00\x00\x00\x18ftypmp42" + bytes(5_000)
PROGRAMS = (*CLOUDS, Program.SEAFILE)
PASSWORD = "Bürger+Rat & 50 %"


def look_up(address: str, folder: Path) -> FoundRecording:
    session = Session(folder, 5, passcode_in(address))
    return find_recording(session, address, BERLIN, max_duration_seconds=8 * 3600, max_size_bytes=20_000_000)


def failure(address: str, folder: Path) -> StepError:
    with pytest.raises(StepError) as caught:
        look_up(address, folder)
    return caught.value


def page_of(program: Program, share: Share) -> str:
    if program is Program.SEAFILE:
        return f"{'d' if share.is_folder else 'f'}/{SEAFILE_TOKEN}/"
    return f"s/{TOKEN}"


def one_file(**named: object) -> Share:
    return Share({NAME: MEDIA}, **named)  # type: ignore[arg-type]


def folder_of(*names: str, **named: object) -> Share:
    return Share(dict.fromkeys(names, MEDIA), is_folder=True, **named)  # type: ignore[arg-type]


def taken(find: FoundRecording) -> tuple[str | None, date | None, bool, bool]:
    return find.title, find.recorded_on, find.is_file_name, find.is_day_guessed


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("prefix", ["", "/nextcloud"])
def test_a_share_of_one_file_is_named_by_it(program: Program, prefix: str, tmp_path: Path) -> None:
    share = one_file()
    with serve_share(program, share, prefix) as (site, _):
        find = look_up(site.url(f"{prefix}/{page_of(program, share)}"), tmp_path)
    assert taken(find) == ("Losverfahren in Köln", date(2026, 11, 19), False, False)
    assert find.formats[0]["ext"] == "mp4"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_only_recording_of_a_folder_is_taken_wherever_it_lies(program: Program, tmp_path: Path) -> None:
    share = folder_of("Protokoll.pdf", "November/Mitschnitt/Treffen.mp4", "November/Treffen.txt", "._x.mp4")
    with serve_share(program, share) as (site, _):
        find = look_up(site.url(page_of(program, share)), tmp_path)
    assert find.title == "Treffen"
    assert find.is_file_name
    assert (find.recorded_on, find.changed_on) == (None, date(2026, 11, 20)), "only the server knows a day"


@pytest.mark.parametrize("program", PROGRAMS)
def test_several_recordings_are_offered_and_each_has_an_address_of_its_own(
    program: Program, tmp_path: Path
) -> None:
    names = ("Köln & Bonn, 19.11.2026 #1?.mp4", "alt/Treffen+Oktober.mp4", "alt/Treffen+Oktober.m4a")
    share = folder_of(*names, "Protokoll.pdf", password=PASSWORD)
    with serve_share(program, share) as (site, _):
        address = with_passcode(site.url(page_of(program, share)), PASSWORD)
        error = failure(address, tmp_path)
        assert (error.code, error.details["count"]) == ("choose_recording", 2)
        choices = unpacked(str(error.details["choices"]))
        assert [each.name for each in choices] == ["Köln & Bonn, 19.11.2026 #1?.mp4", "Treffen+Oktober.mp4"]
        assert choices[0].facts == "5 kB, 19.11.2026"
        assert choices[1].facts == "5 kB, geändert am 20.11.2026"
        assert not any(word in repr(error) for word in (PASSWORD, "pwd", "B%C3%BCrger"))
        for choice in choices:
            found = look_up(with_passcode(choice.address, PASSWORD), tmp_path)
            assert found.id.endswith(choice.name)
            assert found.formats[0]["filesize"] in (len(MEDIA), None)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "share", [one_file(password=PASSWORD), folder_of("a/Treffen.mp4", password=PASSWORD)]
)
def test_a_passcode_is_asked_for_used_and_told_to_be_wrong(
    program: Program, share: Share, tmp_path: Path
) -> None:
    with serve_share(program, share) as (site, _):
        address = site.url(page_of(program, share))
        assert failure(address, tmp_path).code == "passcode_needed"
        wrong = failure(with_passcode(address, "falsch"), tmp_path)
        assert (wrong.code, wrong.details) == ("passcode_wrong", {})
        assert look_up(with_passcode(address, PASSWORD), tmp_path).formats


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    ("share", "code", "details"),
    [
        (one_file(is_gone=True), "share_gone", {}),
        (one_file(is_gone=True, password=PASSWORD), "share_gone", {}),
        (one_file(allows_download=False), "share_no_download", {}),
        (folder_of("Treffen.mp4", allows_download=False), "share_no_download", {}),
        (folder_of(), "folder_empty", {}),
        (folder_of("alles.zip"), "packed_folder", {}),
        (Share({"Treffen.zip": b"PK"}), "packed_folder", {}),
        (Share({"Protokoll.pdf": b"%PDF"}), "other_files", {"kinds": "PDF"}),
        (folder_of("a.pdf", "b/c.DOCX", "d.pdf"), "other_files", {"kinds": "DOCX, PDF"}),
    ],
)
def test_why_there_is_no_recording_is_said(
    program: Program, share: Share, code: str, details: dict[str, str], tmp_path: Path
) -> None:
    with serve_share(program, share) as (site, _):
        error = failure(site.url(page_of(program, share)), tmp_path)
    assert (kind_of(error), error.code, error.details) == (PermanentError, code, details)


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_share_is_gone_also_where_that_is_said_with_200(is_folder: bool, tmp_path: Path) -> None:
    share = Share({NAME: MEDIA}, is_folder=is_folder, is_gone=True, gone_status=200)
    with serve_share(Program.SEAFILE, share) as (site, _):
        assert failure(site.url(page_of(Program.SEAFILE, share)), tmp_path).code == "share_gone"


@pytest.mark.parametrize("program", CLOUDS)
def test_a_share_for_uploads_only_says_so(program: Program, tmp_path: Path) -> None:
    with serve_share(program, folder_of("Treffen.mp4", is_upload_only=True)) as (site, _):
        assert failure(site.url(f"s/{TOKEN}"), tmp_path).code == "share_upload_only"


@pytest.mark.parametrize("program", CLOUDS)
@pytest.mark.parametrize(
    "form",
    [
        "index.php/s/{t}",
        "s/{t}/",
        "s/{t}/download",
        "s/{t}/download/Treffen.mp4",
        "s/{t}/authenticate/showShare",
        "s/{t}?path=%2Fa&files=Treffen.mp4",
        "s/{t}/download?path=%2Fa&files=%5B%22Treffen.mp4%22%5D",
        "s/{t}?dir=/a&openfile=true",
        "s/{t}?path=%2Fa%2FTreffen.mp4",
        "files/link/public/{t}/a",
        "remote.php/dav/public-files/{t}/a/Treffen.mp4",
    ],
)
def test_every_way_of_writing_the_address_leads_to_the_recording(
    program: Program, form: str, tmp_path: Path
) -> None:
    with serve_share(program, folder_of("a/Treffen.mp4"), "/wolke") as (site, _):
        find = look_up(site.url(f"/wolke/{form.format(t=TOKEN)}"), tmp_path)
    assert find.id == "a/Treffen.mp4"


@pytest.mark.parametrize("program", CLOUDS)
def test_a_file_that_left_the_share_is_not_replaced_by_another(program: Program, tmp_path: Path) -> None:
    with serve_share(program, folder_of("neu.mp4")) as (site, _):
        address = site.url(f"s/{TOKEN}/download?path=%2F&files=alt.mp4")
        assert failure(address, tmp_path).code == "share_gone"


@pytest.mark.parametrize("program", CLOUDS)
def test_a_pause_that_the_server_asks_for_is_kept(program: Program, tmp_path: Path) -> None:
    with serve_share(program, one_file(), pause_seconds=90) as (site, playing):
        from tasks.fetching.fetch_errors import translate

        with pytest.raises(Exception) as caught:  # noqa: PT011 - yt-dlp's, translated by the child
            look_up(site.url(f"s/{TOKEN}"), tmp_path)
        error = translate(caught.value, "", "")
        assert isinstance(error, TemporaryError)
        assert error.retry_after_seconds == 90
        assert len(playing.asked) == 1, "it is left alone"


def test_a_folder_too_large_to_look_through_is_never_taken_for_one_recording(tmp_path: Path) -> None:
    share = folder_of("Treffen.mp4", *(f"ordner {n}/leer.txt" for n in range(40)))
    with serve_share(Program.NEXTCLOUD_31, share) as (site, playing):
        assert failure(site.url(f"s/{TOKEN}"), tmp_path).code == "choose_recording"
    assert len(playing.asked) < 40


@pytest.mark.parametrize("program", CLOUDS)
def test_the_passcode_is_told_to_nobody_but_the_share(program: Program, tmp_path: Path) -> None:
    with serve_share(program, one_file(password=PASSWORD)) as (site, playing):
        look_up(with_passcode(site.url(f"s/{TOKEN}"), PASSWORD), tmp_path)
    assert not any("pwd" in each for each in playing.asked)
