"""Why a record is held instead of announced, as codes with figures; the German sentences are beside it.

Whoever finds something doubtful gives a reason; `transcripts.wording.hold_wording` says it to organisers.
"""

from pydantic import BaseModel, ConfigDict

LENGTHS_DIFFER = "lengths_differ"
TRACKS_UNCLEAR = "tracks_unclear"
LOOKS_CUT_OFF = "looks_cut_off"
SOUND_MISSING_SHARE = "sound_missing_share"
HARDLY_RECOGNISED = "hardly_recognised"
BADLY_RECOGNISED = "badly_recognised"
SLIDES_MISSING = "slides_missing"
SLIDES_UNREADABLE = "slides_unreadable"
SCREEN_MISSING = "screen_missing"
CAPTIONS_DIFFER = "captions_differ"
TITLE_GUESSED = "title_guessed"
DAY_GUESSED = "day_guessed"
HOLD_CODES = (
    TITLE_GUESSED,
    DAY_GUESSED,
    LOOKS_CUT_OFF,
    LENGTHS_DIFFER,
    TRACKS_UNCLEAR,
    SOUND_MISSING_SHARE,
    SLIDES_UNREADABLE,
    SLIDES_MISSING,
    SCREEN_MISSING,
    CAPTIONS_DIFFER,
    HARDLY_RECOGNISED,
    BADLY_RECOGNISED,
)
"""All of them, in the order in which a person is told."""


class HoldReason(BaseModel):
    """One reason; `details` are the figures of its sentence, those that end in `_seconds` are seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    code: str
    details: dict[str, str | float] = {}
