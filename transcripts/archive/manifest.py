"""The manifest of a record: every object with its size, SHA-256, type, maker and place.

It is written last, so a record exists for readers when its manifest does. Each
version of a record has one; `manifest.json` is the present version's, the others are
kept in `history/` and never change.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer

from transcripts.archive.layout import (
    BESIDE_VERSIONS,
    CORRECTIONS,
    addressed_name,
    content_type,
    correction_number,
    is_medium,
    is_place,
)
from transcripts.media.media_values import LocalFile
from transcripts.model import FileBytes, Line, Moment, Number, Sha256, StoredModel


def _inside_its_record(place: str) -> str:
    if not is_place(place):
        raise ValueError("das ist kein Ort im Ordner einer Aufzeichnung")
    return place


Place = Annotated[str, AfterValidator(_inside_its_record)]


class MadeBy(StoredModel):
    """The tool that made an object, so that it can be made again."""

    tool: Line
    settings: dict[str, Any] = Field(default_factory=dict)


class ManifestObject(StoredModel):
    """One object of a record.

    `name` says what it is; `key` is where it lies below the record's folder, if not
    under its name. Texts lie under their names too, as copies for people and programs
    that read files; what counts lies at the key and never changes.
    """

    name: Place
    key: Place | None = None
    size_bytes: FileBytes = Field(alias="bytes")
    sha256: Sha256
    content_type: Line = Field(alias="type")
    made_by: MadeBy

    @property
    def place(self) -> str:
        """Where it lies below the record's folder."""
        return self.key or self.name

    @property
    def is_copied(self) -> bool:
        """Whether a copy of it lies under its plain name."""
        return self.key is not None and not is_medium(self.name)

    def addressed(self) -> "ManifestObject":
        """The same object at the place that is named after its content."""
        return self.model_copy(update={"key": addressed_name(self.name, self.sha256)})

    @model_serializer(mode="wrap")
    def _without_empty_key(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        document: dict[str, Any] = serialize(self)
        return {name: value for name, value in document.items() if name != "key" or value is not None}


class Manifest(StoredModel):
    """`manifest.json`: all of a record's objects, sorted by name. `reason` says why there is this version.

    `corrections` is the number of the last correction that its texts contain.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    version: Number = 1
    made_at: Moment | None = None
    reason: Line = ""
    corrections: Number = 0
    objects: tuple[ManifestObject, ...]

    def named(self, name: str) -> ManifestObject:
        """The object of this name. Raises KeyError when there is none."""
        found = next((each for each in self.objects if each.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    @property
    def names(self) -> frozenset[str]:
        """What there is."""
        return frozenset(each.name for each in self.objects)

    @property
    def places(self) -> frozenset[str]:
        """Every key below the record's folder that this manifest needs, plain copies included."""
        copies = {each.name for each in self.objects if each.is_copied}
        return frozenset(each.place for each in self.objects) | copies

    def with_objects(self, objects: Iterable[ManifestObject]) -> "Manifest":
        """This manifest with some objects added or replaced."""
        merged = {each.name: each for each in (*self.objects, *objects)}
        return self.model_copy(update={"objects": tuple(merged[name] for name in sorted(merged))})

    def without(self, folder: str) -> "Manifest":
        """This manifest without what lies below a folder."""
        kept = (each for each in self.objects if not each.name.startswith(folder))
        return self.model_copy(update={"objects": tuple(kept)})

    def of_version(self) -> "Manifest":
        """Only what belongs to the version, not what lies beside versions (mails, corrections)."""
        own = (each for each in self.objects if not each.name.startswith(BESIDE_VERSIONS))
        return self.model_copy(update={"objects": tuple(own)})

    def beside_version(self) -> tuple[ManifestObject, ...]:
        """What lies beside versions."""
        return tuple(each for each in self.objects if each.name.startswith(BESIDE_VERSIONS))

    @property
    def correction_names(self) -> tuple[str, ...]:
        """The corrections of the record, oldest first, whether or not its texts contain them yet."""
        return tuple(name for name in sorted(self.names) if name.startswith(CORRECTIONS))

    @property
    def has_unpublished_corrections(self) -> bool:
        """Whether there are corrections that the texts do not contain yet."""
        return (
            correction_number(self.correction_names[-1]) > self.corrections
            if self.correction_names
            else False
        )

    def texts_addressed(self) -> "Manifest":
        """This manifest with every text at the place that is named after its content."""
        moved = (each if is_medium(each.name) else each.addressed() for each in self.objects)
        return self.model_copy(update={"objects": tuple(moved)})

    def has_same_content(self, other: "Manifest") -> bool:
        """Whether both name the same contents, whenever and by whomever they were written."""
        return (self.corrections, _contents(self)) == (other.corrections, _contents(other))


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


def _contents(manifest: Manifest) -> dict[str, str]:
    return {each.name: each.sha256 for each in manifest.of_version().objects}
