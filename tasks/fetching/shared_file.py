"""From the files that a share lists to the one recording: taken, offered as a choice, or truly missing."""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from tasks.fetching.recording_lookup import FoundRecording, Info
from transcripts.errors.source_errors import (
    ChooseRecordingError,
    FolderEmptyError,
    ManyDocumentsError,
    NoDocumentError,
    OtherFilesError,
    PackedFolderError,
)
from transcripts.sources.file_names import read_file_name
from transcripts.sources.listed_files import (
    PACKED_ENDINGS,
    ListedFile,
    Listing,
    Sought,
    documents_among,
    kinds_of,
    recordings_among,
)
from transcripts.sources.recording_choice import Choice, packed
from transcripts.wording.local_time import local_day

MOST_FOLDERS = 30
"""So many folders of a share are looked into, the nearest first."""


def files_below(list_folder: Callable[[str], Listing], first: Listing) -> tuple[list[ListedFile], bool]:
    """The files of a shared folder and of those in it, and whether that is all of them."""
    files, waiting = list(first.files), list(first.folders)
    for _ in range(MOST_FOLDERS):
        if not waiting:
            break
        found = list_folder(waiting.pop(0))
        files += found.files
        waiting += found.folders
    return files, not waiting


def only_file(
    files: Iterable[ListedFile],
    address_of: Callable[[str], str],
    zone: ZoneInfo,
    *,
    is_all: bool = True,
    sought: Sought = Sought.RECORDING,
) -> ListedFile:
    """The one recording among them, or the one document, if that is `sought`.

    Raises ChooseRecordingError (count, choices), FolderEmptyError, PackedFolderError,
    OtherFilesError (kinds); of documents ManyDocumentsError (count), NoDocumentError (kinds).
    """
    listed = list(files)
    if sought is Sought.DOCUMENT:
        return _only_document(listed, is_all=is_all)
    found = recordings_among(listed)
    if len(found) == 1 and is_all:
        return found[0]
    if found:
        choices = tuple(_choice(each, address_of(each.path), zone) for each in found)
        raise ChooseRecordingError(count=len(choices), choices=packed(choices))
    if not listed:
        raise FolderEmptyError()
    if all(each.ending in PACKED_ENDINGS for each in listed):
        raise PackedFolderError()
    raise OtherFilesError(kinds=kinds_of(listed))


def _only_document(listed: list[ListedFile], *, is_all: bool) -> ListedFile:
    found = documents_among(listed)
    if len(found) == 1 and is_all:
        return found[0]
    if found:
        raise ManyDocumentsError(count=len(found))
    raise NoDocumentError(kinds=kinds_of(listed)) if listed else FolderEmptyError()


def found_recording_of(
    file: ListedFile, address: str, headers: dict[str, str], extractor: str, zone: ZoneInfo
) -> FoundRecording:
    """The recording, named by its file. The day that its name tells counts; the server's is a guess."""
    named = read_file_name(file.name, zone)
    changed_on = local_day(file.modified_at, zone) if file.modified_at else None
    transfer: Info = {
        "url": address,
        "ext": file.ending.removeprefix("."),
        "protocol": address.partition(":")[0],
        "http_headers": headers,
        "filesize": file.size_bytes,
        "format_id": "file",
    }
    return FoundRecording(
        formats=(transfer,),
        title=named.title,
        recorded_on=named.day,
        extractor=extractor,
        id=file.path,
        is_file_name=named.is_title_guessed,
        is_day_guessed=named.is_day_guessed,
        changed_on=changed_on,
    )


def _choice(file: ListedFile, address: str, zone: ZoneInfo) -> Choice:
    return Choice(
        name=file.name,
        address=address,
        size_bytes=file.size_bytes,
        day=read_file_name(file.name, zone).day,
        changed_on=local_day(file.modified_at, zone) if file.modified_at else None,
    )
