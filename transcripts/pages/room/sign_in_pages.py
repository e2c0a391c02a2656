"""The pages and words of signing in and out, feeds, refusals. Pure; templates: `pages/templates/room`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from transcripts.access.sessions import SESSION_LENGTH
from transcripts.pages.room.room_pages import Site, render

WRONG_HOST = (
    "Falsche Adresse",
    "Unter diesem Namen gibt es hier keinen Lesesaal. Der richtige steht in den Einstellungen bei base_url.",
)
FOREIGN_ORIGIN = (
    "Das kam nicht von hier",
    "Aus Sicherheitsgründen werden nur Eingaben angenommen, die auf dieser Seite gemacht wurden.",
)
MEMBERS_ONLY = ("Nur für Mitglieder", "Dafür braucht es eine Anmeldung.")
HALF_SIGNED_OUT = (
    "Nur hier abgemeldet",
    "Dieser Browser ist abgemeldet. Für alle anderen ließ es sich gerade nicht festhalten: Bitte in einigen "
    "Minuten noch einmal anmelden und unter „Meine Geräte“ überall abmelden.",
)
NOBODY_KNOWS = ("Gerade nicht möglich", "Bitte in einigen Minuten noch einmal versuchen.")
NOT_FOUND = (
    "Nicht gefunden",
    "Unter dieser Adresse gibt es nichts. Alle Aufzeichnungen stehen auf der Startseite.",
)
TOO_OFTEN = "Das war oft hintereinander"
NO_ADDRESS = "Das sieht nicht nach einer Mailadresse aus. Sie hat die Form name@beispiel.de."
LINK_IS_OUT = "Dieser Link gilt nicht mehr. Jeder gilt nur einmal und nur kurz. Hier gibt es einen neuen."


@dataclass(frozen=True, slots=True)
class SignInForm:
    """The form; `wanted` is where to go afterwards, `complaint` what was wrong before."""

    wanted: str = "/"
    complaint: str = ""


def render_sign_in(site: Site, form: SignInForm) -> str:
    """Asks for the address."""
    return render("sign_in.html", _without_navigation(site), form=form)


def render_link_sent(site: Site, minutes: int) -> str:
    """Says to look for a mail; the same whether there is one or not."""
    return render("sign_in_sent.html", _without_navigation(site), minutes=minutes)


def render_link(site: Site, token: str) -> str:
    """The button behind a link. Mail scanners open links, but press no buttons."""
    return render("sign_in_link.html", _without_navigation(site), token=token)


def render_sign_out(site: Site) -> str:
    """Asks before signing out, and offers the way back."""
    return render("sign_out.html", site)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is signed in, since a day; `note` names it in the form."""

    note: str
    name: str
    signed_in_on: str
    is_this: bool


def render_my_devices(site: Site, devices: Sequence[Device]) -> str:
    """Where the member is signed in, and how to end that."""
    return render("my_devices.html", site, devices=devices, days=SESSION_LENGTH.days)


def render_my_feeds(site: Site, feed_url: str, *, is_personal: bool) -> str:
    """The addresses of a member's feeds, and how to use them."""
    return render("my_feeds.html", site, feed_url=feed_url, is_personal=is_personal)


def waiting_words(seconds: int) -> str:
    """When to try again."""
    minutes = ceil(seconds / 60)
    when = "einer Minute" if minutes == 1 else f"{minutes} Minuten"
    return f"Bitte in {when} noch einmal versuchen."


def _without_navigation(site: Site) -> Site:
    return replace(site, navigation=())
