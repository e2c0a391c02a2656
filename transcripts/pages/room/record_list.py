"""The records as the start page lists them: newest first, by year, by topic."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from transcripts.archive.catalogue import CatalogueEntry
from transcripts.pages.room.record_topics import Topic, topics_of


@dataclass(frozen=True, slots=True)
class ShelvedRecord:
    """What a list shows of a record; `revision` changes when anything of it does."""

    id: str
    title: str
    recorded_on: date
    duration_seconds: float
    has_video: bool
    revision: str
    topics: tuple[Topic, ...] = ()

    @property
    def path(self) -> str:
        """The address of its page, from the root of the reading room."""
        return f"/recordings/{self.id}/"


@dataclass(frozen=True, slots=True)
class Counted:
    """A year or topic to choose, and how many records have it."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """All records, newest first."""

    records: tuple[ShelvedRecord, ...] = ()

    def find(self, record_id: str) -> ShelvedRecord | None:
        """The record of this id, if it is on the shelf."""
        return next((each for each in self.records if each.id == record_id), None)

    def chosen(self, year: int | None = None, topic: str | None = None) -> tuple[ShelvedRecord, ...]:
        """The records of a year, of a topic (by its key), or both."""
        return tuple(
            each
            for each in self.records
            if year in (None, each.recorded_on.year) and (not topic or topic in {t.key for t in each.topics})
        )

    def years(self) -> tuple[Counted, ...]:
        """The years there are, latest first."""
        counts = Counter(each.recorded_on.year for each in self.records)
        return tuple(Counted(str(year), str(year), counts[year]) for year in sorted(counts, reverse=True))

    def topics(self, most: int) -> tuple[Counted, ...]:
        """The topics that most records have, at most `most` of them."""
        labels = {topic.key: topic.label for each in self.records for topic in each.topics}
        counts = Counter(topic.key for each in self.records for topic in each.topics)
        return tuple(Counted(key, labels[key], count) for key, count in counts.most_common(most))


def make_shelf(entries: Sequence[CatalogueEntry], headings: Mapping[str, Sequence[str]]) -> Shelf:
    """The shelf of a catalogue; `headings` are the titles within each record, by its id."""
    texts = {
        each.recording.id: (each.recording.title, *headings.get(each.recording.id, ())) for each in entries
    }
    topics = topics_of(texts)
    shelved = (_shelved(each, topics[each.recording.id]) for each in entries)
    return Shelf(tuple(sorted(shelved, key=lambda each: (each.recorded_on, each.id), reverse=True)))


def _shelved(entry: CatalogueEntry, topics: tuple[Topic, ...]) -> ShelvedRecord:
    recording = entry.recording
    return ShelvedRecord(
        id=recording.id,
        title=recording.title,
        recorded_on=recording.recorded_on,
        duration_seconds=recording.duration_seconds,
        has_video=entry.has_video,
        revision=entry.manifest_sha256,
        topics=topics,
    )
