"""The manifest of a record: every object with its size, SHA-256, type and maker.

It is written last, so a record exists for readers when its manifest does.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Literal

from pydantic import Field

from transcripts.layout import content_type
from transcripts.media import LocalFile
from transcripts.model import Document


class MadeBy(Document):
    """The tool that made an object, so that it can be made again."""

    tool: str
    settings: dict[str, Any] = Field(default_factory=dict)


class ManifestObject(Document):
    """One stored object; `name` is its key below the record's folder."""

    name: str
    size_bytes: int = Field(alias="bytes")
    sha256: str
    content_type: str = Field(alias="type")
    made_by: MadeBy


class Manifest(Document):
    """`manifest.json`: all of a record's objects but itself, sorted by name."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    objects: tuple[ManifestObject, ...]

    def with_objects(self, objects: Iterable[ManifestObject]) -> "Manifest":
        """This manifest with some objects added or replaced."""
        merged = {each.name: each for each in (*self.objects, *objects)}
        return self.model_copy(update={"objects": tuple(merged[name] for name in sorted(merged))})


def describe_bytes(name: str, content: bytes, made_by: MadeBy) -> ManifestObject:
    """The entry of an object whose content is at hand."""
    return ManifestObject(
        name=name,
        size_bytes=len(content),
        sha256=sha256(content).hexdigest(),
        content_type=content_type(name),
        made_by=made_by,
    )


def describe_file(name: str, file: LocalFile, made_by: MadeBy) -> ManifestObject:
    """The entry of an object that is a file of the work folder."""
    return ManifestObject(
        name=name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        content_type=content_type(name),
        made_by=made_by,
    )
