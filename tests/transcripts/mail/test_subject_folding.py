"""A subject survives the way to its readers to the letter."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32, default
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transcripts.mail.mime_message import MAIL_POLICY, Envelope, RenderedMail, compose_message, one_line

ENVELOPE = Envelope(
    sender="Netzwerk <netz@example.org>",
    recipient="liste@example.org",
    message_id="<a@example.org>",
    sent_at=datetime(2026, 11, 20, tzinfo=UTC),
)
WORDS = st.sampled_from(
    [
        "Kärnten,",
        "Südtirol",
        "Aufzeichnung:",
        "Treffen",
        "=?utf-8?q?x?=",
        "=?",
        "?=",
        "a_b",
        "(19.",
        "🏛️",
        "“Rat”",
    ]
)
SUBJECTS = st.one_of(
    st.text(min_size=1, max_size=300),
    st.text(alphabet=st.characters(max_codepoint=126), min_size=1, max_size=300),
    st.text(alphabet="aä, =?_", min_size=1, max_size=300),
    st.lists(st.one_of(WORDS, st.text(min_size=1, max_size=90)), min_size=1, max_size=20).map(" ".join),
    st.integers(1, 300).map(lambda length: "x" * length),
)


def composed(subject: str) -> bytes:
    rendered = RenderedMail(subject=subject, text="Text", html="<p>Text</p>")
    return compose_message(rendered, ENVELOPE).as_bytes(policy=MAIL_POLICY)


def header_lines(content: bytes) -> list[bytes]:
    """The lines of the subject, without their ends."""
    lines = content.split(b"\r\n\r\n")[0].split(b"\r\n")
    begin = next(number for number, line in enumerate(lines) if line.startswith(b"Subject:"))
    after = next(n for n, line in enumerate(lines) if n > begin and not line.startswith(b" "))
    return lines[begin:after]


@settings(max_examples=500, deadline=None)
@given(SUBJECTS)
@example("Netzwerktreffen der Losverfahren in Wien, Graz und Klagenfurt, auch für Kärnten, Südtirol")
@example("Aufzeichnung: " + "Donaudampfschifffahrtsgesellschaft" * 4)
@example("a" * 67 + " b")
@example("a" * 66 + " b")
@example("ü" * 300)
def test_any_subject_survives_old_and_new_readers(subject: str) -> None:
    content, wanted = composed(subject), one_line(subject)
    assert message_from_bytes(content, policy=default)["Subject"] == wanted
    old = message_from_bytes(content, policy=compat32)["Subject"]
    assert one_line(str(make_header(decode_header(old)))) == wanted


@settings(max_examples=300, deadline=None)
@given(SUBJECTS.filter(one_line))
def test_a_subject_begins_on_its_first_line_and_no_line_is_long(subject: str) -> None:
    first, *others = header_lines(composed(subject))
    assert first.removeprefix(b"Subject:").strip()
    assert all(each.strip() for each in others)
    assert all(len(line) <= 76 and line.isascii() for line in (first, *others))


@pytest.mark.parametrize(
    "subject", ["Kärnten, Südtirol", "ü" * 80, "日本" * 60, "Rat und Tat " * 12 + "für alle"]
)
def test_beside_an_encoded_word_stands_no_plain_text(subject: str) -> None:
    pieces = b" ".join(header_lines(composed(subject))).removeprefix(b"Subject:").split()
    assert all(each.startswith(b"=?") and each.endswith(b"?=") and len(each) <= 75 for each in pieces)


def test_plain_subjects_stay_readable_and_are_folded_at_spaces() -> None:
    subject = "Recording of the meeting about sortition, citizens and councils of the year 2026"
    lines = header_lines(composed(subject))
    assert b"".join(lines) == f"Subject: {subject}".encode()
    assert len(lines) == 2


def test_a_prefix_that_a_list_puts_before_it_leaves_one_space() -> None:
    for subject in ("ä" * 100, "b" * 150, "kurz", "Wort " * 40):
        (first, *_) = header_lines(composed(subject))
        text = first.removeprefix(b"Subject:")
        assert text.startswith(b" ")
        assert not text.startswith(b"  ")


def test_equal_subjects_give_equal_bytes() -> None:
    for one, other in pairwise(composed("Kärnten, Südtirol") for _ in range(3)):
        assert one == other
