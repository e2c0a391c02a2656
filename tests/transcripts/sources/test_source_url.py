"""Addresses: refused, cleaned of secrets, recognised again."""

import pytest

from transcripts.errors.error_kinds import PermanentError
from transcripts.sources.source_url import LONGEST_URL, parse_source_url, passcode_in, redact, with_passcode
from transcripts.wording.error_wording import explain


def refusal(text: str) -> PermanentError:
    with pytest.raises(PermanentError) as caught:
        parse_source_url(text)
    return caught.value


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_line_is_a_missing_address(text: str) -> None:
    assert refusal(text).code == "url_missing"


@pytest.mark.parametrize(
    ("text", "scheme"),
    [("ftp://example.org/a.mp4", "ftp"), ("file:///etc/passwd", "file"), ("example.org/a.mp4", "")],
)
def test_any_scheme_but_http_and_https_is_refused_by_name(text: str, scheme: str) -> None:
    error = refusal(text)
    assert error.code == "url_scheme"
    assert error.details == {"scheme": scheme}


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "https:///a.mp4",
        "https://exa mple.org/",
        "http://[::1/x",
        "http://host:99999/",
        "http://host:x/",
        "http://a\\@b/",
    ],
)
def test_an_address_without_a_usable_host_is_invalid(text: str) -> None:
    assert refusal(text).code == "url_invalid"


def test_an_address_longer_than_any_server_takes_is_refused_with_the_limit() -> None:
    with pytest.raises(PermanentError, match="url_long") as refused:
        parse_source_url(f"https://example.org/{LONGEST_URL * 'a'}")
    assert "höchstens 8.000 Zeichen" in explain(refused.value)


def test_a_host_longer_than_names_can_be_is_invalid() -> None:
    with pytest.raises(PermanentError, match="url_invalid"):
        parse_source_url(f"https://{'ü' * 300}.example.org/")


def test_a_refusal_does_not_repeat_the_address() -> None:
    error = refusal("https://host:99999/?pwd=geheim")
    assert "geheim" not in repr(error) + str(error)
    assert error.__suppress_context__


def test_the_address_as_given_is_kept_secret_and_space_around_it_is_dropped() -> None:
    source = parse_source_url("  https://example.org/rec?pwd=geheim \n")
    assert source.full.get_secret_value() == "https://example.org/rec?pwd=geheim"
    assert "geheim" not in repr(source)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/rec?pwd=geheim&id=7",
        "https://example.org/rec?id=7&PASSCODE=geheim",
        "https://example.org/rec?id=7&access_token=geheim",
        "https://example.org/rec?id=7&X-Amz-Signature=geheim&X-Amz-Credential=geheim",
        "https://anna:geheim@example.org/rec?id=7",
        "https://example.org/rec;jsessionid=geheim?id=7",
        "https://example.org/rec?id=7&p%77d=geheim",
        "https://example.org/rec?id=7#pwd=geheim",
        "https://example.org/rec?id=7&next=https%3A%2F%2Fzoom.us%2Fj%2F1%3Fpwd%3Dgeheim",
    ],
)
def test_the_public_form_holds_no_secret(text: str) -> None:
    assert parse_source_url(text).public == "https://example.org/rec?id=7"


def test_a_fragment_keeps_its_route_and_loses_its_token() -> None:
    assert (
        parse_source_url("https://example.org/#/play/5?token=geheim").public == "https://example.org/#/play/5"
    )


def test_the_fingerprint_ignores_case_of_the_host_default_port_and_passcode() -> None:
    plain = parse_source_url("https://example.org/rec?id=7").fingerprint
    assert parse_source_url("https://EXAMPLE.org:443/rec?id=7&pwd=geheim").fingerprint == plain
    assert parse_source_url("https://anna:geheim@example.org./rec?pwd=anders&id=7").fingerprint == plain
    assert len(plain) == 64


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/rec?id=8",
        "https://example.org/Rec?id=7",
        "https://example.org:8443/rec?id=7",
        "https://example.org/rec?id=7&token=abc",
        "https://example.com/rec?id=7",
    ],
)
def test_what_may_name_another_recording_changes_the_fingerprint(text: str) -> None:
    assert parse_source_url(text).fingerprint != parse_source_url("https://example.org/rec?id=7").fingerprint


def test_umlauts_in_host_and_path_are_the_same_address_as_their_encoded_form() -> None:
    typed = parse_source_url("https://Bürgerräte.example/öffentlich")
    encoded = parse_source_url("https://xn--brgerrte-5za8u.example/%C3%B6ffentlich")
    assert typed.fingerprint == encoded.fingerprint
    assert typed.public.startswith("https://xn--brgerrte-5za8u.example/")


def test_a_sharp_s_is_not_the_same_host_as_double_s() -> None:
    assert (
        parse_source_url("https://straße.example/").fingerprint
        != parse_source_url("https://strasse.example/").fingerprint
    )


@pytest.mark.parametrize(
    ("text", "passcode"),
    [
        ("https://zoom.us/rec/share/abc?pwd=a%2Bb", "a+b"),
        ("https://example.org/#/x?passcode=123", "123"),
        ("https://example.org/?token=abc", None),
        ("https://example.org/?pwd=", None),
    ],
)
def test_the_passcode_is_read_from_the_address(text: str, passcode: str | None) -> None:
    assert passcode_in(text) == passcode


def test_redacted_text_holds_neither_addresses_nor_secrets() -> None:
    full = "https://anna:wort@example.org/rec?pwd=ge%20heim"
    text = redact("failed at https://cdn.example.org/x?ge%20heim for anna: ge heim, ge%20heim, wort", full)
    assert text == "failed at […] for […]: […], […], […]"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org/rec", "https://example.org/rec?pwd=a%26b%20c"),
        ("https://example.org/rec?id=7&pwd=alt", "https://example.org/rec?id=7&pwd=a%26b%20c"),
        ("https://example.org/rec?id=7#/p?pwd=alt", "https://example.org/rec?id=7&pwd=a%26b%20c#/p"),
    ],
)
def test_a_passcode_takes_the_place_of_another(given: str, expected: str) -> None:
    changed = with_passcode(given, "a&b c")
    assert changed == expected
    assert passcode_in(changed) == "a&b c"
    assert parse_source_url(changed).fingerprint == parse_source_url(given).fingerprint
