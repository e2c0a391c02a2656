"""The door's pages and words: signing in and out, feeds, refusals. Pure; templates: `templates/room`."""

from dataclasses import dataclass, replace
from math import ceil

from transcripts.reading_room.pages import Link, Site, render

NAVIGATION = (Link("Meine Feeds", "/meine-feeds"), Link("Abmelden", "/abmelden"))
OPEN_NAVIGATION = (Link("Feeds", "/meine-feeds"),)

WRONG_HOST = (
    "Falsche Adresse",
    "Unter diesem Namen gibt es hier keinen Lesesaal. Der richtige steht in den Einstellungen bei base_url.",
)
FOREIGN_ORIGIN = (
    "Das kam nicht von hier",
    "Aus Sicherheitsgründen werden nur Eingaben angenommen, die auf dieser Seite gemacht wurden.",
)
MEMBERS_ONLY = ("Nur für Mitglieder", "Dafür braucht es eine Anmeldung.")
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
