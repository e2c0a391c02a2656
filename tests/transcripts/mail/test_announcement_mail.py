"""The mail about a new recording, read as text and as a message."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.sample_record import sample_chapters, sample_recording
from transcripts.errors.error_kinds import PermanentError
from transcripts.mail.announcement_mail import Announcement, MailLink, render_announcement
from transcripts.mail.mime_message import (
    Attachments,
    Envelope,
    RenderedMail,
    compose_message,
    mail_address,
    one_line,
)
from transcripts.model import Chapter
from transcripts.wording.record_links import link_at

RECORD_URL = "https://aufzeichnungen.example/recordings/2026-11-19-losverfahren-in-kleinen-gemeinden/"
SENT_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
MESSAGE_ID = "<2026-11-19-losverfahren-in-kleinen-gemeinden@aufzeichnungen.example>"


def sample_announcement() -> Announcement:
    recording = sample_recording()
    return Announcement(
        title=recording.title,
        recorded_on=recording.recorded_on,
        duration_seconds=recording.duration_seconds,
        record_url=RECORD_URL,
        chapters=sample_chapters(),
        engine_model="base",
        network_name="Netzwerk Bürgerräte",
        has_speech=True,
    )


def composed(
    announcement: Announcement, sender: str = "Netzwerk Bürgerräte <robot@example.org>"
) -> EmailMessage:
    return compose_message(render_announcement(announcement), envelope(sender))


def envelope(sender: str = "a@example.org", message_id: str = MESSAGE_ID) -> Envelope:
    return Envelope(sender, "liste@example.org", message_id, SENT_AT)


def read_back(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(message.as_bytes(), policy=default)


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


class Links(HTMLParser):
    """The addresses a mail's HTML links to, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str | None] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self.addresses.append(dict(attrs)["href"])


def test_the_subject_names_title_and_date_in_one_line() -> None:
    assert render_announcement(sample_announcement()).subject == (
        "Aufzeichnung: Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden (19. November 2026)"
    )


def test_the_text_reads_as_written() -> None:
    announcement = replace(sample_announcement(), chapters=sample_chapters()[:2])
    assert render_announcement(announcement).text == (
        "Hallo zusammen,\n"
        "\n"
        "die Aufzeichnung vom 19. November 2026 ist da:\n"
        "\n"
        "Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden\n"
        "Länge: 7 Min.\n"
        "\n"
        "Ansehen, anhören und nachlesen:\n"
        f"{RECORD_URL}\n"
        "\n"
        "Kapitel mit Link zur jeweiligen Stelle:\n"
        "\n"
        "00:00:00  Begrüßung und Ablauf\n"
        f"{RECORD_URL}?t=0\n"
        "\n"
        "00:00:55  Das Losverfahren in kleinen Gemeinden\n"
        f"{RECORD_URL}?t=55\n"
        "\n"
        "So lässt sich daraus zitieren:\n"
        "\n"
        "Netzwerk Bürgerräte: „Netzwerktreffen Bürgerräte: Losverfahren in\n"
        "kleinen Gemeinden“, Aufzeichnung vom 19. November 2026, 00:00:55.\n"
        f"{RECORD_URL}?t=55\n"
        "\n"
        "Die Zahl am Ende des Links ist die Stelle in Sekunden.\n"
        "\n"
        "Der Text zur Aufzeichnung wurde maschinell erstellt (Whisper, Modell\n"
        "base) und nicht von Hand geprüft; er kann Fehler enthalten. Im Zweifel\n"
        "gilt die Aufzeichnung.\n"
        "\n"
        "-- \n"
        "Netzwerk Bürgerräte\n"
    )


def test_lines_of_text_keep_to_72_columns_and_links_stand_whole_and_alone() -> None:
    long_title = "Wie kleine Gemeinden mit wenig Geld und viel Geduld einen Bürgerrat auslosen " * 2
    chapters = (Chapter(start_seconds=3725.9, title=long_title),)
    announcement = replace(sample_announcement(), title=long_title, chapters=chapters)
    lines = render_announcement(announcement).text.splitlines()
    assert max(len(line) for line in lines if "://" not in line) <= 72
    at_chapter = f"{RECORD_URL}?t=3725"
    assert [line for line in lines if "://" in line] == [RECORD_URL, at_chapter, at_chapter]


def test_the_html_links_the_record_and_every_chapter_and_loads_nothing() -> None:
    links = Links(render_announcement(sample_announcement()).html)
    chapters = [link_at(RECORD_URL, chapter.start_seconds) for chapter in sample_chapters()]
    assert links.addresses == [RECORD_URL, *chapters, chapters[1], RECORD_URL]
    assert links.tags.isdisjoint({"img", "script", "link", "iframe", "form"})


def test_a_recording_without_speech_is_announced_without_claiming_a_text() -> None:
    rendered = render_announcement(replace(sample_announcement(), has_speech=False))
    for wording in (rendered.text, rendered.html):
        assert "wurde keine Sprache erkannt" in " ".join(wording.split())
        assert "maschinell" not in wording


def test_a_recording_without_chapters_has_no_empty_list() -> None:
    rendered = render_announcement(replace(sample_announcement(), chapters=()))
    assert "Kapitel" not in rendered.text + rendered.html
    assert "\n\n\n" not in rendered.text


def test_an_unknown_model_is_not_named() -> None:
    rendered = render_announcement(replace(sample_announcement(), engine_model=None))
    assert "maschinell erstellt und nicht von Hand geprüft" in rendered.html
    assert "Whisper" not in rendered.text + rendered.html


def test_a_text_from_the_sources_captions_is_not_called_the_machines() -> None:
    rendered = render_announcement(replace(sample_announcement(), is_from_captions=True))
    for said in (rendered.html, rendered.text):
        words = " ".join(said.split())
        assert "wurde aus den Untertiteln der Quelle übernommen und nicht von Hand geprüft" in words
        assert "maschinell erstellt" not in words
        assert "Whisper" not in words


def test_what_took_longest_is_named_and_a_summary_goes_before_it() -> None:
    text = " ".join(render_announcement(sample_announcement()).text.split())
    assert (
        "Die meiste Zeit ging es um: Das Losverfahren in kleinen Gemeinden; Was ein Bürgerrat kostet; "
        "Was aus den Empfehlungen wird." in text
    )
    summed_up = render_announcement(replace(sample_announcement(), summary="Es ging um das Los.\n")).text
    assert "Länge: 7 Min.\n\nEs ging um das Los.\n" in summed_up
    assert "meiste Zeit" not in summed_up


def test_files_and_the_next_meeting_are_named() -> None:
    files = (MailLink("Ton", "6,1 MB", f"{RECORD_URL}media/audio.m4a"),)
    told = replace(sample_announcement(), documents=files, next_meeting="Donnerstag, 17. Dezember")
    rendered = render_announcement(told)
    assert f"Ton (6,1 MB)\n{RECORD_URL}media/audio.m4a\n" in rendered.text
    assert "Nächstes Treffen: Donnerstag, 17. Dezember\n" in rendered.text
    assert f"{RECORD_URL}media/audio.m4a" in Links(rendered.html).addresses
    assert "Donnerstag, 17. Dezember" in rendered.html


def test_a_changed_recording_says_so_first() -> None:
    rendered = render_announcement(replace(sample_announcement(), change="Der Ton ist jetzt besser."))
    assert rendered.subject.startswith("Aktualisiert: ")
    assert rendered.text.startswith(
        "Hallo zusammen,\n\nbei der Aufzeichnung vom 19. November 2026 hat sich etwas geändert:\n"
        "Der Ton ist jetzt besser.\n"
    )
    assert "ist da" not in rendered.text + rendered.html
    assert rendered.short.startswith("Aktualisiert: ")


def test_a_picture_is_shown_only_where_there_is_one_and_travels_with_the_mail() -> None:
    assert "<img" not in render_announcement(sample_announcement()).html
    rendered = render_announcement(replace(sample_announcement(), shows_poster=True))
    message = read_back(compose_message(rendered, envelope(), Attachments(poster=b"\xff\xd8JPEG")))
    assert 'src="cid:poster"' in body_of(message, "html")
    (picture,) = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert picture["Content-ID"] == "<poster>"
    assert picture.get_content() == b"\xff\xd8JPEG"
    assert body_of(message, "plain") == rendered.text


def test_answers_go_where_they_are_wanted() -> None:
    rendered = render_announcement(sample_announcement())
    asked = replace(envelope(), reply_to="Orga <orga@example.org>")
    assert read_back(compose_message(rendered, asked))["Reply-To"] == "Orga <orga@example.org>"
    assert composed(sample_announcement())["Reply-To"] is None


def test_a_nameless_network_signs_as_mitschnitt() -> None:
    assert render_announcement(replace(sample_announcement(), network_name=None)).text.endswith(
        "-- \nMitschnitt\n"
    )


def test_markup_in_a_title_stays_text_in_html() -> None:
    attack = "<b onclick='x'>Fett</b>"
    chapters = (Chapter(start_seconds=0, title=attack),)
    rendered = render_announcement(replace(sample_announcement(), title=attack, chapters=chapters))
    assert attack not in rendered.html
    assert attack in rendered.text


def test_a_title_with_line_breaks_cannot_add_a_header() -> None:
    title = "Treffen\r\nBcc: alle@example.org\x00\u2028\u202e"
    message = read_back(composed(replace(sample_announcement(), title=title)))
    assert message["Bcc"] is None
    assert message["Subject"] == "Aufzeichnung: Treffen Bcc: alle@example.org (19. November 2026)"


def test_a_hand_made_subject_cannot_add_a_header_either() -> None:
    rendered = RenderedMail(subject="Ja\nBcc: alle@example.org", text="", html="")
    message = compose_message(rendered, envelope())
    assert read_back(message)["Bcc"] is None


@pytest.mark.parametrize("title", ["W" * 3000, "Wörter " * 500, "😀" * 1500])
def test_no_line_of_the_message_is_longer_than_mail_allows(title: str) -> None:
    chapters = tuple(Chapter(start_seconds=second, title=title) for second in range(50))
    message = composed(replace(sample_announcement(), title=title, chapters=chapters))
    assert max(len(line) for line in message.as_bytes().split(b"\r\n")) <= 998
    assert len(read_back(message)["Subject"]) < 260


def test_the_message_survives_the_way_to_the_reader() -> None:
    rendered = render_announcement(sample_announcement())
    message = read_back(composed(sample_announcement()))
    assert message["Subject"] == rendered.subject
    assert message["From"].addresses[0].display_name == "Netzwerk Bürgerräte"
    assert message["To"] == "liste@example.org"
    assert message["Message-ID"] == MESSAGE_ID
    assert message["Date"].datetime == SENT_AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"
    assert body_of(message, "plain") == rendered.text
    assert body_of(message, "html") == rendered.html


def test_text_comes_before_html_and_all_of_it_is_seven_bit() -> None:
    message = composed(sample_announcement())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.as_bytes().isascii()


def test_the_same_values_give_the_same_bytes() -> None:
    assert composed(sample_announcement()).as_bytes() == composed(sample_announcement()).as_bytes()


def test_a_long_message_id_arrives_unchanged() -> None:
    message_id = f"<{'2026-11-19-' + 'losverfahren-' * 12}@aufzeichnungen.example>"
    rendered = render_announcement(sample_announcement())
    message = compose_message(rendered, envelope(message_id=message_id))
    assert f"\r\nMessage-ID: {message_id}\r\n".encode() in message.as_bytes()


@pytest.mark.parametrize(
    "message_id", ["ohne-klammern@example.org", "<a@b>\r\nBcc: x@example.org", "<ä@b>", ""]
)
def test_a_message_id_that_is_none_is_refused(message_id: str) -> None:
    rendered = render_announcement(sample_announcement())
    with pytest.raises(ValueError, match="not a Message-ID"):
        compose_message(rendered, envelope(message_id=message_id))


def test_an_umlaut_domain_is_written_in_ascii_and_means_the_same() -> None:
    address = mail_address('"Büro, Zürich" <liste@bürgerräte.example>')
    assert address.display_name == "Büro, Zürich"
    assert address.domain.startswith("xn--")
    assert address.domain.encode().decode("idna") == "bürgerräte.example"


@pytest.mark.parametrize(
    "text",
    ["", "niemand", "a@example.org, b@example.org", "x <a@example.org>\nBcc: b@example.org", "ä@example.org"],
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(PermanentError) as caught:
        mail_address(text)
    assert caught.value.code == "mail_address_invalid"


def test_a_network_may_lay_its_own_wording_over_ours(tmp_path: Path) -> None:
    (tmp_path / "announcement").mkdir()
    (tmp_path / "announcement/subject.txt").write_text("Neu:\n{{ title }}\n", encoding="utf-8")
    rendered = render_announcement(sample_announcement(), tmp_path)
    assert rendered.subject == "Neu: Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden"
    assert rendered.text == render_announcement(sample_announcement()).text


@pytest.mark.parametrize("broken", ["{{ titel }}", "{% if %}"])
def test_a_broken_wording_is_named_and_not_sent(tmp_path: Path, broken: str) -> None:
    (tmp_path / "announcement").mkdir()
    (tmp_path / "announcement/body.txt").write_text(broken, encoding="utf-8")
    with pytest.raises(PermanentError) as caught:
        render_announcement(sample_announcement(), tmp_path)
    assert caught.value.code == "template_broken"


def test_one_line_keeps_words_apart_and_drops_what_cannot_be_seen() -> None:
    assert (
        one_line(" Bürger\u00adräte\tin\r\n\r\n kleinen\u2029Gemeinden\u200b ")
        == "Bürgerräte in kleinen Gemeinden"
    )


@pytest.mark.parametrize(
    ("url", "seconds", "expected"),
    [
        ("https://a.example/r/", 55.99, "https://a.example/r/?t=55"),
        ("https://a.example/r/?s=K%C3%B6ln&x", 0, "https://a.example/r/?s=K%C3%B6ln&x&t=0"),
        ("https://a.example/r/?t=3&a=1#text", 7260, "https://a.example/r/?a=1&t=7260#text"),
        ("https://a.example/r/", -0.2, "https://a.example/r/?t=0"),
    ],
)
def test_a_link_names_the_second_and_keeps_the_rest(url: str, seconds: float, expected: str) -> None:
    assert link_at(url, seconds) == expected
