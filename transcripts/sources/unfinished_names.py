"""Names under which programs keep files that they are still writing, or that are their own. Pure."""

import re

# Browsers, WinSCP, rsync, Nextcloud, Syncthing, Dropbox, torrents, editors, meeting programs.
_ENDINGS = (
    *(
        ".part",
        ".partial",
        ".filepart",
        ".crdownload",
        ".download",
        ".tmp",
        ".temp",
        ".aria2",
        ".!ut",
        ".!qb",
    ),
    *(".opdownload", ".unfinished", ".incomplete", ".lock", ".lnk", ".swp", ".zoom", "~"),
)
_BEGINNINGS = (".", "~", "#", "$")
_NEXTCLOUD = re.compile(r"\.octransferid\d+\.part$|^\._sync_|^\.?sync_[0-9a-f]+\.db")
_OF_SYSTEMS = frozenset(["thumbs.db", "desktop.ini", "icon\r", "lost+found"])


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is to be left alone: it grows, is hidden, or belongs to a program."""
    plain = name.lower()
    if plain in _OF_SYSTEMS or plain.startswith(_BEGINNINGS) or plain.endswith(_ENDINGS):
        return True
    return _NEXTCLOUD.search(plain) is not None
