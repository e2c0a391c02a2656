"""File shares for tests on the loopback, in the structure of Nextcloud, ownCloud and Seafile.

Only what is open to the public is played: pages, forms, WebDAV answers, a folder's listing. A share is
what a test says it is; `asked` are the requests that came, as "METHOD /path".
"""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from html import escape
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests import misbehaving_server as server
from tests.misbehaving_server import Exchange, Handler, Site, serve_program

CHANGED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TOKEN = "oBzTgHkQqY3mPnx"
SEAFILE_TOKEN = "1f2e3d4c5b6a79880102"
_KINDS = {"mp4": "video/mp4", "m4a": "audio/mp4", "pdf": "application/pdf", "zip": "application/zip"}


class Program(StrEnum):
    """Which program a server plays."""

    NEXTCLOUD_31 = "Nextcloud 31"
    NEXTCLOUD_28 = "Nextcloud 28"
    OWNCLOUD_10 = "ownCloud 10"
    OCIS = "ownCloud Infinite Scale"
    SEAFILE = "Seafile"


CLOUDS = (Program.NEXTCLOUD_31, Program.NEXTCLOUD_28, Program.OWNCLOUD_10, Program.OCIS)


@dataclass
class Share:
    """A share: one file (`files` has one name, `is_folder` is false) or a folder of paths."""

    files: Mapping[str, bytes]
    is_folder: bool = False
    password: str | None = None
    is_gone: bool = False
    gone_status: int = 404
    allows_download: bool = True
    is_upload_only: bool = False
    handlers: dict[str, Handler] = field(default_factory=dict)  # instead of a file's content

    @property
    def folders(self) -> set[str]:
        parts = [path.split("/")[:-1] for path in self.files]
        return {"/".join(each[: n + 1]) for each in parts for n in range(len(each))}


@dataclass
class ShareServer:
    """A program with one share, below a path."""

    program: Program
    share: Share
    prefix: str = ""
    pause_seconds: int = 0
    asked: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        path = unquote(urlsplit(exchange.path).path)
        self.asked.append(f"{exchange.command} {path}")
        self.authorizations.append(exchange.headers.get("Authorization", ""))
        length = int(exchange.headers.get("Content-Length") or 0)
        body = exchange.rfile.read(length).decode() if length else ""
        if not path.startswith(self.prefix):
            server.error(exchange, status=404)
        elif self.pause_seconds and exchange.command == "PROPFIND":
            exchange.reply(429, b"", Retry_After=str(self.pause_seconds))
        elif self.program is Program.SEAFILE:
            self._seafile(exchange, path.removeprefix(self.prefix), body)
        else:
            self._cloud(exchange, path.removeprefix(self.prefix))

    # -- Nextcloud and ownCloud --

    def _cloud(self, exchange: Exchange, path: str) -> None:
        for access_control, user in self._doors().items():
            if path == access_control or path.startswith(f"{access_control}/"):
                self._dav(exchange, access_control, path.removeprefix(access_control).strip("/"), user)
                return
        if self.program is Program.OCIS:
            server.page(exchange, html="<html><title>ownCloud</title><div id='owncloud'></div></html>")
        elif path.removeprefix("/index.php").startswith(f"/s/{TOKEN}"):
            self._cloud_page(exchange)
        else:
            exchange.reply(404, b"Path not found.", Content_Type="text/plain")

    def _doors(self) -> dict[str, str | None]:
        """The WebDAV addresses for the public, and by which name they are entered (None: by any)."""
        newer: dict[str, str | None] = {f"/public.php/dav/files/{TOKEN}": None}
        older: dict[str, str | None] = {"/public.php/webdav": TOKEN}
        own: dict[str, str | None] = {f"/remote.php/dav/public-files/{TOKEN}": "public"}
        return {
            Program.NEXTCLOUD_31: newer | older,
            Program.NEXTCLOUD_28: older,
            Program.OWNCLOUD_10: older | own,
            Program.OCIS: own,
        }[self.program]

    def _cloud_page(self, exchange: Exchange) -> None:
        if self.share.is_gone:
            gone = "<html data-requesttoken='x'><title>Nextcloud</title><h2>Share not found</h2></html>"
            exchange.reply(404, gone.encode(), Content_Type="text/html; charset=UTF-8")
        elif self.share.password and not exchange.path.endswith("/authenticate/showShare"):
            exchange.reply(303, Location=f"{self.prefix}/s/{TOKEN}/authenticate/showShare")
        else:
            form = (
                '<form method="post"><input type="hidden" name="requesttoken" value="x"/>'
                '<input type="password" name="password"/><input type="submit" value=""/></form>'
            )
            shown = form if self.share.password else "<div id='content-vue'></div>"
            server.page(exchange, html=f"<html><title>Treffen - Nextcloud</title>{shown}</html>")

    def _dav(self, exchange: Exchange, access_control: str, path: str, user: str | None) -> None:
        is_older = access_control.endswith("webdav")
        if self.share.is_gone:
            _dav_error(exchange, 401 if is_older else 404)
        elif not self._is_let_in(exchange, user, needs_name=is_older):
            _dav_error(exchange, 401)
        elif self.share.is_upload_only:
            _dav_error(exchange, 405)
        elif exchange.command == "PROPFIND":
            self._dav_listing(exchange, access_control, path)
        else:
            self._content(exchange, path)

    def _is_let_in(self, exchange: Exchange, user: str | None, *, needs_name: bool) -> bool:
        name, _, word = _credentials(exchange)
        if "XMLHttpRequest" not in exchange.headers.get("X-Requested-With", ""):
            return False
        if (needs_name or self.share.password) and user is not None and name != user:
            return False
        return not self.share.password or word == self.share.password

    def _dav_listing(self, exchange: Exchange, access_control: str, path: str) -> None:
        here = f"{self.prefix}{access_control}"
        if not self.share.is_folder and self.program not in (Program.OWNCLOUD_10, Program.OCIS):
            (name,) = self.share.files
            _multistatus(exchange, [self._response(f"{here}/", name)] if not path else [])
            return
        if path in self.share.files:
            _multistatus(exchange, [self._response(f"{here}/{path}", path)])
        elif path and path not in self.share.folders:
            _dav_error(exchange, 404)
        else:
            below = [each for each in (*self.share.folders, *self.share.files) if _parent(each) == path]
            own = self._response(f"{here}/{path}/" if path else f"{here}/", None)
            _multistatus(exchange, [own, *(self._response(f"{here}/{each}", each) for each in below)])

    def _response(self, href: str, path: str | None) -> str:
        """One file of the listing, or one folder where `path` is none of a file."""
        missing = (
            "<d:propstat><d:prop><d:quota/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
        )
        if path is None or path not in self.share.files:
            facts = "<d:resourcetype><d:collection/></d:resourcetype>"
        else:
            facts = (
                "<d:resourcetype/>"
                f"<d:displayname>{escape(path.rpartition('/')[2])}</d:displayname>"
                f"<d:getcontentlength>{len(self.share.files[path])}</d:getcontentlength>"
                f"<d:getcontenttype>{_kind(path)}</d:getcontenttype>"
            )
        changed = f"<d:getlastmodified>{format_datetime(CHANGED_AT, usegmt=True)}</d:getlastmodified>"
        return (
            f"<d:response><d:href>{quote(href)}</d:href><d:propstat><d:prop>{facts}{changed}</d:prop>"
            f"<d:status>HTTP/1.1 200 OK</d:status></d:propstat>{missing}</d:response>"
        )

    def _content(self, exchange: Exchange, path: str) -> None:
        """What lies there; a share of one file has it at its root, or under its name."""
        name = path or next(iter(self.share.files))
        if not self.share.allows_download:
            _dav_error(exchange, 403)
        elif name not in self.share.files or (self.share.is_folder and not path):
            _dav_error(exchange, 404)
        else:
            self._file(exchange, name)

    def _file(self, exchange: Exchange, path: str) -> None:
        handler = self.share.handlers.get(path)
        if handler is not None and exchange.command == "GET":
            handler(exchange)
            return
        name = path.rpartition("/")[2]
        server.file(
            exchange,
            content=self.share.files[path],
            kind=_kind(path),
            modified=format_datetime(CHANGED_AT, usegmt=True),
            disposition=f"attachment; filename*=UTF-8''{quote(name)}; filename=\"{quote(name)}\"",
        )

    # -- Seafile --

    def _seafile(self, exchange: Exchange, path: str, body: str) -> None:
        token, query = SEAFILE_TOKEN, parse_qs(urlsplit(exchange.path).query)
        page = f"/{'d' if self.share.is_folder else 'f'}/{token}/"
        if self.share.is_gone:
            gone = b"<html><title>Seafile</title>Sorry, but the requested page could not be found.</html>"
            exchange.reply(self.share.gone_status, gone, Content_Type="text/html")
        elif path == page and exchange.command == "POST":
            self._seafile_check(exchange, page, body)
        elif path.startswith("/seafhttp/files/"):
            self._file(exchange, path.split("/", 4)[4])
        elif self.share.password and f"share={token}" not in exchange.headers.get("Cookie", ""):
            self._seafile_closed(exchange, page, path)
        elif path == f"/api/v2.1/share-links/{token}/dirents/":
            self._seafile_listing(exchange, query["path"][0])
        elif path == f"{page}files/" or (path == page and "dl" in query):
            name = query["p"][0].strip("/") if self.share.is_folder else next(iter(self.share.files))
            allowed = self.share.allows_download and name in self.share.files
            where = quote(f"{self.prefix}/seafhttp/files/a1b2/{name}")
            exchange.reply(302, Location=where) if allowed else server.error(exchange, status=404)
        else:
            server.page(exchange, html="<html><title>Treffen</title><div id='wrapper'>Seafile</div></html>")

    def _seafile_closed(self, exchange: Exchange, page: str, path: str, trouble: str = "") -> None:
        if path.startswith("/api/"):
            exchange.reply(403, b'{"error_msg": "Permission denied."}', Content_Type="application/json")
            return
        form = (
            f'<form action="{self.prefix}{page}" method="post" id="share-passwd-form">'
            '<input type="hidden" name="csrfmiddlewaretoken" value="c5rf">'
            '<input type="password" name="password"/><input type="submit" value="Submit"/></form>'
        )
        server.page(exchange, html=f"<html><title>Seafile</title>{form}{trouble}</html>")

    def _seafile_check(self, exchange: Exchange, page: str, body: str) -> None:
        given = parse_qs(body)
        if given.get("password") != [self.share.password] or given.get("csrfmiddlewaretoken") != ["c5rf"]:
            self._seafile_closed(exchange, page, page, "Please enter a correct password.")
            return
        where = f"{self.prefix}{page}"
        exchange.reply(302, Location=where, Set_Cookie=f"share={SEAFILE_TOKEN}; Path=/")

    def _seafile_listing(self, exchange: Exchange, path: str) -> None:
        here = path.strip("/")
        entries = [_dirent(each, None) for each in self.share.folders if _parent(each) == here]
        entries += [
            _dirent(each, len(content)) for each, content in self.share.files.items() if _parent(each) == here
        ]
        listed = json.dumps({"dirent_list": entries}).encode()
        exchange.reply(200, listed, Content_Type="application/json")


@contextmanager
def serve_share(
    program: Program, share: Share, prefix: str = "", pause_seconds: int = 0
) -> Iterator[tuple[Site, ShareServer]]:
    """A running server with this share."""
    playing = ShareServer(program, share, prefix, pause_seconds)
    with serve_program(playing) as site:
        yield site, playing


def _dirent(path: str, size: int | None) -> dict[str, object]:
    kind = "folder" if size is None else "file"
    shown = f"/{path}/" if size is None else f"/{path}"
    return {
        "is_dir": size is None,
        "size": size or 0,
        "last_modified": "2026-11-20T10:30:00+01:00",
        f"{kind}_path": shown,
        f"{kind}_name": path.rpartition("/")[2],
    }


def _credentials(exchange: Exchange) -> tuple[str, str, str]:
    scheme, _, given = exchange.headers.get("Authorization", "").partition(" ")
    return b64decode(given).decode().partition(":") if scheme == "Basic" else ("", "", "")


def _dav_error(exchange: Exchange, status: int) -> None:
    body = (
        '<?xml version="1.0" encoding="utf-8"?><d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">'
        "<s:exception>Sabre\\DAV\\Exception</s:exception><s:message>no</s:message></d:error>"
    )
    exchange.reply(status, body.encode(), Content_Type="application/xml; charset=utf-8")


def _multistatus(exchange: Exchange, responses: list[str]) -> None:
    if not responses:
        _dav_error(exchange, 404)
        return
    body = f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{"".join(responses)}</d:multistatus>'
    exchange.reply(207, body.encode(), Content_Type="application/xml; charset=utf-8")


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _kind(path: str) -> str:
    return _KINDS.get(path.rpartition(".")[2].lower(), "application/octet-stream")
