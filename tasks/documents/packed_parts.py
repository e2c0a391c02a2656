"""Reads the parts of a packed document, never more of them than documents have. In the sandboxed process."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tasks.sandbox.resource_limits import MEGABYTE
from transcripts.errors.document_errors import DocumentBombError, DocumentDamagedError, DocumentLockedError

MOST_PARTS = 20_000
MOST_UNPACKED_BYTES = 1_000 * MEGABYTE
MOST_XML_BYTES = 100 * MEGABYTE
# What is packed better than that holds the same again and again.
_MOST_TIMES, _UNSUSPICIOUS_BYTES = 200, 50 * MEGABYTE
_DECLARATIONS_BYTES = 64 * 1024
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, UnicodeError, ValueError)
_IS_ENCRYPTED = 0x1


class PackedParts:
    """The parts by their names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = archive.namelist()

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator["PackedParts"]:
        """Raises DocumentDamagedError, DocumentLockedError, DocumentBombError."""
        try:
            archive = zipfile.ZipFile(path)
        except _DAMAGES as error:
            raise DocumentDamagedError() from error
        with archive:
            _expect_sound(archive.infolist())
            yield cls(archive)

    def read(self, name: str) -> bytes:
        """A part. Raises DocumentDamagedError (it is missing, too), DocumentBombError."""
        try:
            with self._archive.open(name) as stream:
                content = stream.read(MOST_XML_BYTES + 1)
        except (KeyError, *_DAMAGES) as error:
            raise DocumentDamagedError() from error
        if len(content) > MOST_XML_BYTES:
            raise DocumentBombError()
        return content

    def read_if_there(self, name: str) -> bytes:
        """A part; nothing where it is missing. Raises what `read` does."""
        return self.read(name) if name in self.names else b""

    def tree(self, name: str) -> Element:
        """A part as XML. Raises what `read` does."""
        try:
            return fromstring(self.read(name))
        except DefusedXmlException as error:
            raise DocumentBombError() from error
        except (ParseError, ValueError) as error:
            raise DocumentDamagedError() from error

    def expect_no_entities(self) -> None:
        """Raises DocumentBombError where XML declares entities: no office suite writes any."""
        for name in self.names:
            if name.endswith((".xml", ".rels")) and b"<!ENTITY" in self._start(name):
                raise DocumentBombError()

    def _start(self, name: str) -> bytes:
        try:
            with self._archive.open(name) as stream:
                return stream.read(_DECLARATIONS_BYTES)
        except _DAMAGES as error:
            raise DocumentDamagedError() from error


def _expect_sound(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
        raise DocumentBombError()
    if unpacked > _UNSUSPICIOUS_BYTES and unpacked > _MOST_TIMES * packed:
        raise DocumentBombError()
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise DocumentLockedError()
