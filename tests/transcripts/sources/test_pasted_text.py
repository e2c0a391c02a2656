"""Addresses as people paste them: out of mails, chats, browsers; with what stands around them."""

import quopri
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transcripts.errors.error_kinds import PermanentError
from transcripts.sources.pasted_text import LONGEST_PASTED, read_pasted
from transcripts.sources.source_url import parse_source_url, passcode_in
from transcripts.wording.error_wording import explain

ZOOM = "https://us02web.zoom.us/rec/share/AbC-d_Ef.gHi"
LONG = (
    "https://us02web.zoom.us/rec/share/Q8bX2mJYx1c0RrFz4nK9tWvLp3sHd7aGeU5yBoNiMzTqE-abcDEF_ghiJKL.mnoPQR123"
)
VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
CLOUD = "https://cloud.example.org/s/9xYz"
SAFE = "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C02%7C&sdata=a%2Bb%3D&reserved=0"

TABLE = [
    # As it is, and with what stands around it
    (ZOOM, ZOOM, None),
    (f"  {ZOOM}\n", ZOOM, None),
    (f"{ZOOM}.", ZOOM, None),
    (f"Siehe {ZOOM}, danke!", ZOOM, None),
    (f"Schon gesehen ({ZOOM})?", ZOOM, None),
    (f"„{ZOOM}“", ZOOM, None),
    (f'"{ZOOM}"', ZOOM, None),
    (f"*{ZOOM}*", ZOOM, None),
    (f"'{ZOOM}'", ZOOM, None),
    (f"<{ZOOM}>", ZOOM, None),
    (f"<URL:{ZOOM}>", ZOOM, None),
    (f"[Aufzeichnung]({ZOOM}).", ZOOM, None),
    (f"[{ZOOM}]({ZOOM})", ZOOM, None),
    ("https://de.wikipedia.org/wiki/Video_(Band)", "https://de.wikipedia.org/wiki/Video_(Band)", None),
    (f"zoom.us/rec/sha…<{ZOOM}>", ZOOM, None),
    (f'<a href="{ZOOM}">Hier die Aufzeichnung</a>', ZOOM, None),
    (f'<a href="{ZOOM}">{ZOOM}</a>', ZOOM, None),
    (f"{ZOOM}\n{ZOOM}\n", ZOOM, None),
    (f"{CLOUD}\n-- \nNetzwerk Bürgerräte\nhttps://www.example.org/\n", CLOUD, None),
    # Without its beginning, or with another one
    ("us02web.zoom.us/rec/share/AbC-d_Ef.gHi", ZOOM, None),
    ("Die Aufnahme liegt auf cloud.example.org/s/9xYz.", CLOUD, None),
    ("HTTPS://cloud.example.org/s/9xYz", "HTTPS://cloud.example.org/s/9xYz", None),
    ("www.example.org", "https://www.example.org", None),
    ("https://bürgerräte.example/aufnahme", "https://bürgerräte.example/aufnahme", None),
    ("bürgerräte.example/aufnahme", "https://bürgerräte.example/aufnahme", None),
    # What nobody sees
    (ZOOM.replace("/share/", "/sha\u00adre/"), ZOOM, None),
    (ZOOM.replace("/rec", "\u200b/\u200brec"), ZOOM, None),
    (f"\ufeff{ZOOM}\u2060", ZOOM, None),
    (f"Link:\u00a0{ZOOM}\u00a0(Video)", ZOOM, None),
    (f"\u202a{ZOOM}\u202c", ZOOM, None),
    # Broken lines
    (f"<{LONG[:60]}\n{LONG[60:]}>", LONG, None),
    (f"<{LONG[:50]}\n  {LONG[50:]}>", LONG, None),
    (f"Die Aufzeichnung:\n{LONG[:76]}\n{LONG[76:]}\n\nViele Grüße\nAnna", LONG, None),
    (f"> {LONG[:70]}\n> {LONG[70:]}\n>\n> Danke", LONG, None),
    (f"{LONG}\nViele Grüße\nAnna", LONG, None),
    (f"{LONG}\n19.11.2026 um 19 Uhr", LONG, None),
    (f"{CLOUD}\nDanke", CLOUD, None),
    (f"{ZOOM}\n?pwd=a1B2", f"{ZOOM}?pwd=a1B2", None),
    (f"{ZOOM}?pwd=\na1B2", f"{ZOOM}?pwd=a1B2", None),
    # Encoded once more
    (f"{ZOOM}?pwd=3Da1B2", f"{ZOOM}?pwd=a1B2", None),
    (f"{ZOOM[:40]}=\n{ZOOM[40:]}?pwd=3Da1B2&amp;x=3D1", f"{ZOOM}?pwd=a1B2&x=1", None),
    (f"{ZOOM[:40]}=\r\n{ZOOM[40:]}", ZOOM, None),
    ("Aufzeichnung f=C3=BCr alle: https://a.de/b?c=3D1", "https://a.de/b?c=1", None),
    (f"{CLOUD}?a=1&amp;b=2", f"{CLOUD}?a=1&b=2", None),
    (f"{CLOUD}?a=1&amp;amp;b=2", f"{CLOUD}?a=1&b=2", None),
    (f"&lt;{CLOUD}&gt;", CLOUD, None),
    ("https://www.youtube.com/watch?v=3DabCdefghi", "https://www.youtube.com/watch?v=3DabCdefghi", None),
    # Detours, and what is hung on
    (SAFE.format(quote(f"{ZOOM}?pwd=a1B2", safe="")), f"{ZOOM}?pwd=a1B2", None),
    (SAFE.format(quote(SAFE.format(quote(CLOUD, safe="")), safe="")), CLOUD, None),
    (f"https://www.google.com/url?q={quote(CLOUD, safe='')}&sa=D&usg=x", CLOUD, None),
    (f"https://www.google.de/url?sa=t&url={quote(CLOUD, safe='')}", CLOUD, None),
    (f"https://deref-gmx.net/mail/client/x/dereferrer/?redirectUrl={quote(CLOUD, safe='')}", CLOUD, None),
    (f"https://l.facebook.com/l.php?u={quote(CLOUD, safe='')}&h=AT0", CLOUD, None),
    (f"https://urldefense.com/v3/__{CLOUD}__;!!abc$", CLOUD, None),
    ("https://urldefense.proofpoint.com/v2/url?u=https-3A__cloud.example.org_s_9xYz&d=x", CLOUD, None),
    (f"{CLOUD}?utm_source=mail&x=1&fbclid=abc&utm_medium=a", f"{CLOUD}?x=1", None),
    ("https://youtu.be/dQw4w9WgXcQ?si=abc", VIDEO, None),
    ("m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share", VIDEO, None),
    ("https://www.youtube.com/live/dQw4w9WgXcQ?t=10", VIDEO, None),
    ("https://youtube.com/shorts/dQw4w9WgXcQ", VIDEO, None),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1&index=2", VIDEO, None),
    ("https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/playlist?list=PL1", None),
    # With its passcode beside it
    (f"Link: {ZOOM} Passwort: xyz", ZOOM, "xyz"),
    (f"Aufzeichnung: {ZOOM}\nKenncode: f#^2=8Ag", ZOOM, "f#^2=8Ag"),
    (f"{ZOOM}\nPasscode: b$7=Qz!1", ZOOM, "b$7=Qz!1"),
    (f"{ZOOM} (Passwort: Räte2026)", ZOOM, "Räte2026"),
    (f"{ZOOM}\n\nDas Passwort lautet „geheim 12“.", ZOOM, "geheim"),
    (f"{CLOUD}. Das Kennwort dazu ist Losverfahren-26.", CLOUD, "Losverfahren-26"),
    (f"{CLOUD}\nPasswort für die Aufzeichnung:\nabc123\n", CLOUD, "abc123"),
    (f"{CLOUD} Passwort=3Dabc", CLOUD, "abc"),
    (f"{CLOUD} **Passwort:** `abc123`", CLOUD, "abc123"),
    (f'<p><a href="{CLOUD}">Video</a>, Passwort: <b>abc123</b></p>', CLOUD, "abc123"),
    (f"{CLOUD}\nPIN: 4711", CLOUD, "4711"),
    (f"Passwort abc-123\n{CLOUD}", CLOUD, "abc-123"),
    (f"{CLOUD}\nPasswort: keins", CLOUD, None),
    (f"{CLOUD}\nEin Passwort ist nicht nötig.", CLOUD, None),
    (f"Unser Termin: heute.\n{CLOUD}", CLOUD, None),
    (f"{ZOOM}?pwd=a1B2 Kenncode: xyz9", f"{ZOOM}?pwd=a1B2", "xyz9"),
]


@pytest.mark.parametrize(("text", "address", "passcode"), TABLE, ids=[repr(row[0])[:60] for row in TABLE])
def test_what_is_pasted_is_understood(text: str, address: str, passcode: str | None) -> None:
    found = read_pasted(text)
    assert found.address == address
    assert (found.passcode and found.passcode.get_secret_value()) == passcode
    again = read_pasted(found.address)
    assert again.source.fingerprint == found.source.fingerprint, "reading it twice changes nothing"


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 40


def test_a_passcode_beside_the_link_is_sealed_like_one_within() -> None:
    found = read_pasted(f"{ZOOM} Passwort: xyz9")
    assert passcode_in(found.with_its_passcode.full.get_secret_value()) == "xyz9"
    assert found.with_its_passcode.fingerprint == found.source.fingerprint
    assert "xyz9" not in repr(found) + found.with_its_passcode.public


def refusal(text: str) -> PermanentError:
    with pytest.raises(PermanentError) as refused:
        read_pasted(text)
    return refused.value


def test_of_two_links_it_is_asked_which_one_and_no_secret_is_shown() -> None:
    error = refusal(f"Teil 1: {ZOOM}?pwd=geheim\nTeil 2: {CLOUD}")
    assert error.code == "url_several"
    assert explain(error) == (
        f"Darin stehen 2 Links: {ZOOM}, {CLOUD}. Welcher führt zur Aufzeichnung? Bitte nur diesen einfügen."
    )


@pytest.mark.parametrize(
    "text", ["https://us02web.zoom.us/rec/share/AbC…", "https://zoom.us/rec/share/AbC..."]
)
def test_a_link_that_is_only_shown_shortened_is_told_from_one_that_leads_nowhere(text: str) -> None:
    assert "gekürzt" in explain(refusal(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "url_missing"),
        ("  \u200b \n", "url_missing"),
        ("Die Aufzeichnung kommt morgen.", "url_scheme"),
        ("anna@example.org", "url_scheme"),
        ("ftp://example.org/a.mp4", "url_scheme"),
        ("file:///etc/passwd", "url_scheme"),
        ("https://", "url_invalid"),
        ("http://a\\@b/", "url_invalid"),
        ("https://host:99999/?pwd=geheim", "url_invalid"),
        ("a" * (LONGEST_PASTED + 1), "url_long"),
    ],
)
def test_what_holds_no_usable_address_is_refused_with_the_reason(text: str, code: str) -> None:
    assert refusal(text).code == code
    assert "geheim" not in str(refusal(text))


# -- Any address, in any of the wrappings --

WORD = st.text("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=2, max_size=16)
PATH = st.lists(WORD, min_size=1, max_size=4).map("/".join)
QUERY = st.lists(st.tuples(WORD, WORD), max_size=3).map(lambda pairs: "&".join(f"{a}={b}" for a, b in pairs))
HOSTS = st.sampled_from(["cloud.example.org", "video.bürgerräte.example", "zoom.us", "a-b.example.com:8443"])


@st.composite
def addresses(draw: st.DrawFn) -> str:
    query = draw(QUERY)
    assume("=3D" not in query and "=3d" not in query)
    address = f"https://{draw(HOSTS)}/{draw(PATH)}" + (f"?{query}" if query else "")
    names = [piece.partition("=")[0].lower() for piece in query.split("&")]
    assume(not any(name.endswith(("token", "pass", "pw", "pin")) for name in names))
    return address


def in_quoted_printable(address: str) -> str:
    return quopri.encodestring(f"Link: {address} bitte".encode()).decode()


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "nothing": str,
    "a sentence": "Hier ist sie: {}, viel Freude!".format,
    "angle brackets": "<{}>".format,
    "parentheses": "(siehe {})".format,
    "markdown": "[hier]({})".format,
    "quotation marks": "„{}“.".format,
    "a full stop": "{}.".format,
    "safelinks": lambda address: SAFE.format(quote(address, safe="")),
    "google": lambda address: f"https://www.google.com/url?q={quote(address, safe='')}&sa=D",
    "entities": lambda address: address.replace("&", "&amp;"),
    "no scheme": lambda address: address.removeprefix("https://"),
    "trackers": lambda address: f"{address}{'&' if '?' in address else '?'}utm_source=x&fbclid=y",
    "soft hyphens": "\u00ad".join,
    "zero width spaces": "\u200b".join,
    "protected spaces": "\u00a0{}\u00a0".format,
    "a link in HTML": '<a href="{0}">{0}</a>'.format,
    "a greeting": "{}\n\nViele Grüße\nAnna".format,
}
BROKEN = st.integers(min_value=12, max_value=70)


@given(addresses(), st.sampled_from(sorted(WRAPPINGS)), st.sampled_from(sorted(WRAPPINGS)))
def test_no_wrapping_changes_which_recording_is_meant(address: str, inner: str, outer: str) -> None:
    meant = parse_source_url(address).fingerprint
    assert read_pasted(WRAPPINGS[inner](address)).source.fingerprint == meant
    if inner in ("trackers", "soft hyphens", "no scheme") and outer not in ("safelinks", "google"):
        assert read_pasted(WRAPPINGS[outer](WRAPPINGS[inner](address))).source.fingerprint == meant


@given(addresses(), BROKEN)
def test_an_address_in_brackets_may_be_broken_anywhere(address: str, width: int) -> None:
    lines = "\n".join(address[at : at + width] for at in range(0, len(address), width))
    assert read_pasted(f"Link: <{lines}> Danke").source.fingerprint == parse_source_url(address).fingerprint


@given(addresses())
def test_quoted_printable_is_undone(address: str) -> None:
    assume("bürgerräte" not in address or "=" in address)  # else nothing shows in what it is written
    meant = parse_source_url(address).fingerprint
    assert read_pasted(in_quoted_printable(address)).source.fingerprint == meant


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(PermanentError):
        assert read_pasted(text).source.public
