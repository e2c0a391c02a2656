"""A document that is a file of this machine: sent like an upload, under the id of its content."""

from hashlib import file_digest
from pathlib import Path

from flows.documents.document_request import DocumentRequest
from flows.jobs.local_files import opened
from tasks.archive.upload_store import Uploads, upload_id_of
from tasks.storage.storage_interface import Storage
from transcripts.sources.listed_files import shown_name


def sent_document(path: Path, storage: Storage) -> DocumentRequest:
    """The request for a file, which any worker gets then. Raises FileMissingError, what storages raise."""
    with opened(path) as content:
        upload_id = upload_id_of(file_digest(content, "sha256").hexdigest())
        name, size_bytes = shown_name(path.name), content.seek(0, 2)
        Uploads(storage).take(upload_id, name, size_bytes, content)
    return DocumentRequest(upload=upload_id, file_name=name)
