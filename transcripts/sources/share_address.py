"""The addresses of file shares: Nextcloud's and ownCloud's, Seafile's. Pure text work."""

import json
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import parse_qs, quote, unquote, urlsplit

# How the path of a share begins, before its token; the first is how it is written anew.
_FRONTS = (
    ("index.php", "s"),
    ("s",),
    ("public.php", "dav", "files"),
    ("remote.php", "dav", "public-files"),
    ("dav", "public-files"),
    ("files", "link", "public"),
)
# What may follow the token and is no path in the share.
_PAGES = frozenset(["download", "authenticate", "preview"])
_TOKEN = re.compile(r"[A-Za-z0-9_-]{3,128}")
_SEAFILE_TOKEN = re.compile(r"[0-9a-f]{8,64}")
_FILE, _FOLDER = "f", "d"


@dataclass(frozen=True, slots=True)
class CloudShare:
    """A share of Nextcloud or ownCloud. `base` is the program's address without a slash at its end.

    `path` is what is meant in the share, without slashes around it; "" is the share itself.
    """

    base: str
    front: str
    token: str
    path: str = ""

    @property
    def page(self) -> str:
        """The address that people open."""
        return f"{self.base}{self.front}{self.token}"

    @property
    def download(self) -> str:
        """What their button for downloading leads to: the file that is meant, or all of it."""
        return self.address_of(self.path) if self.path else f"{self.page}/download"

    def address_of(self, path: str) -> str:
        """The address of one file of the share, as Nextcloud's own pages write it."""
        folder, _, name = path.rpartition("/")
        return f"{self.page}/download?path={quote(f'/{folder}', safe='')}&files={quote(name, safe='')}"


@dataclass(frozen=True, slots=True)
class SeafileShare:
    """A share of Seafile: one file, or a folder with the file that is meant in it."""

    base: str
    token: str
    is_folder: bool
    path: str = ""

    @property
    def page(self) -> str:
        """The address that people open."""
        return f"{self.base}/{_FOLDER if self.is_folder else _FILE}/{self.token}/"

    @property
    def file_address(self) -> str:
        """Where the file itself comes from."""
        if not self.is_folder:
            return f"{self.page}?dl=1"
        return f"{self.page}files/?p={quote(f'/{self.path}', safe='')}&dl=1"

    def address_of(self, path: str) -> str:
        """The address of one file of the folder."""
        return replace(self, path=path).file_address


def cloud_share(address: str) -> CloudShare | None:
    """The share that an address may be; only the server knows whether it is one."""
    parts = urlsplit(address)
    segments = parts.path.split("/")[1:]
    for at in range(len(segments)):
        for front in _FRONTS:
            if tuple(segments[at : at + len(front)]) == front:
                token, *rest = *segments[at + len(front) :], ""
                if not _TOKEN.fullmatch(token):
                    continue
                base = _base(address, segments[:at])
                front_path = "/index.php/s/" if front == _FRONTS[0] else "/s/"
                return CloudShare(base, front_path, token, _path_in_share(rest, parts.query))
    return None


def seafile_share(address: str) -> SeafileShare | None:
    """The share of Seafile that an address may be."""
    parts = urlsplit(address)
    segments = parts.path.split("/")[1:]
    for at, (kind, token) in enumerate(pairwise(segments)):
        if kind in (_FILE, _FOLDER) and _SEAFILE_TOKEN.fullmatch(token):
            path = parse_qs(parts.query).get("p", [""])[0] if kind == _FOLDER else ""
            return SeafileShare(_base(address, segments[:at]), token, kind == _FOLDER, path.strip("/"))
    return None


def _base(address: str, segments: list[str]) -> str:
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]  # a name and a password in an address are not passed on
    return "/".join([f"{parts.scheme}://{host}", *segments])


def _path_in_share(rest: list[str], query: str) -> str:
    """What is meant in the share: by the query, or by what follows the token."""
    asked = parse_qs(query)
    folder = next((asked[name][0] for name in ("path", "dir") if name in asked), "")
    name = _one_file(asked.get("files", [""])[0])
    if folder or name or (rest and rest[0] in _PAGES):
        return "/".join(each for each in (folder.strip("/"), name.strip("/")) if each)
    return unquote("/".join(rest)).strip("/")


def _one_file(text: str) -> str:
    """The file of `files=`: a name, or a list of one in JSON."""
    try:
        listed = json.loads(text) if text.startswith(("[", '"')) else text
    except (ValueError, RecursionError):
        return text
    if isinstance(listed, list):
        return str(listed[0]) if len(listed) == 1 else ""
    return str(listed)
