"""Titles and a summary by the language model that the settings name, if they name one."""

import logging

from config.settings import Settings
from tasks.network.language_model import LanguageModel, summarise, word_titles
from transcripts.errors.error_kinds import TemporaryError
from transcripts.model import Chapter, Summary, Transcript


def worded_by_model(
    chapters: tuple[Chapter, ...], transcript: Transcript, settings: Settings
) -> tuple[tuple[Chapter, ...], Summary | None]:
    """The chapters with the model's titles, and its summary; as they are where none answers."""
    language_model = language_model_of(settings)
    if language_model is None or not chapters:
        return chapters, None
    try:
        chapters = word_titles(chapters, transcript.segments, language_model)
        return chapters, summarise(transcript.segments, language_model)
    except TemporaryError as error:
        # Titles from speech are good enough: a meeting must not wait for an endpoint.
        logging.getLogger("mitschnitt.steps").warning("%s", error)
        return chapters, None


def language_model_of(settings: Settings) -> LanguageModel | None:
    """The endpoint that is configured to word titles; None where nobody is to be asked."""
    chosen = settings.chapters
    if chosen.llm_url is None:
        return None
    key = chosen.llm_api_key.get_secret_value() if chosen.llm_api_key else None
    return LanguageModel(chosen.llm_url, chosen.llm_model, key, chosen.llm_timeout_seconds)
