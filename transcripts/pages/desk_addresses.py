"""Where the desk's pages lie, for routes, menus and mails. Pure."""

DESK = "/redaktion/"
JOBS = f"{DESK}auftraege/"
DOCUMENT_DESK = f"{DESK}dokumente/"
DOCUMENT_JOBS = f"{DOCUMENT_DESK}auftraege/"
REVIEWS = f"{DESK}aufzeichnungen/"


def public_address(base_url: str | None, path: str) -> str:
    """A page's address for mails; empty while nobody has said where the reading room is."""
    return base_url.rstrip("/") + path if base_url else ""
