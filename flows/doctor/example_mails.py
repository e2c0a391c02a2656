"""Every kind of mail as an example: with everything, and with the least that there can be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from config.settings import Settings
from flows.organiser_mails.announcement_notices import render_notice
from tasks.recognition.whisper_model import PACKAGED_MODEL
from transcripts.mail.announcement_mail import Announcement, MailLink, render_announcement
from transcripts.mail.ledger import Reason
from transcripts.mail.meeting_mail_content import render_meeting_mail
from transcripts.mail.meeting_mails_due import Due, told_of
from transcripts.mail.meeting_schedule import Meeting
from transcripts.mail.mime_message import Envelope, RenderedMail
from transcripts.mail.morning_mail import render_morning_mail
from transcripts.mail.new_in_archive_mail import NewInArchive, NewThing, render_new_in_archive
from transcripts.mail.open_matters import OpenKind, OpenMatter
from transcripts.mail.sign_in_mail import SignInMail, render_sign_in_mail
from transcripts.model import Chapter

FULL_EXAMPLE = Announcement(
    title="Netzwerktreffen: Bürgerräte in kleinen Gemeinden",
    recorded_on=date(2026, 11, 19),
    duration_seconds=5400.0,
    record_url="https://mitschnitt.example.org/recordings/beispiel/",
    chapters=(Chapter(start_seconds=0.0, title="Begrüßung"), Chapter(start_seconds=60.0, title="Das Los")),
    engine_model=PACKAGED_MODEL,
    network_name="Netzwerk Bürgerräte",
    has_speech=True,
    summary="Es ging um das Losverfahren.",
    documents=(MailLink("Ton", "12 MB", "https://mitschnitt.example.org/recordings/beispiel/audio.m4a"),),
    change="Der Ton ist jetzt besser.",
    next_meeting="Donnerstag, 17. Dezember 2026, 19:30 Uhr",
    shows_poster=True,
)
BARE_EXAMPLE = Announcement(
    title="Probe",
    recorded_on=date(2026, 11, 19),
    duration_seconds=60.0,
    record_url="https://mitschnitt.example.org/recordings/probe/",
    chapters=(),
    engine_model=None,
    network_name=None,
    has_speech=False,
)
EXAMPLE_MEETING = Meeting(
    id="2026-12-17",
    title="Netzwerktreffen Bürgerräte",
    starts_at=datetime(2026, 12, 17, 18, 30, tzinfo=UTC),
    ends_at=datetime(2026, 12, 17, 20, 0, tzinfo=UTC),
    link="https://konferenz.example.org/buergerraete",
    note="Alle sind willkommen.",
)
EXAMPLE_MATTERS = tuple(
    OpenMatter(kind=each, title=FULL_EXAMPLE.title, text="Ein Beispiel.", link=link, command=command)
    for each in OpenKind
    for link, command in (("https://mitschnitt.example.org/", ""), ("", "mitschnitt status"))
)
FULL_NEWS = NewInArchive(
    documents=(
        NewThing(
            title="Musterantrag Bürgerrat",
            facts=("Musterantrag", "Herrenberg", "Deutschland", "2025"),
            url="https://mitschnitt.example.org/documents/beispiel/",
            opening="Der Rat beschließt das Losverfahren.",
        ),
    ),
    recordings=(NewThing(FULL_EXAMPLE.title, ("19. November 2026",), FULL_EXAMPLE.record_url),),
    network_name="Netzwerk Bürgerräte",
    archive_url="https://mitschnitt.example.org/",
    has_more=True,
    release_command="mitschnitt news --send",
)
BARE_NEWS = NewInArchive((NewThing("Probe", (), BARE_EXAMPLE.record_url),), (), None)
EXAMPLE_ENVELOPE = Envelope(
    sender="Netzwerk Bürgerräte <wir@example.org>",
    recipient="liste@example.org",
    message_id="<beispiel@example.org>",
    sent_at=datetime(2026, 11, 20, tzinfo=UTC),
)


def example_mails(settings: Settings) -> Iterator[RenderedMail]:
    """Each kind of mail, as the templates word it. Raises TemplateBrokenError."""
    folder = settings.announcement.templates
    for announcement in (FULL_EXAMPLE, BARE_EXAMPLE):
        yield render_announcement(announcement, folder)
    for link in ("", "https://lists.example.org/"):
        yield render_notice(settings, FULL_EXAMPLE.title, "Ein Beispiel.", "mitschnitt announce x", link)
    for meeting in (EXAMPLE_MEETING, replace(EXAMPLE_MEETING, link="", note="")):
        for each in example_occasions(meeting):
            yield render_meeting_mail(each, settings.network.name, EXAMPLE_MEETING.when, folder)
            yield render_meeting_mail(each, None, template_folder=folder)
    for matters, link in ((EXAMPLE_MATTERS, "https://mitschnitt.example.org/"), (EXAMPLE_MATTERS[:1], "")):
        yield render_morning_mail(matters, settings.network.name, link, folder)
    for news in (FULL_NEWS, BARE_NEWS):
        yield render_new_in_archive(news, folder)
    yield render_sign_in_mail(SignInMail("Netzwerk", "https://mitschnitt.example.org/", 15), folder)


def example_occasions(meeting: Meeting) -> Iterator[Due]:
    """A meeting on every occasion: moved, at another place, and after all, too."""
    as_it_was = told_of(meeting)
    earlier = as_it_was.model_copy(update={"starts_at": meeting.starts_at - timedelta(days=7)})
    elsewhere = as_it_was.model_copy(update={"link": "https://konferenz.example.org/anderswo"})
    for before in (earlier, elsewhere, as_it_was, as_it_was.model_copy(update={"is_cancelled": True})):
        yield Due(meeting, Reason.MOVED, 1, before)
    yield Due(replace(meeting, is_cancelled=True), Reason.CANCELLED, 1, as_it_was)
    for reason in (Reason.INVITATION, Reason.REMINDER, Reason.REQUEST):
        yield Due(meeting, reason)
