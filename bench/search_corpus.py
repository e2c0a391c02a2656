"""An archive of any size, written by chance: sentences of real German meetings, filled with other words.

A share of the content words of each sentence is replaced, partly by the words
of the meeting's topics, which come back all through it, partly by words of the
whole vocabulary with the frequencies of Zipf's law. So words cluster in records
as they do in speech, and the vocabulary grows with the text, as Heaps' law says.
The same seed texts give the same archive.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transcripts.german.topic_words import FUNCTION_WORDS
from transcripts.search.passages import Place, SearchableRecord, Sentence

WORDS_AN_HOUR = 8_000
"""Of speech in meetings; the sample meeting has 8,100."""
HOURS_A_RECORD = 5 / 3
REPLACED = 0.6
OF_TOPICS = 0.25
TOPIC_WORDS = 40
SEED = 20261119

_TOKEN = re.compile(r"([^\W\d_]+)([^\s]*)")


@dataclass(frozen=True, slots=True)
class Seed:
    """Sentences as numbers of words, end to end; the vocabulary, the most frequent first."""

    vocabulary: Sequence[str]
    chances: npt.NDArray[np.float64]  # cumulated, over the content words of the vocabulary
    content: npt.NDArray[np.int64]  # the numbers of the content words
    words: npt.NDArray[np.int64]
    marks: Sequence[str]  # what stands behind each word: a comma, a full stop
    firsts: npt.NDArray[np.int64]


def read_seed(folders: Sequence[Path], word_lists: Sequence[Path]) -> Seed:
    """The sentences of all transcripts below the folders, and the words of the lists for the long tail."""
    tokens = [_TOKEN.findall(text) for text in dict.fromkeys(_texts(folders))]
    sentences = [each for each in tokens if len(each) > 3]
    counts = Counter(word for sentence in sentences for word, _ in sentence)
    spoken = [word for word, _ in counts.most_common()]
    listed = [word for path in word_lists for word in path.read_text(encoding="utf-8").split()]
    rare = list(dict.fromkeys(word for word in listed if word not in counts))
    np.random.default_rng(SEED).shuffle(rare)
    vocabulary = spoken + rare
    numbers = {word: number for number, word in enumerate(vocabulary)}
    lengths = [len(sentence) for sentence in sentences]
    content = np.array([n for n, word in enumerate(vocabulary) if _is_content(word)], np.int64)
    # Zipf's law with Mandelbrot's shift; this exponent lets ten times the text have four times the words.
    frequencies = (np.arange(len(content)) + 30.0) ** -1.1
    return Seed(
        vocabulary=vocabulary,
        chances=np.cumsum(frequencies) / frequencies.sum(),
        content=content,
        words=np.array([numbers[word] for sentence in sentences for word, _ in sentence], np.int64),
        marks=[mark for sentence in sentences for _, mark in sentence],
        firsts=np.cumsum([0, *lengths]),
    )


def generate(seed: Seed, hours: float) -> Iterator[SearchableRecord]:
    """Records of together so many hours of speech."""
    chance = np.random.default_rng(SEED)
    is_content = np.zeros(len(seed.vocabulary), np.bool_)
    is_content[seed.content] = True
    for number in range(max(1, round(hours / HOURS_A_RECORD))):
        yield _record(seed, is_content, number, chance)


def _record(
    seed: Seed, is_content: npt.NDArray[np.bool_], number: int, chance: np.random.Generator
) -> SearchableRecord:
    wanted = round(WORDS_AN_HOUR * HOURS_A_RECORD)
    mean = len(seed.words) / (len(seed.firsts) - 1)
    picks = chance.integers(0, len(seed.firsts) - 1, round(wanted / mean))
    topics = seed.content[chance.choice(min(8000, len(seed.content)), TOPIC_WORDS)]
    sentences, words = [], 0
    for pick in picks.tolist():
        first, after = seed.firsts[pick], seed.firsts[pick + 1]
        tokens = seed.words[first:after].copy()
        replaced = is_content[tokens] & (chance.random(len(tokens)) < REPLACED)
        tokens[replaced] = _draw(seed, topics, int(replaced.sum()), chance)
        marks = seed.marks[first:after]
        text = " ".join(seed.vocabulary[t] + m for t, m in zip(tokens.tolist(), marks, strict=True))
        sentences.append(Sentence(Place.SPEECH, round(words * 3600 / WORDS_AN_HOUR, 2), text))
        words += len(tokens)
    title = " ".join(seed.vocabulary[topic] for topic in topics[:4].tolist())
    return SearchableRecord(
        id=f"record-{number:05}",
        fingerprint=str(number),
        title=title,
        recorded_on=date(2010, 1, 1) + timedelta(days=number),
        duration_seconds=words * 3600 / WORDS_AN_HOUR,
        sentences=(Sentence(Place.TITLE, 0.0, title), *sentences),
    )


def _draw(
    seed: Seed, topics: npt.NDArray[np.int64], count: int, chance: np.random.Generator
) -> npt.NDArray[np.int64]:
    anywhere = seed.content[np.searchsorted(seed.chances, chance.random(count))]
    of_topics = topics[(chance.random(count) ** 2 * len(topics)).astype(np.int64)]
    return np.where(chance.random(count) < OF_TOPICS, of_topics, anywhere)


def _texts(folders: Sequence[Path]) -> Iterator[str]:
    for folder in folders:
        for path in sorted(folder.rglob("*.json")):
            document = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(document, dict):
                for part in (*document.get("segments", ()), *document.get("turns", ())):
                    yield part["text"]


def _is_content(word: str) -> bool:
    return len(word) > 3 and word.lower() not in FUNCTION_WORDS
