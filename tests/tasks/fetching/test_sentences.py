"""What organisers read when a recording cannot be had: the true cause, and something to do."""

import re
import socket
import ssl
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from yt_dlp.networking.exceptions import CertificateVerifyError
from yt_dlp.utils import DownloadError, ExtractorError, GeoRestrictedError

from tasks.fetching.fetch_errors import translate
from tasks.fetching.fetch_step import FetchLimits, fetch
from tasks.media.inspection import inspect_media
from tests import misbehaving_server as server
from tests.kinds import kind_of
from tests.media_formats import make_format
from tests.media_samples import MEETING, meeting_clip
from tests.misbehaving_server import Exchange, Handler, serve
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.errors.source_errors import TooManyRequestsError
from transcripts.media.media_values import Inspection
from transcripts.sources.source_url import parse_source_url
from transcripts.wording.error_wording import Again, explain

CONTENT = MEETING.read_bytes()
JARGON = re.compile(
    r"HTTP|HLS|DNS|TLS|SSL|NXDOMAIN|moov|errno|Timeout|Segment|Redirect|yt-dlp|ffmpeg|40[134]|41[0]|429|_"
)
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n{key}#EXTINF:2,\na0.ts\n#EXTINF:2,\na1.ts\n#EXT-X-ENDLIST\n"
LOCK = '#EXT-X-KEY:METHOD=AES-128,URI="key.bin"\n'
DRM = '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key.bin",KEYFORMAT="com.apple.streamingkeydelivery"\n'


@dataclass(frozen=True)
class Case:
    """What a server answers, and what is made of it."""

    pages: Mapping[str, Handler]
    kind: type[StepError]
    code: str
    says: str
    path: str = "a.mp4"
    max_bytes: int = 50_000_000
    max_seconds: float = 8 * 3600


def page(html: str) -> Handler:
    return partial(server.page, html=f"<!DOCTYPE html><html><title>Seite</title><body>{html}</body></html>")


def playlist(key: str = "", text: str = PLAYLIST) -> Handler:
    return partial(server.file, content=text.format(key=key).encode(), kind="application/x-mpegurl")


def reply(status: int, content: bytes = b"", **headers: str) -> Handler:
    def answer(exchange: Exchange) -> None:
        exchange.reply(status, content, **headers)

    return answer


def whole(content: bytes, kind: str = "video/mp4") -> Handler:
    return partial(server.file, content=content, kind=kind)


def zipped() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Treffen.mp4", CONTENT[:50_000])
    return packed.getvalue()


FOREVER, SOON = PermanentError, TemporaryError
AROUND = {"/a.m3u8": playlist(), "/a0.ts": whole(b"G" * 188 * 50)}
CASES = {
    "a missing piece": Case(AROUND, FOREVER, "segment_missing", "fehlt auf dem Server ein Stück", "a.m3u8"),
    "a missing key": Case(
        {**AROUND, "/a.m3u8": playlist(LOCK)}, FOREVER, "key_missing", "gibt den Schlüssel dazu", "a.m3u8"
    ),
    "a page in place of the key": Case(
        {**AROUND, "/a.m3u8": playlist(LOCK), "/key.bin": page("Bitte anmelden")},
        FOREVER, "key_missing", "gibt den Schlüssel dazu nicht", "a.m3u8",
    ),
    "a circle": Case({"/a.mp4": partial(server.redirect, to="/a.mp4")}, FOREVER, "redirect_loop", "im Kreis"),
    "a zip": Case({"/a.zip": whole(zipped(), "application/zip")}, FOREVER, "zip_file", "entpacken", "a.zip"),
    "a zip by another name": Case({"/a.mp4": whole(zipped())}, FOREVER, "zip_file", "entpacken"),
    "a login": Case(
        {"/": page("<form><input name=u><input type=\"password\" name=p></form>")},
        FOREVER, "login_page", "eine Anmeldeseite zu sehen", "",
    ),
    "a way to a login": Case(
        {"/s/1": partial(server.redirect, to="/login?next=1"), "/login": page("<div id=app></div>")},
        FOREVER, "login_page", "eine Anmeldeseite zu sehen", "s/1",
    ),
    "401": Case({"/a.mp4": reply(401)}, FOREVER, "login_required", "erst nach einer Anmeldung"),
    "403": Case({"/a.mp4": reply(403)}, FOREVER, "forbidden", "verweigert den Zugriff"),
    "404": Case({}, FOREVER, "not_found", "gibt es keine Aufzeichnung (mehr)"),
    "410": Case({"/a.mp4": reply(410)}, FOREVER, "gone", "wurde dort gelöscht"),
    "429": Case({"/a.mp4": reply(429)}, SOON, "too_many_requests", "zu viele Anfragen"),
    "429 for hours": Case(
        {"/a.mp4": reply(429, Retry_After="18720")}, SOON, "too_many_requests", "von 5 Std. 12 Min. hilft"
    ),
    "500": Case({"/a.mp4": reply(500)}, SOON, "server_error", "meldet eine Störung (500)"),
    "502": Case({"/a.mp4": reply(502)}, SOON, "server_error", "meldet eine Störung (502)"),
    "live": Case(
        {"/a.m3u8": playlist(text=PLAYLIST.replace("#EXT-X-ENDLIST\n", ""))},
        FOREVER, "live", "laufende oder angekündigte Übertragung", "a.m3u8",
    ),
    "protected": Case({"/a.m3u8": playlist(DRM)}, FOREVER, "drm", "kopiergeschützt", "a.m3u8"),
    "a page of text": Case({"/": page("Nur Text")}, FOREVER, "no_media", "keine Aufzeichnung gefunden", ""),
    "two recordings": Case(
        {"/": page("<video src=a.mp4></video><video src=b.mp4></video>")},
        FOREVER, "many_recordings", "mehrere Aufzeichnungen (2)", "",
    ),
    "too large": Case(
        {"/a.mp4": partial(server.announced, size_bytes=5 * 10**9)}, FOREVER, "too_large", "mit 5 GB zu groß"
    ),
    "too long": Case(
        AROUND, FOREVER, "too_long", "erlaubt sind höchstens", "a.m3u8", max_seconds=3
    ),
    "too long, as it turns out": Case(
        {"/a.mp4": whole(CONTENT)}, FOREVER, "too_long", "erlaubt sind höchstens", max_seconds=60
    ),
    "no room": Case(
        {"/a.mp4": partial(server.announced, size_bytes=10**18)},
        SOON, "disk_full", "zu wenig Speicherplatz", max_bytes=10**19,
    ),
    "empty": Case({"/a.mp4": whole(b"")}, FOREVER, "empty_file", "Die Datei ist leer"),
    "a page as a video": Case(
        {"/a.mp4": whole(b"<!DOCTYPE html><p>Link abgelaufen</p>" * 20)}, FOREVER, "web_page", "eine Webseite"
    ),
    "silence": Case({"/a.mp4": server.refusing_to_speak}, SOON, "connection_lost", "ist abgerissen"),
    "too slow": Case(
        {"/a.mp4": partial(server.stalled, content=CONTENT, after=1000, seconds=2)},
        SOON, "timeout", "antwortet nicht mehr",
    ),
}  # fmt: skip


def brought(url: str, authority: str, folder: Path, case: Case) -> Inspection | StepError:
    limits = FetchLimits((authority,), case.max_seconds, case.max_bytes, "Europe/Berlin", 0.6)
    try:
        fetched = fetch(parse_source_url(url), folder, limits, lambda _: None)
        return inspect_media([file.path for file in fetched.files], case.max_seconds)
    except StepError as error:
        return error


def is_fit_to_be_read(text: str) -> bool:
    """Whether it has something to do, and nothing that only technicians understand."""
    told = re.sub(r"fetch\.\w+|\(50\d\)|/\S+", "", text)
    return bool(re.search(r"\b[Bb]itte(?:n)?\b|\?", told)) and not JARGON.search(told)


@pytest.mark.parametrize("name", CASES)
def test_the_sentence_names_the_true_cause_and_something_to_do(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    with serve(case.pages) as site:
        error = brought(site.url(case.path), site.authority, tmp_path / "work", case)
    assert isinstance(error, StepError), error
    assert (kind_of(error), error.code) == (case.kind, case.code)
    assert case.says in explain(error)
    assert is_fit_to_be_read(explain(error)), explain(error)


def test_sound_alone_is_a_recording(tmp_path: Path) -> None:
    sound = meeting_clip(tmp_path / "a.m4a", 0, 5, "-vn").read_bytes()
    case = Case({"/a.m4a": whole(sound, "audio/mp4")}, FOREVER, "", "")
    with serve(case.pages) as site:
        found = brought(site.url("a.m4a"), site.authority, tmp_path / "work", case)
    assert isinstance(found, Inspection)
    assert found.video is None


def test_a_recording_without_its_index_is_said_to_lack_its_end(tmp_path: Path) -> None:
    unfinished = make_format("mp4", tmp_path).read_bytes()[:-20_000]
    case = Case({"/a.mp4": whole(unfinished)}, FOREVER, "", "")
    with serve(case.pages) as site:
        error = brought(site.url("a.mp4"), site.authority, tmp_path / "work", case)
    assert isinstance(error, PermanentError)
    assert error.code == "not_finished"
    assert "Der Datei fehlt das Ende" in explain(error)
    assert is_fit_to_be_read(explain(error))


def test_where_nobody_listens_that_is_said(tmp_path: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        authority = f"127.0.0.1:{reserved.getsockname()[1]}"
        error = brought(f"http://{authority}/a.mp4", authority, tmp_path, Case({}, SOON, "", ""))
    assert isinstance(error, TemporaryError)
    assert (error.code, error.details) == ("connection_refused", {"host": "127.0.0.1"})
    assert "nimmt gerade niemand Verbindungen an" in explain(error)
    assert is_fit_to_be_read(explain(error))


@pytest.mark.parametrize(
    ("mood", "kind", "code", "says"),
    [
        ("says-no", "PermanentError", "host_unknown", "mit dem Namen zooom.example.org gibt es nicht"),
        ("is-silent", "TemporaryError", "name_servers_away", "Die Auskunft dafür antwortet nicht"),
    ],
)
def test_a_slip_in_the_name_is_told_from_name_servers_that_are_away(
    mood: str, kind: str, code: str, says: str, tmp_path: Path
) -> None:
    apart = ["unshare", "--map-root-user", "--mount", "--net"]
    if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody have a network of their own")
    probe = [sys.executable, "-m", "tests.tasks.fetching.name_server_probe", str(tmp_path), mood]
    answer = subprocess.run([*apart, *probe], capture_output=True, text=True, check=True)
    found_kind, found_code, text = answer.stdout.splitlines()
    assert (found_kind, found_code) == (kind, code)
    assert says in text
    assert is_fit_to_be_read(text)


# -- Certificates: a real handshake, trusting an authority of the test's --


@dataclass(frozen=True)
class Authority:
    """Who signs; `certificate` is in PEM."""

    key: ec.EllipticCurvePrivateKey
    name: x509.Name
    certificate: bytes


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )


@pytest.fixture(scope="module")
def authority() -> Authority:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    dated = _builder("Stelle", _named("Stelle"), key).not_valid_before(now - timedelta(days=9))
    signed = (
        dated.not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, _named("Stelle"), signed.public_bytes(serialization.Encoding.PEM))


def _served_with(authority: Authority, folder: Path, host: str, days_left: int) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    dated = _builder(host, authority.name, key).not_valid_before(now - timedelta(days=5))
    signed = (
        dated.not_valid_after(now + timedelta(days=days_left))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(key.private_bytes(*form) + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize(
    ("host", "days_left", "code", "says"),
    [
        ("localhost", -1, "certificate_expired", "ist abgelaufen"),
        ("anders.example.org", 5, "certificate_other_host", "gilt nicht für localhost"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    host: str, days_left: int, code: str, says: str, authority: Authority, tmp_path: Path
) -> None:
    trusting = ssl.create_default_context(cadata=authority.certificate.decode())
    with (
        serve({}, tls=_served_with(authority, tmp_path, host, days_left)) as site,
        socket.create_connection(("127.0.0.1", site.port)) as line,
        pytest.raises(ssl.SSLCertVerificationError) as refused,
    ):
        trusting.wrap_socket(line, server_hostname="localhost")
    cause = CertificateVerifyError(cause=refused.value)
    error = translate(ExtractorError("Unable to download", cause=cause), "https://localhost/a", "work")
    assert (kind_of(error), error.code) == (PermanentError, code)
    assert says in explain(error)
    assert is_fit_to_be_read(explain(error))


def test_a_certificate_that_nobody_vouches_for_is_said_to_be_one(
    authority: Authority, tmp_path: Path
) -> None:
    with serve({}, tls=_served_with(authority, tmp_path, "localhost", 5)) as site:
        url = f"https://{site.authority}/a.mp4"
        error = brought(url, site.authority, tmp_path, Case({}, FOREVER, "", ""))
    assert isinstance(error, PermanentError)
    assert error.code == "certificate_untrusted"
    assert "keine anerkannte Stelle" in explain(error)
    assert is_fit_to_be_read(explain(error))


# -- What only platforms say, in their words --


def said(message: str) -> ExtractorError:
    return ExtractorError(message, expected=True)


SAYINGS = [
    (
        GeoRestrictedError("This video is not available from your location due to geo restriction"),
        "geo_blocked",
        "in dem Land gesperrt",
    ),
    (
        said("The uploader has not made this video available in your country"),
        "geo_blocked",
        "in dem Land gesperrt",
    ),
    (
        said("Private video. Sign in if you've been granted access to this video"),
        "private_video",
        "als privat eingestellt",
    ),
    (
        said("Video unavailable. This video is private"),
        "private_video",
        "als privat eingestellt",
    ),
    (
        said("Video unavailable. This video has been removed by the uploader"),
        "gone",
        "wurde dort gelöscht",
    ),
    (
        said("This video is no longer available because the account associated with it has been terminated."),
        "gone",
        "wurde dort gelöscht",
    ),
    (
        said("Sign in to confirm you're not a bot. Use --cookies-from-browser"),
        "bot_suspected",
        "Nachweis, dass ein Mensch",
    ),
    (
        said("Sign in to confirm your age. This video may be inappropriate"),
        "login_required",
        "erst nach einer Anmeldung",
    ),
    (
        said("Premieres in 3 hours"),
        "live",
        "laufende oder angekündigte Übertragung",
    ),
    (
        said("The requested site is known to use DRM protection. It will NOT be supported."),
        "drm",
        "kopiergeschützt",
    ),
    (
        said("This website is no longer supported since it is determined to be primarily used for piracy."),
        "site_unsupported",
        "lässt sich nichts laden",
    ),
    (
        said("This video is protected by a password, use the --video-password option"),
        "passcode_needed",
        "mit einem Passwort geschützt",
    ),
]


@pytest.mark.parametrize(("original", "code", "says"), SAYINGS)
def test_what_a_platform_says_becomes_one_german_sentence(
    original: ExtractorError, code: str, says: str
) -> None:
    failed = DownloadError("ERROR", (type(original), original, None))
    error = translate(failed, "https://example.org/a", "work")
    assert (kind_of(error), error.code) == (PermanentError, code)
    assert says in explain(error)
    assert is_fit_to_be_read(explain(error))


def test_a_pause_of_hours_is_said_and_kept() -> None:
    error = TooManyRequestsError(retry_after_seconds=5 * 3600.0)
    assert explain(error, Again.BY_ITSELF).endswith(
        "vor Ablauf von 5 Std. hilft kein neuer Versuch. Es wird von selbst erneut versucht."
    )
