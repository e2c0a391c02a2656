"""What the mail "Neues im Archiv" says of the records that it names, as the archive has them."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.settings import Settings
from flows.composition import record_url
from flows.delivery.configured_channels import Content
from tasks.archive.catalogue_store import Listing
from tasks.archive.new_records import opening_of
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.catalogue import CatalogueEntry, DocumentEntry
from transcripts.mail.mime_message import Attachments
from transcripts.mail.new_in_archive_mail import NewInArchive, NewThing, render_new_in_archive
from transcripts.wording.document_wording import document_facts
from transcripts.wording.german_formats import format_date_de, format_duration


@dataclass(frozen=True, slots=True)
class Draft:
    """The records that a mail is to name, those that members may see; `has_more`: some wait for the next."""

    documents: tuple[DocumentEntry, ...]
    recordings: tuple[CatalogueEntry, ...]
    has_more: bool = False

    @property
    def record_ids(self) -> tuple[str, ...]:
        """Their ids."""
        return (
            *(each.record_id for each in self.documents),
            *(each.record_id for each in self.recordings),
        )


def draft_of(found: Listing, record_ids: Iterable[str], *, has_more: bool = False) -> Draft:
    """The records of these ids, in their order; what members may not see any more is left out."""
    documents = {each.record_id: each for each in found.documents if each.is_released}
    recordings = {each.record_id: each for each in found.entries if each.is_released}
    wanted = tuple(record_ids)
    return Draft(
        tuple(documents[each] for each in wanted if each in documents),
        tuple(recordings[each] for each in wanted if each in recordings),
        has_more,
    )


def digest_content(
    settings: Settings, storage: Storage, number: int, draft: Draft, release_command: str = ""
) -> Content:
    """The mail in words; with a `release_command` as organisers see it. Raises TemplateBrokenError."""
    base_url = settings.network.base_url
    news = NewInArchive(
        documents=tuple(_document(settings, storage, each) for each in draft.documents),
        recordings=tuple(_recording(settings, storage, each) for each in draft.recordings),
        network_name=settings.network.name,
        archive_url=f"{base_url.rstrip('/')}/" if base_url else "",
        has_more=draft.has_more,
        release_command=release_command,
    )
    rendered = render_new_in_archive(news, settings.announcement.templates)
    return Content(layout.DIGEST, number, rendered, Attachments(), {})


def _document(settings: Settings, storage: Storage, entry: DocumentEntry) -> NewThing:
    document = entry.document
    return NewThing(
        title=document.details.title,
        facts=document_facts(document.details, document.page_count),
        url=record_url(settings, storage, entry.record_id),
        opening=opening_of(storage, entry.record_id),
    )


def _recording(settings: Settings, storage: Storage, entry: CatalogueEntry) -> NewThing:
    recording = entry.recording
    facts = (format_date_de(recording.recorded_on), format_duration(recording.duration_seconds))
    return NewThing(recording.title, facts, record_url(settings, storage, entry.record_id))
