"""Asks the configured OpenAI-compatible endpoint to word chapter titles and a summary.

Only what the settings name is contacted, only when they name it. Redirects are not
followed, answers are limited in time and size. What comes back is checked by
`transcripts.worded_by_model`; what does not hold is dropped.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from transcripts.errors import TemporaryError
from transcripts.model import Chapter, Segment, Summary
from transcripts.worded_by_model import (
    accepted_summary,
    accepted_title,
    chapter_texts,
    summary_request,
    title_request,
)

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

    Raises TemporaryError `language_model_failed`.
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

    Raises TemporaryError `language_model_failed`.
    """
    texts = [segment.text for segment in segments]
    answer = accepted_summary(ask(language_model, *summary_request(" ".join(texts))), texts)
    return Summary(text=answer, made_by=language_model.model) if answer else None


def ask(language_model: LanguageModel, rules: str, task: str) -> str:
    """The model's answer to one request (OpenAI's "chat completions").

    Raises TemporaryError `language_model_failed`, whatever was wrong with the endpoint.
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
            return _content(json.loads(_limited(answer)))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise TemporaryError("language_model_failed", reason=type(error).__name__) from error


def _limited(answer: httpx.Response) -> bytes:
    received = b""
    for part in answer.iter_bytes():
        received += part
        if len(received) > MAX_ANSWER_BYTES:
            raise ValueError("the answer is too large")
    return received


def _content(document: Any) -> str:
    try:
        content = document["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("not a chat completion") from error
    if not isinstance(content, str):
        raise ValueError("the answer is no text")
    return content
