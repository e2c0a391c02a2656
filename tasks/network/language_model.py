"""Asks the configured OpenAI-compatible endpoint to word chapter titles and a summary.

Only what the settings name is contacted, only when they name it. Redirects are not
followed, answers are limited in time and size. What comes back is checked by
`transcripts.chapters.language_model_prompts`; what does not hold is dropped.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tasks.network.http_post import requested_pause
from transcripts.chapters.language_model_prompts import (
    accepted_summary,
    accepted_title,
    chapter_texts,
    summary_request,
    title_request,
)
from transcripts.errors.recognition_errors import (
    LanguageModelAwayError,
    LanguageModelFailedError,
    LanguageModelLoginError,
)
from transcripts.model import Chapter, Segment, Summary

MAX_ANSWER_BYTES = 200_000
CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """An endpoint ("https://llm.example.org/v1"), a model's name there, and how long an answer may take."""

    url: str
    model: str
    api_key: str | None = None
    answer_seconds: float = 120.0

    def __repr__(self) -> str:
        return f"LanguageModel({self.model})"


def word_titles(
    chapters: Sequence[Chapter], segments: Sequence[Segment], language_model: LanguageModel
) -> tuple[Chapter, ...]:
    """The chapters, those from speech with the model's titles where these hold, marked with `made_by`.

    Raises LanguageModelFailedError.
    """
    worded: list[Chapter] = []
    taken = {chapter.title for chapter in chapters}
    for chapter, text in zip(chapters, chapter_texts(chapters, segments), strict=True):
        title = None
        if chapter.origin == "speech" and text:
            title = accepted_title(ask(language_model, *title_request(text)), text)
        if title and title not in taken:
            taken.add(title)
            chapter = chapter.model_copy(update={"title": title, "made_by": language_model.model})
        worded.append(chapter)
    return tuple(worded)


def summarise(segments: Sequence[Segment], language_model: LanguageModel) -> Summary | None:
    """The model's summary of the meeting, of the sentences that hold; None where too few do.

    Raises LanguageModelFailedError.
    """
    texts = [segment.text for segment in segments]
    answer = accepted_summary(ask(language_model, *summary_request(" ".join(texts))), texts)
    return Summary(text=answer, made_by=language_model.model) if answer else None


def ask(language_model: LanguageModel, rules: str, task: str) -> str:
    """The model's answer to one request (OpenAI's "chat completions").

    Raises LanguageModelFailedError, whatever was wrong with the endpoint.
    """
    body = {
        "model": language_model.model,
        "temperature": 0,
        "messages": [{"role": "system", "content": rules}, {"role": "user", "content": task}],
    }
    key = language_model.api_key
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    address = language_model.url.rstrip("/") + "/chat/completions"
    timeout = httpx.Timeout(language_model.answer_seconds, connect=CONNECT_SECONDS)
    try:
        with httpx.stream("POST", address, json=body, headers=headers, timeout=timeout) as answer:
            answer.raise_for_status()
            return _content(json.loads(_limited(answer, language_model.answer_seconds)))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        pause = requested_pause(error.response) if isinstance(error, httpx.HTTPStatusError) else None
        reason = type(error).__name__
        raise LanguageModelFailedError(reason=reason, retry_after_seconds=pause) from error


def check_endpoint(language_model: LanguageModel) -> None:
    """Ask which models there are (OpenAI's "list models"); nothing of any meeting is sent.

    Raises LanguageModelAwayError, LanguageModelLoginError.
    """
    headers = {"Authorization": f"Bearer {language_model.api_key}"} if language_model.api_key else {}
    host = urlsplit(language_model.url).hostname or ""
    try:
        answer = httpx.get(
            language_model.url.rstrip("/") + "/models", headers=headers, timeout=CONNECT_SECONDS
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LanguageModelAwayError(host=host) from error
    if answer.status_code in (401, 403):
        raise LanguageModelLoginError(host=host)
    if answer.is_server_error:
        raise LanguageModelAwayError(host=host)


def _limited(answer: httpx.Response, seconds: float) -> bytes:
    received, until = b"", time.monotonic() + seconds
    for part in answer.iter_bytes():
        received += part
        if len(received) > MAX_ANSWER_BYTES:
            raise ValueError("the answer is too large")
        if time.monotonic() > until:
            raise ValueError("the answer trickles")
    return received


def _content(document: Any) -> str:
    try:
        content = document["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("not a chat completion") from error
    if not isinstance(content, str):
        raise ValueError("the answer is no text")
    return content
