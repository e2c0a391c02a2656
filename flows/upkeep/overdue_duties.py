"""Mails the organisers about duties that have been overdue for long, once for each outage."""

from config.settings import Settings
from flows.duties import ROOM_DUTIES
from flows.organiser_mails.organiser_notices import notify_organisers_once, send_waiting_notices
from flows.state_folder import state_folder
from tasks.clock import utc_now
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.storage_interface import Storage
from transcripts.duties.duty import Outage
from transcripts.duties.duty_wording import outage_text

TITLE = "Was von selbst geschehen soll"


def tell_outage(settings: Settings, archive: Storage, outage: Outage) -> None:
    """Tell it, or send what the mail server did not take before. Raises what storages raise."""
    kept = _kept_in(settings, archive, outage)
    text = outage_text(outage.reports, utc_now(), settings.network.zone)
    if not notify_organisers_once(settings, kept, f"duty-{outage.key}", TITLE, text, "mitschnitt doctor"):
        send_waiting_notices(settings, kept)


def _kept_in(settings: Settings, archive: Storage, outage: Outage) -> Storage:
    """Where it is noted that it was told.

    All rooms see alike what Prefect does: the archive lets one of them tell it. A room's own loops are
    its own matter, and the archive may be what fails there.
    """
    is_own = all(each.duty in ROOM_DUTIES for each in outage.reports)
    return FolderStorage(state_folder(settings)) if is_own else archive
