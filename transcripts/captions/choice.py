"""Decides whether the source's own captions are what was said; then their text is the record's. Pure.

The rule and the figures behind it are in docs/decisions.md: captions must be in the meeting's language, be
of this very recording, and leave out next to nothing of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from transcripts.captions.placing import Placed, place_late
from transcripts.hold_reasons import CAPTIONS_DIFFER, HoldReason
from transcripts.media.media_values import Cut
from transcripts.media.source_texts import CaptionTrack
from transcripts.media.track_choice import is_same_language, says_no_language
from transcripts.model import FROM_CAPTIONS, SourceCaptions, Transcript
from transcripts.speech.quality import Heard
from transcripts.speech.sentences import split_sentences

LEAST_AGREEMENT, LEAST_COVERAGE, LEAST_FULLNESS = 0.6, 0.95, 0.6


class Outcome(StrEnum):
    """What becomes of captions."""

    TAKEN = "taken"
    DIFFER = "differ"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said: as heard, or by the source's captions. `captions` tells what became of these.

    `track` are the captions that were looked at; None where the source has none in this language.
    """

    heard: Heard
    captions: SourceCaptions | None = None
    track: CaptionTrack | None = None

    @property
    def hold_reasons(self) -> tuple[HoldReason, ...]:
        """Why the record is to be held, if it is: captions that say something else than was heard."""
        if self.captions is None or self.captions.outcome != Outcome.DIFFER:
            return ()
        share = round(100 * self.captions.agreement)
        return (HoldReason(code=CAPTIONS_DIFFER, details={"share": share}),)


def outcome_of(placed: Placed) -> Outcome:
    """Whether captions are of this recording, and of all of it."""
    if placed.agreement < LEAST_AGREEMENT:
        return Outcome.DIFFER
    if placed.coverage < LEAST_COVERAGE or placed.fullness < LEAST_FULLNESS:
        return Outcome.INCOMPLETE
    return Outcome.TAKEN


def choose_text(heard: Heard, tracks: Sequence[CaptionTrack], cut: Cut, language: str) -> Spoken:
    """The text of the captions that fit best, where they are right; else what was heard.

    Captions that name no language are taken if they are right, and otherwise not spoken of.
    """
    fitting = [each for each in tracks if _may_be(each, language)]
    if not fitting:
        return Spoken(heard)
    words = [word for segment in heard.transcript.segments for word in segment.words]
    seconds = heard.transcript.duration_seconds
    placed = [place_late(each.cues, words, cut, seconds) for each in fitting]
    best = max(range(len(fitting)), key=lambda at: _worth(placed[at], fitting[at]))
    track, found = fitting[best], placed[best]
    outcome = outcome_of(found)
    if outcome is not Outcome.TAKEN and says_no_language(track.language):
        return Spoken(heard)
    captions = SourceCaptions(
        language=track.language or language,
        outcome=outcome,
        agreement=round(found.agreement, 3),
        coverage=round(found.coverage, 3),
        fullness=round(found.fullness, 3),
    )
    if outcome is not Outcome.TAKEN:
        return Spoken(heard, captions, track)
    return Spoken(replace(heard, transcript=_captioned(heard.transcript, found)), captions, track)


def _may_be(track: CaptionTrack, language: str) -> bool:
    return says_no_language(track.language) or is_same_language(track.language, language)


def _worth(placed: Placed, track: CaptionTrack) -> tuple[bool, bool, float]:
    """What is taken comes first, then what says its language, then what agrees best."""
    taken = outcome_of(placed) is Outcome.TAKEN
    return taken, not says_no_language(track.language), placed.agreement


def _captioned(transcript: Transcript, placed: Placed) -> Transcript:
    """The captions' text in the place of the heard one; doubts about the heard one are not about this."""
    segments = split_sentences(placed.words)
    return transcript.model_copy(update={"segments": segments, "notes": (), "text_source": FROM_CAPTIONS})
