"""The mail with the link that signs in: its words. Pure; the templates lie in `templates/mail/sign_in`."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from transcripts.mail_message import RenderedMail, one_line


@dataclass(frozen=True, slots=True)
class SignInMail:
    """What the mail says: the room's name, the link, and for how long it is good."""

    room_name: str
    url: str
    minutes: int


def render_sign_in_mail(mail: SignInMail) -> RenderedMail:
    """Subject, text, and the same as HTML."""
    parts = (
        _environment().get_template(name).render(mail=mail)
        for name in ("subject.txt", "body.txt", "body.html")
    )
    subject, text, html = parts
    return RenderedMail(subject=one_line(subject), text=text, html=html)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("transcripts", "templates/mail/sign_in"),
        autoescape=select_autoescape(["html"], default=False),  # the other parts are plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
