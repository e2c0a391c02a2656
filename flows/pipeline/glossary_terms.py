"""Terms for the recogniser: the glossary of the settings, and what people corrected."""

from config.loading import SettingsError, glossary_text
from config.settings import Settings
from tasks.archive.correction_store import all_corrections
from tasks.storage.storage_interface import Storage
from transcripts.corrections.glossary_suggestions import suggestions
from transcripts.errors.recognition_errors import GlossaryUnreadableError
from transcripts.speech.glossary import parse_glossary


def known_terms(settings: Settings) -> tuple[str, ...]:
    """What is spelled so. Raises GlossaryUnreadableError."""
    try:
        return parse_glossary(glossary_text(settings))
    except SettingsError as error:
        raise GlossaryUnreadableError(reason=str(error).rstrip(".")) from error


def learned_terms(storage: Storage) -> list[tuple[str, int]]:
    """What people wrote in the place of what was heard, in all records, with how often."""
    return [(each.term, each.times) for each in suggestions(all_corrections(storage), ())]
