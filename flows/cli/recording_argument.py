"""The recording given to a command: an address, with text around it, or a file of this machine."""

from dataclasses import dataclass
from pathlib import Path

from flows.jobs.local_files import (
    LocalRecording,
    captions_beside,
    named_file,
    opened,
    recording_in,
    send,
    send_captions,
)
from flows.jobs.process_request import ProcessRequest
from tasks.storage.storage_interface import Storage
from transcripts.sources.pasted_text import read_pasted
from transcripts.sources.source_url import SourceUrl, parse_source_url, upload_source, with_passcode


@dataclass(frozen=True, slots=True)
class RecordingArgument:
    """Where the recording comes from; of a file also where it lies, and what it holds."""

    source: SourceUrl
    file: Path | None = None
    recording: LocalRecording | None = None


def recording_argument(text: str, largest_gigabytes: float, passcode: str | None = None) -> RecordingArgument:
    """What is meant; an address with this passcode, if one is given.

    Raises PermanentError as `named_file`, `recording_in` and `read_pasted` do.
    """
    file = named_file(text)
    if file is None:
        source = read_pasted(text).with_its_passcode
        if passcode:
            source = parse_source_url(with_passcode(source.full.get_secret_value(), passcode))
        return RecordingArgument(source)
    with opened(file) as content:
        found = recording_in(file.name, content, largest_gigabytes)
    return RecordingArgument(upload_source(found.upload_id, found.name), file, found)


def request_for(handed: RecordingArgument, secret: str, storage: Storage) -> ProcessRequest:
    """The request to process it; a file is sent to the storage first. Raises what storages raise."""
    if handed.file is None or handed.recording is None:
        return ProcessRequest.of(handed.source, secret)
    with opened(handed.file) as content:
        send(handed.recording, content, storage)
    for path, language in captions_beside(handed.file).items():
        with opened(path) as content:
            send_captions(handed.recording, language, path.suffix[1:], content, storage)
    return ProcessRequest(upload=handed.recording.upload_id, file_name=handed.recording.name)
