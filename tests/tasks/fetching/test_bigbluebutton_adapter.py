"""Recordings on BigBlueButton servers: what is fetched, what never is, what is said where there is none."""

import re
import time
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tasks.fetching.fetch_step import FetchLimits, fetch
from tests import misbehaving_server as server
from tests.bigbluebutton_farm import (
    BEGAN_AT_MS,
    PRIVATE_NAMES,
    TITLE,
    Meeting,
    Slide,
    meeting_id,
    publish,
    publish_video,
    write_metadata,
)
from tests.kinds import kind_of
from tests.misbehaving_server import Exchange, Handler, Site, serve, serve_folder
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.media.media_values import Fetched
from transcripts.sources.source_url import parse_source_url
from transcripts.wording.error_wording import explain

SLIDES = (Slide(0, "red", "Losverfahren\nWarum?"), Slide(2, "green", "Kosten"), Slide(4, "red"))
WHOLE = Meeting(seconds=6, slides=SLIDES, sharings=((3.0, 3.6),))
PLAIN = Meeting(seconds=3, container="mp4", has_cameras=False, draws=True, slides=SLIDES[:1])
PAGE = "playback/presentation/2.3/{}"
OTHERS_FILES = re.compile(r"slides_new|popcorn|chat|polls|notes|events|cursor|panzoom|tldraw")


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's disk with four recordings of different shapes."""
    folder = tmp_path_factory.mktemp("bigbluebutton")
    publish(folder, "whole", WHOLE)
    publish(folder, "plain", PLAIN)
    publish(folder, "sound", Meeting(seconds=3, has_own_sound=True, slides=SLIDES, text_file=False))
    publish_video(folder, "video", Meeting(seconds=3))
    return folder


def fetch_from(site: Site, path: str, folder: Path, **limits: float) -> Fetched:
    allowed = {"max_duration_seconds": 8 * 3600.0, "max_size_bytes": 50_000_000, **limits}
    bounds = FetchLimits((site.authority,), timezone="Europe/Berlin", stall_timeout_seconds=2, **allowed)  # type: ignore[arg-type]
    return fetch(parse_source_url(site.url(path)), folder, bounds, lambda _progress: None)


def failure_from(site: Site, path: str, folder: Path, **limits: float) -> StepError:
    with pytest.raises(StepError) as caught:
        fetch_from(site, path, folder, **limits)
    return caught.value


def folder_handlers(folder: Path, changed: Mapping[str, Handler]) -> dict[str, Handler]:
    """The files of a folder, each with its handler, some of them changed."""
    files = {f"/{each.relative_to(folder)}": each for each in folder.rglob("*") if each.is_file()}
    kinds = {".xml": "text/xml", ".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png"}
    served: dict[str, Handler] = {
        path: partial(server.file, content=each.read_bytes(), kind=kinds.get(each.suffix, "video/webm"))
        for path, each in files.items()
    }
    return {**served, **changed}


@pytest.mark.parametrize(
    "path",
    [
        "playback/presentation/2.0/playback.html?meetingId={}",
        "playback/presentation/2.3/{}?t=1m5s",
        "presentation/{}/video/webcams.webm",
        "presentation/{}/metadata.xml",
        "presentation/{}",
    ],
)
def test_all_parts_of_a_presentation_come_with_title_and_day(
    path: str, site_folder: Path, tmp_path: Path
) -> None:
    identity = meeting_id("whole")
    with serve_folder(site_folder) as site:
        fetched = fetch_from(site, path.format(identity), tmp_path)
    assert (fetched.title, fetched.recorded_on) == (TITLE, date(2026, 11, 22)), "the day is that of Berlin"
    assert (fetched.extractor, fetched.is_file_name) == ("BigBlueButton", False)
    presentation = fetched.presentation
    assert presentation is not None
    assert [file.path.name for file in fetched.files] == [
        "source.sound.webm",
        "source.screen.webm",
        "source.slide-001.png",
        "source.slide-002.png",
    ]
    on_disk = site_folder / "presentation" / identity
    assert fetched.files[0].path.read_bytes() == (on_disk / "video/webcams.webm").read_bytes()
    assert fetched.files[3].path.read_bytes() == (on_disk / "presentation/p1/slide-2.png").read_bytes()
    assert [(each.start_seconds, each.picture, each.text) for each in presentation.slides] == [
        (0, "source.slide-001.png", "Losverfahren\nWarum?"),
        (2, "source.slide-002.png", "Kosten"),
        (3, None, ""),
        (3.6, "source.slide-002.png", "Kosten"),
        (4, "source.slide-001.png", "Losverfahren\nWarum?"),
    ]
    assert [(each.start_seconds, each.end_seconds) for each in presentation.sharings] == [(3, 3.6)]
    assert presentation.stated_seconds == 6


def test_nobody_s_name_and_no_chat_is_asked_for_or_kept(site_folder: Path, tmp_path: Path) -> None:
    with serve_folder(site_folder) as site:
        fetched = fetch_from(site, PAGE.format(meeting_id("whole")), tmp_path)
        asked = [one.path for one in site.requests]
    assert not [path for path in asked if OTHERS_FILES.search(path)]
    kept = fetched.model_dump_json().encode() + b"".join(
        path.read_bytes() for path in tmp_path.iterdir() if path.suffix in (".json", ".xml")
    )
    assert not any(name.encode() in kept for name in PRIVATE_NAMES)


def test_slides_of_newer_servers_are_drawings(site_folder: Path, tmp_path: Path) -> None:
    with serve_folder(site_folder) as site:
        fetched = fetch_from(site, PAGE.format(meeting_id("plain")), tmp_path)
    assert [file.path.name for file in fetched.files] == ["source.sound.mp4", "source.slide-001.svg"]


def test_sound_alone_and_texts_in_files_of_their_own(site_folder: Path, tmp_path: Path) -> None:
    with serve_folder(site_folder) as site:
        fetched = fetch_from(site, PAGE.format(meeting_id("sound")), tmp_path)
    assert fetched.files[0].path.name == "source.sound.webm"
    assert fetched.presentation is not None
    assert [each.text for each in fetched.presentation.slides[:2]] == ["Losverfahren\nWarum?", "Kosten"]


@pytest.mark.parametrize("path", ["playback/video/{}/", "playback/video/{}", "playback/video/{}/video-0.m4v"])
def test_the_format_video_is_one_file(path: str, site_folder: Path, tmp_path: Path) -> None:
    with serve_folder(site_folder) as site:
        fetched = fetch_from(site, path.format(meeting_id("video")), tmp_path)
    assert (fetched.title, fetched.recorded_on, fetched.presentation) == (TITLE, date(2026, 11, 22), None)
    assert [file.path.name for file in fetched.files] == ["source.video.m4v"]


def test_a_server_may_lie_below_a_path(site_folder: Path, tmp_path: Path) -> None:
    handlers = {f"/bbb1{path}": handler for path, handler in folder_handlers(site_folder, {}).items()}
    with serve(handlers) as site:
        fetched = fetch_from(site, "bbb1/" + PAGE.format(meeting_id("plain")), tmp_path)
    assert fetched.title == TITLE


def test_scalelite_leads_on_with_a_cookie(site_folder: Path, tmp_path: Path) -> None:
    identity = meeting_id("plain")

    def forward(exchange: Exchange) -> None:
        to = f"/playback/presentation/2.3/{identity}"
        exchange.reply(307, Location=to, Set_Cookie=f"recording=ja; Path=/presentation/{identity}")

    def protected(exchange: Exchange, handler: Handler) -> None:
        if "recording=ja" not in exchange.headers.get("Cookie", ""):
            return exchange.reply(404, b"no")
        return handler(exchange)

    served = {
        path: partial(protected, handler=handler)
        for path, handler in folder_handlers(site_folder, {}).items()
        if identity in path
    }
    page = partial(server.page, html="<html></html>")
    ways: dict[str, Handler] = {
        f"/recording/{identity}/presentation": forward,
        f"/playback/presentation/2.3/{identity}": page,
    }
    with serve({**served, **ways}) as site:
        assert (
            fetch_from(site, f"recording/{identity}/presentation?token=geheim", tmp_path / "a").title == TITLE
        )
        assert failure_from(site, PAGE.format(identity), tmp_path / "b").code == "recording_unknown"


STATES = {
    "processing": (TemporaryError, "recording_processing", "verarbeitet"),
    "processed": (TemporaryError, "recording_processing", "verarbeitet"),
    "unpublished": (PermanentError, "recording_unpublished", "veröffentlichen"),
    "deleted": (PermanentError, "recording_deleted", "gelöscht"),
}


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_published_says_why(state: str, tmp_path: Path) -> None:
    identity = meeting_id("x")
    folder = tmp_path / "site/presentation" / identity
    folder.mkdir(parents=True)
    write_metadata(folder, identity, Meeting(state=state, is_published=False))
    with serve_folder(tmp_path / "site") as site:
        error = failure_from(site, PAGE.format(identity), tmp_path / "work")
    kind, code, word = STATES[state]
    assert (kind_of(error), error.code) == (kind, code)
    assert word in explain(error)


@pytest.mark.parametrize("age_hours", [1, 30])
@pytest.mark.parametrize("answer", ["404", "a page"])
def test_what_is_not_there_may_yet_come_for_a_day(answer: str, age_hours: int, tmp_path: Path) -> None:
    identity = meeting_id("x", round(1000 * (time.time() - 3600 * age_hours)))
    page: dict[str, Handler] = {
        f"/presentation/{identity}/metadata.xml": partial(server.page, html="<html>Nicht gefunden</html>")
    }
    with serve(page if answer == "a page" else {}) as site:
        error = failure_from(site, PAGE.format(identity), tmp_path)
    expected = (
        (TemporaryError, "recording_not_yet") if age_hours < 24 else (PermanentError, "recording_unknown")
    )
    assert (kind_of(error), error.code) == expected
    assert explain(error).count("BigBlueButton") == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [(403, "forbidden"), (401, "login_required"), (429, "too_many_requests"), (503, "server_error")],
)
@pytest.mark.parametrize(
    "file", ["metadata.xml", "shapes.svg", "presentation/p1/slide-2.png", "video/webcams.webm"]
)
def test_refusals_are_those_of_any_source(
    file: str, status: int, expected: str, site_folder: Path, tmp_path: Path
) -> None:
    identity = meeting_id("whole")
    refused = {f"/presentation/{identity}/{file}": partial(server.error, status=status)}
    with serve(folder_handlers(site_folder, refused)) as site:
        assert failure_from(site, PAGE.format(identity), tmp_path).code == expected


def test_a_slide_that_is_missing_leaves_the_rest(site_folder: Path, tmp_path: Path) -> None:
    identity = meeting_id("whole")
    gone = {f"/presentation/{identity}/presentation/p1/slide-2.png": partial(server.error, status=404)}
    with serve(folder_handlers(site_folder, gone)) as site:
        fetched = fetch_from(site, PAGE.format(identity), tmp_path)
    assert fetched.presentation is not None
    assert fetched.presentation.slides[1].picture == "source.slide-002.png"
    assert "source.slide-002.png" not in [file.path.name for file in fetched.files]


DRAWINGS: dict[str, Handler] = {
    "damaged": partial(server.file, content=b"<svg><image in='1'", kind="image/svg+xml"),
    "endless": partial(server.endless, kind="image/svg+xml"),
    "laughing": partial(
        server.file, content=b'<!DOCTYPE svg [<!ENTITY a "ha">]><svg>&a;</svg>', kind="image/svg+xml"
    ),
}


@pytest.mark.parametrize("kind", DRAWINGS)
def test_a_list_of_slides_that_cannot_be_read_leaves_the_rest(
    kind: str, site_folder: Path, tmp_path: Path
) -> None:
    identity = meeting_id("whole")
    changed = {f"/presentation/{identity}/shapes.svg": DRAWINGS[kind]}
    with serve(folder_handlers(site_folder, changed)) as site:
        fetched = fetch_from(site, PAGE.format(identity), tmp_path)
    assert fetched.presentation is not None
    assert not fetched.presentation.has_readable_slides
    assert fetched.presentation.slides == ()
    assert [(each.start_seconds, each.end_seconds) for each in fetched.presentation.sharings] == [(3, 3.6)]


def test_a_presentation_without_any_sound_is_none(site_folder: Path, tmp_path: Path) -> None:
    identity = meeting_id("whole")
    gone = {f"/presentation/{identity}/video/webcams.webm": partial(server.error, status=404)}
    with serve(folder_handlers(site_folder, gone)) as site:
        assert failure_from(site, PAGE.format(identity), tmp_path).code == "no_media"


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"max_duration_seconds": 5.0}, "too_long"), ({"max_size_bytes": 20_000}, "too_large")],
)
def test_limits_hold_for_all_parts_together(
    limits: dict[str, float], code: str, site_folder: Path, tmp_path: Path
) -> None:
    with serve_folder(site_folder) as site:
        assert failure_from(site, PAGE.format(meeting_id("whole")), tmp_path, **limits).code == code


@pytest.mark.parametrize("file", ["metadata.xml", "presentation/p1/slide-1.png", "video/webcams.webm"])
def test_no_file_of_it_leads_to_a_private_address(file: str, site_folder: Path, tmp_path: Path) -> None:
    identity = meeting_id("whole")
    with serve({}, host="127.0.0.2") as inside:
        astray = partial(server.redirect, to=f"http://127.0.0.2:{inside.port}/x")
        with serve(folder_handlers(site_folder, {f"/presentation/{identity}/{file}": astray})) as site:
            assert failure_from(site, PAGE.format(identity), tmp_path).code == "address_private"
        assert inside.requests == []


def test_what_is_there_is_not_fetched_again(site_folder: Path, tmp_path: Path) -> None:
    identity = meeting_id("whole")
    video = (site_folder / "presentation" / identity / "video/webcams.webm").read_bytes()
    path = f"/presentation/{identity}/video/webcams.webm"
    # First it is asked whether there is such a file; then yt-dlp gets one half of it.
    half = server.FirstThen(server.CutAtHalf(video, cuts=1, tries=1), server.refusing_to_speak)
    answering = [server.FirstThen(partial(server.file, content=video), half)]
    changing: Handler = lambda exchange: answering[-1](exchange)  # noqa: E731 - short beside a function
    with serve(folder_handlers(site_folder, {path: changing})) as site:
        assert failure_from(site, PAGE.format(identity), tmp_path).code == "connection_lost"
        asked = len(site.asked(path))
        part = tmp_path / "source.sound.webm.part"
        there_bytes = part.stat().st_size
        assert 0 < there_bytes < len(video)
        answering.append(partial(server.file, content=video, etag='"a"'))  # type: ignore[arg-type]
        fetched = fetch_from(site, PAGE.format(identity), tmp_path)
        ranges = [one.range for one in site.asked(path)[asked:]]
    assert fetched.files[0].path.read_bytes() == video
    assert ranges == ["bytes=0-0", f"bytes={there_bytes}-"], "it went on where it broke off"


def test_the_farm_s_meetings_began_when_their_ids_say() -> None:
    assert meeting_id("x").endswith(f"-{BEGAN_AT_MS}")
