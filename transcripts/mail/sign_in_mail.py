"""The mail with the link that signs in."""

from dataclasses import dataclass
from pathlib import Path

from transcripts.mail.mail_templates import MailKind, render_mail
from transcripts.mail.mime_message import RenderedMail


@dataclass(frozen=True, slots=True)
class SignInMail:
    """What the mail says: the room's name, the link, and for how long it is good."""

    room_name: str
    url: str
    minutes: int


def render_sign_in_mail(mail: SignInMail, folder: Path | None = None) -> RenderedMail:
    """Subject, text, and the same as HTML; `folder` is the network's own wording, if it has one.

    Raises `PermanentError` (TemplateBrokenError).
    """
    return render_mail(MailKind.SIGN_IN, {"mail": mail, "network_name": mail.room_name}, folder)
