"""The platforms that people send links of, by yt-dlp's own descriptions of them; nothing is asked for.

yt-dlp describes each site by addresses and by what it finds there. Each address must reach the extractor that
is meant, past our own adapters, and what is found there must become a title and a day.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from yt_dlp.extractor import gen_extractor_classes
from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import DownloadError, ExtractorError

from tasks.fetching.adapters import find_recording, is_known_site
from tasks.fetching.fetch_errors import translate
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.error_kinds import PermanentError
from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED
from transcripts.media.media_values import Fetched
from transcripts.sources.pasted_text import read_pasted
from transcripts.sources.source_url import with_passcode
from transcripts.sources.title_and_day import Circumstances, Given, Named, named
from transcripts.wording.error_wording import explain

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 28)
CLASSES = {each.ie_key(): each for each in gen_extractor_classes()}
SITES = (
    *("Zoom", "ZoomClips", "CiscoWebex", "SharePoint", "MicrosoftEmbed", "MicrosoftMedius", "MicrosoftBuild"),
    *("Youtube", "YoutubeYtBe", "YoutubeClip", "YoutubeLivestreamEmbed", "PeerTube", "CCC", "Vimeo"),
    *("VimeoEvent", "VimeoReview", "VimeoPro", "ARDBetaMediathek", "ARDAudiothek", "ZDF", "ArteTV", "BR"),
    *("DLF", "Phoenix", "ORFON", "Bundestag", "Loom", "Dropbox", "GoogleDrive", "Panopto", "Opencast"),
    *("ArchiveOrg", "Facebook", "TwitchVod"),
)
# How they are written differently and mean the same, as far as our reading goes.
OTHER_HOSTS = {"m.facebook.com": "www.facebook.com", "m.twitch.tv": "www.twitch.tv"}
# By these addresses the same extractor of one video is reached.
ONE_VIDEO = {"YoutubeYtBe": "Youtube"}


@dataclass(frozen=True)
class Described:
    """An address of a site, and what yt-dlp says that it finds there."""

    site: str
    address: str
    info: Mapping[str, Any] = field(default_factory=dict)


def described() -> Iterator[Described]:
    """All that can be pasted as a link; yt-dlp's own short forms cannot."""
    for site in SITES:
        for case in CLASSES[site].get_testcases(include_onlymatching=True):
            address = case["url"]
            if address.startswith(("http://", "https://")):
                yield Described(site, address, {} if _is_list(case) else case.get("info_dict", {}))


def _is_list(case: Mapping[str, Any]) -> bool:
    return any(name.startswith("playlist") for name in case)


def told_by_site() -> list[Described]:
    """Those of one recording whose title is known word by word."""
    return [each for each in DESCRIBED if _is_plain(each.info.get("title"))]


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and not value.startswith(("re:", "md5:", "startswith:", "contains:"))


DESCRIBED = list(described())


@dataclass
class Site:
    """In the place of the session with yt-dlp: says what is described, and answers no other question."""

    info: Mapping[str, Any]
    file_names: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def extract_info(self, address: str, *, download: bool) -> dict[str, Any]:
        assert not download
        self.asked.append(address)
        return {"url": "https://media.example.org/1", **self.info}

    def urlopen(self, _request: object) -> None:
        raise AssertionError("one of our own adapters asks for the address of a known site")


def found(one: Described) -> FoundRecording:
    site = Site(
        {name: value for name, value in one.info.items() if _is_known(value)} | {"extractor_key": one.site}
    )
    address = read_pasted(one.address).address
    find = looked_up(site, address)
    assert site.asked == [address]
    return find


def looked_up(site: Site, address: str) -> FoundRecording:
    session: Any = site
    return find_recording(session, address, BERLIN, max_duration_seconds=10**6, max_size_bytes=10**15)


def _is_known(value: object) -> bool:
    """Descriptions also give types, and patterns of what changes."""
    return not isinstance(value, type) and not (isinstance(value, str) and not _is_plain(value))


def called(find: FoundRecording) -> Named:
    fetched = Fetched(
        files=(),
        title=find.title,
        recorded_on=find.recorded_on,
        extractor=find.extractor,
        is_file_name=find.is_file_name,
        is_day_guessed=find.is_day_guessed,
        changed_on=find.changed_on,
    )
    return named(Given(), fetched, Circumstances(None, TODAY))


def chosen(address: str) -> str:
    return next(str(key) for key, each in CLASSES.items() if each.suitable(address))


def test_there_is_enough_to_go_by() -> None:
    assert {each.site for each in DESCRIBED} == set(SITES)
    assert len(DESCRIBED) > 250
    assert len(told_by_site()) > 120


@pytest.mark.parametrize("one", DESCRIBED, ids=lambda one: f"{one.site} {one.address}"[:90])
def test_an_address_reaches_the_extractor_that_is_meant(one: Described) -> None:
    address = read_pasted(f"Hier die Aufzeichnung: {one.address} – viel Freude!").address
    meant = ONE_VIDEO.get(one.site, one.site)
    assert chosen(address) == meant
    assert is_known_site(address)
    if meant == "Youtube":
        assert CLASSES[meant]._match_id(address) in one.address
        return
    parts = urlsplit(one.address)
    assert address == parts._replace(netloc=OTHER_HOSTS.get(parts.netloc, parts.netloc)).geturl()


@pytest.mark.parametrize("one", DESCRIBED, ids=lambda one: f"{one.site} {one.address}"[:90])
def test_a_passcode_beside_it_changes_nothing_of_which_recording_is_meant(one: Described) -> None:
    address = read_pasted(one.address).address
    carrying = with_passcode(address, "Ab1+ ?&x")
    assert chosen(carrying) == chosen(address)
    extractor = CLASSES[chosen(address)]
    assert extractor._match_valid_url(carrying).groupdict().get("id") == extractor._match_id(address)


@pytest.mark.parametrize("one", told_by_site(), ids=lambda one: f"{one.site} {one.info['title']}"[:90])
def test_what_is_found_there_becomes_a_title_and_a_day(one: Described) -> None:
    if one.info.get("live_status") in ("is_live", "is_upcoming") or one.info.get("is_live") is True:
        with pytest.raises(PermanentError, match="live"):
            found(one)
        return
    find = found(one)
    result = called(find)
    assert result.title
    assert result.title == " ".join(result.title.split())
    assert not result.title.lower().endswith((".mp4", ".mp3", ".mov", ".webm"))
    reasons = {each.code for each in result.guesses}
    days = (one.info.get(key) for key in ("release_date", "upload_date"))
    stated = next((day for day in days if _is_plain(day)), None)
    if stated is not None:
        # The described day is that of Greenwich.
        assert abs(result.day - date.fromisoformat(stated)) <= timedelta(days=1)
        assert DAY_GUESSED not in reasons
    elif find.recorded_on is None:
        assert (result.day, DAY_GUESSED in reasons) == (TODAY, True)


@pytest.mark.parametrize(
    ("site", "said", "title", "day", "guessed"),
    [
        ("Zoom", "Netzwerktreffen Bürgerräte", "Netzwerktreffen Bürgerräte", None, {DAY_GUESSED}),
        ("Zoom", "Zoom Meeting von Erika Mustermann", None, None, {TITLE_GUESSED, DAY_GUESSED}),
        ("Zoom", "Erika's Personal Meeting Room", None, None, {TITLE_GUESSED, DAY_GUESSED}),
        ("Zoom", "Netzwerktreffen am 19.11.2026", None, date(2026, 11, 19), set()),
        ("SharePoint", "Netzwerktreffen-20261119_180312-Besprechungsaufzeichnung", "Netzwerktreffen",
         date(2026, 11, 19), set()),
        ("SharePoint", "Netzwerk Bürgerräte-20261119_180312UTC-Meeting Recording.mp4", "Netzwerk Bürgerräte",
         date(2026, 11, 19), set()),
        ("SharePoint", "930103681233985536", None, None, {TITLE_GUESSED, DAY_GUESSED}),
        ("GoogleDrive", "2026-11-19 Losverfahren in kleinen Gemeinden.mp4",
         "Losverfahren in kleinen Gemeinden", date(2026, 11, 19), set()),
        ("GoogleDrive", "GMT20261119-190312_Recording_1920x1080.mp4", None, date(2026, 11, 19),
         {TITLE_GUESSED}),
        ("Dropbox", "Treffen_im_Mai", "Treffen im Mai", None, {TITLE_GUESSED, DAY_GUESSED}),
        ("CiscoWebex", "Netzwerktreffen-20261119 1803-1", "Netzwerktreffen", date(2026, 11, 19), set()),
        ("PeerTube", "Netzwerktreffen 2026-11-19.mp4", "Netzwerktreffen", date(2026, 11, 19), set()),
        ("Bundestag", "145. Sitzung vom 15.12.2023, TOP 24", None, date(2023, 12, 15), set()),
        ("Vimeo", "Bilanz 3-4-2025", None, None, {DAY_GUESSED}),
    ],
)  # fmt: skip
def test_a_title_that_is_the_name_of_a_file_is_read_as_one(
    site: str, said: str, title: str | None, day: date | None, guessed: set[str]
) -> None:
    address = next(each.address for each in DESCRIBED if each.site == site)
    result = called(found(Described(site, address, {"title": said})))
    if title is not None:
        assert result.title == title
    assert result.day == (day or TODAY)
    assert {each.code for each in result.guesses} == guessed


# -- What stands in the way --

MODULES = (
    *("zoom", "sharepoint", "ciscowebex", "microsoftembed", "youtube._video", "peertube", "ccc", "vimeo"),
    *("ard", "zdf", "arte", "br", "dlf", "phoenix", "bundestag", "loom", "dropbox", "googledrive"),
    *("panopto", "opencast", "archiveorg"),
)
RAISED = ("ExtractorError", "raise_login_required", "raise_no_formats", "raise_geo_restricted")
# Only who logs in, asks for comments or chooses clients of yt-dlp's meets these; no setting of ours does.
NEVER_MET = (
    *("API client", "OAuth tokens", "comment reply thread", "player clients", "bad username"),
    *(" said: ", " says: ", "Invalid URL"),
)
# Nothing is in the way there but the time of day, or the page of another kind.
PLAIN_FAILURES = (
    "after 20:00",
    "language edition",
    "not archived",
    "suitable formats",
    "Got HTTP Error x. x",
)
TO_BE_UPLOADED = {"login_required", "bot_suspected", "page_unreadable", "geo_blocked", "too_many_requests"}
UNDERSTOOD = {
    *TO_BE_UPLOADED, "passcode_wrong", "passcode_needed", "private_video", "live", "not_found", "no_media",
    "gone", "drm",
}  # fmt: skip


@dataclass(frozen=True)
class Saying:
    """What an extractor says when it gives up, and by which call."""

    module: str
    call: str
    text: str
    is_expected: bool


def sayings() -> Iterator[Saying]:
    """All sentences in the source of these extractors."""
    for module in MODULES:
        source = inspect.getsource(importlib.import_module(f"yt_dlp.extractor.{module}"))
        for call in ast.walk(ast.parse(source)):
            name = _name_of(call.func) if isinstance(call, ast.Call) else ""
            if isinstance(call, ast.Call) and name in RAISED and call.args:
                text = _text(call.args[0])
                is_expected = any(each.arg == "expected" for each in call.keywords)
                if text and not any(each in text for each in NEVER_MET):
                    yield Saying(module, name, text, is_expected)


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "x" for each in node.values)
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


SAYINGS = list(sayings())


def ended(site: str, failing: Any, directory: Path, address: str) -> Any:
    """What becomes of a failure within the extractor of a site, through all of yt-dlp."""
    session = Session(directory, 5, None)
    kind = type(session.get_info_extractor(site))
    session.add_info_extractor(type(kind.__name__, (kind,), {"_real_extract": failing})())
    with pytest.raises((DownloadError, TypeError)) as caught:
        session.extract_info(address, download=False)
    return translate(caught.value, address, str(directory))


@pytest.mark.parametrize("saying", SAYINGS, ids=lambda one: f"{one.module} {one.text}"[:80])
def test_each_reason_that_an_extractor_gives_is_understood(saying: Saying, tmp_path: Path) -> None:
    def give_up(extractor: InfoExtractor, _url: str) -> None:
        if saying.call == "ExtractorError":
            raise ExtractorError(saying.text, expected=saying.is_expected)
        named = {"expected": saying.is_expected} if saying.call == "raise_no_formats" else {}
        getattr(extractor, saying.call)(saying.text, **named)

    error = ended("Zoom", give_up, tmp_path, "https://zoom.us/rec/share/abc")
    if any(each in saying.text for each in PLAIN_FAILURES):
        assert error.code in UNDERSTOOD | {"fetch_failed"}
        return
    assert error.code in UNDERSTOOD, explain(error)
    if error.code in TO_BE_UPLOADED:
        assert "hochladen" in explain(error)


def test_there_are_reasons_enough() -> None:
    assert len(SAYINGS) > 35


SHAREPOINT = "https://example-my.sharepoint.com/:v:/g/personal/erika_example_org/EUrAmrktb4ZMhUcY9J2PqMEBD_9x_l0DyYWVgAvp-TTOMw?e=Zp"
YOUTUBE = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
ZOOM = "https://us02web.zoom.us/rec/share/abc.def"
NO_FORMATS = {"id": "1", "title": "Treffen", "formats": []}


@pytest.mark.parametrize(
    ("site", "address", "outcome", "code", "says"),
    [
        ("SharePoint", SHAREPOINT,
         "Session cookies are required for this URL and can be passed with the --cookies option.",
         "login_required", "herunterladen und hochladen"),
        ("SharePoint", SHAREPOINT, KeyError("VroomItemId"), "page_unreadable", "als Datei hochladen"),
        ("SharePoint", SHAREPOINT, NO_FORMATS, "page_unreadable", "als Datei hochladen"),
        ("Youtube", YOUTUBE, "Sign in to confirm you’re not a bot. Use --cookies-from-browser",
         "bot_suspected", "als Datei hochladen"),
        ("Youtube", YOUTUBE, "Sign in to confirm your age. This video may be inappropriate for some users.",
         "login_required", "herunterladen und hochladen"),
        ("Youtube", YOUTUBE, "Private video. Sign in if you've been granted access to this video",
         "private_video", "„nicht gelistet“"),
        ("Youtube", YOUTUBE, "This video has been removed by the uploader", "gone", "gelöscht"),
        ("Youtube", YOUTUBE,
         "This content isn't available, try again later. The session has been rate-limited by YouTube",
         "too_many_requests", "als Datei hochladen"),
        ("Youtube", YOUTUBE, NO_FORMATS, "page_unreadable", "als Datei hochladen"),
        ("Youtube", YOUTUBE, "Premieres in 3 hours", "live", "nach dem Ende"),
        ("Zoom", ZOOM, TypeError("'NoneType' object is not subscriptable"), "page_unreadable", "hochladen"),
        ("Zoom", ZOOM, "This video is protected by a passcode, use the --video-password option",
         "passcode_needed", "als Kenncode eintragen"),
        ("Zoom", ZOOM, {**NO_FORMATS, "formats": [{"url": "https://x/1", "has_drm": True}]}, "drm",
         "kopiergeschützt"),
    ],
)  # fmt: skip
def test_what_needs_a_login_or_a_browser_says_what_to_do(
    site: str, address: str, outcome: Any, code: str, says: str, tmp_path: Path
) -> None:
    def extract(_extractor: InfoExtractor, _url: str) -> dict[str, Any]:
        if isinstance(outcome, dict):
            return outcome
        raise outcome if isinstance(outcome, Exception) else ExtractorError(outcome, expected=True)

    error = ended(site, extract, tmp_path, address)
    assert error.code == code
    assert says in explain(error)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://us02web.zoom.us/j/81234567890?pwd=abc", "meeting_link"),
        ("https://zoom.us/my/erika", "meeting_link"),
        ("https://us02web.zoom.us/wc/81234567890/join", "meeting_link"),
        ("https://us02web.zoom.us/meeting/register/tZ0pc", "meeting_link"),
        ("https://us02web.zoom.us/recording/detail?meeting_id=abc", "login_required"),
        ("https://zoom.us/recording", "login_required"),
        ("https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0", "meeting_link"),
        ("https://teams.microsoft.com/meet/312345678901?p=abc", "meeting_link"),
        ("https://teams.live.com/meet/9312345678901", "meeting_link"),
        ("https://teams.microsoft.com/l/meetingrecap?driveId=b%21x", "login_required"),
        ("https://web.microsoftstream.com/video/3f2a9c41-77b0-4f6e-9d1c-0a1b2c3d4e5f", "login_required"),
        ("https://meet.google.com/abc-defg-hij", "meeting_link"),
        ("https://example.webex.com/meet/erika", "meeting_link"),
        ("https://example.webex.com/example/j.php?MTID=m1234", "meeting_link"),
    ],
)
def test_a_link_that_leads_to_no_recording_says_so_without_a_question(address: str, code: str) -> None:
    site = Site({})
    with pytest.raises(PermanentError) as caught:
        looked_up(site, address)
    assert (caught.value.code, site.asked) == (code, [])
    assert "hochladen" in explain(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/embed/live_stream?channel=UC2_KI6RB__jGdlnK6dvFEZA",
        "https://www.youtube.com/embed/videoseries?list=PL2qgrgXsNUG5ig9cat4ohreBjYLAPC0J5",
    ],
)
def test_a_channel_and_a_list_are_not_taken_for_a_video(address: str) -> None:
    assert read_pasted(address).address == address
