"""Chooses the sound track of a recording, and says whether the choice is clear. Pure.

Speech counts first, then what the file says of its tracks. Where several tracks may be meant, the
likeliest is taken, and the record is held until a person has listened.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langcodes import standardize_tag, tag_distance
from langcodes.tag_parser import LanguageTagError

from transcripts.errors.media_errors import NoAudioError, TrackUnknownError
from transcripts.hold_reasons import SOUND_MISSING_SHARE, TRACKS_UNCLEAR, HoldReason

# Less speech than this may be a mistake of the detector in music.
LEAST_SPEECH_SECONDS = 1.0
# A track with less of the best one's speech than the one is another matter; with less than the other, a part.
KEPT_SHARE, WHOLE_SHARE = 0.5, 0.8
# A track in the right language with so much of the best one's speech is not passed over in silence.
NOTICED_SHARE = 0.1
# Languages closer than this are the same to us: "de-AT", "de-CH", "gsw" and "de".
NEAR_LANGUAGES = 10

_LANGUAGES = {
    "ar": "Arabisch",
    "cs": "Tschechisch",
    "da": "Dänisch",
    "de": "Deutsch",
    "en": "Englisch",
    "es": "Spanisch",
    "fr": "Französisch",
    "gsw": "Schweizerdeutsch",
    "hu": "Ungarisch",
    "it": "Italienisch",
    "mul": "mehrere Sprachen",
    "nl": "Niederländisch",
    "pl": "Polnisch",
    "pt": "Portugiesisch",
    "qaa": "Originalton",  # so broadcasters mark the room itself, beside its interpreters
    "rm": "Rätoromanisch",
    "ru": "Russisch",
    "sl": "Slowenisch",
    "tr": "Türkisch",
    "uk": "Ukrainisch",
}


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """A sound track of a file, with what was heard in it.

    `number` counts the file's sound tracks from 1, as players do; `index` is its stream's. `language` is
    the file's own tag. `is_comment`: a commentary, or a description for blind people. `copy_of` is the
    number of an earlier track with the same sound.
    """

    number: int
    index: int
    language: str = ""
    is_default: bool = False
    is_comment: bool = False
    has_packets: bool = True
    speech_seconds: float = 0.0
    sound_seconds: float = 0.0
    copy_of: int | None = None


@dataclass(frozen=True, slots=True)
class TrackWish:
    """What is asked of the sound track: its language, and its number if a person named one."""

    language: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class TrackChoice:
    """The track to take; `rivals` may be meant as well, and there are none if the choice is clear.

    `best_speech_seconds`: so much speech is in the track with the most of it; 0 where nobody listened.
    """

    track: SoundTrack
    rivals: tuple[SoundTrack, ...] = ()
    best_speech_seconds: float = 0.0

    @property
    def is_clear(self) -> bool:
        return not self.rivals

    @property
    def hold_reasons(self) -> tuple[HoldReason, ...]:
        """Why the record is to be held, if it is."""
        if self.is_clear:
            return ()
        details: dict[str, str | float] = {
            "chosen": track_name(self.track),
            "others": ", ".join(map(track_name, self.rivals)),
            "other_numbers": ", ".join(str(each.number) for each in self.rivals),
        }
        return (HoldReason(code=TRACKS_UNCLEAR, details=details),)


def choose_track(tracks: Sequence[SoundTrack], wish: TrackWish) -> TrackChoice:
    """The track with the speech in the wished language, or the one that a person named.

    Raises NoAudioError, TrackUnknownError.
    """
    present = [track for track in tracks if track.has_packets]
    if not present:
        raise NoAudioError()
    if wish.number is not None:
        return TrackChoice(_named(present, wish.number))
    heard = _amount_heard(present)
    best = max(map(heard, present))
    kept = [track for track in present if heard(track) >= KEPT_SHARE * best]
    likeliest, *rivals = _told_apart(kept, wish.language, heard)
    if not best:
        rivals = []  # there is nothing to hear in any of them
    elif not rivals and not _is_in(likeliest, wish.language):
        noticed = [track for track in present if heard(track) >= NOTICED_SHARE * best]
        rivals = [track for track in noticed if _is_in(track, wish.language)]
    return TrackChoice(likeliest, tuple(rivals), max(track.speech_seconds for track in present))


def missing_speech(speech_seconds: float, best_speech_seconds: float) -> tuple[HoldReason, ...]:
    """Why the record is to be held if its sound has much less speech than the best track of its source."""
    if best_speech_seconds < LEAST_SPEECH_SECONDS or speech_seconds >= WHOLE_SHARE * best_speech_seconds:
        return ()
    details: dict[str, str | float] = {
        "speech_seconds": round(speech_seconds, 1),
        "source_seconds": round(best_speech_seconds, 1),
    }
    return (HoldReason(code=SOUND_MISSING_SHARE, details=details),)


def track_name(track: SoundTrack) -> str:
    """How a track is called where people read of it: „Tonspur 2 (Deutsch)“."""
    return f"Tonspur {track.number} ({language_name(track.language)})"


def language_name(tag: str) -> str:
    """A language in German, from the tag of a file."""
    code = standard_language(tag)
    if not code:
        return "ohne Angabe der Sprache"
    return _LANGUAGES.get(code, _LANGUAGES.get(code.split("-")[0], f"Sprache „{code}“"))


def is_same_language(tag: str, wanted: str) -> bool:
    """Whether a file's tag means this language, in whatever region; not where it says nothing."""
    one, other = standard_language(tag), standard_language(wanted)
    return bool(one and other) and tag_distance(one, other) < NEAR_LANGUAGES


def says_no_language(tag: str) -> bool:
    """Whether a file's tag leaves its language open."""
    return not standard_language(tag)


def _named(present: Sequence[SoundTrack], number: int) -> SoundTrack:
    for track in present:
        if track.number == number:
            return track
    raise TrackUnknownError(track=number, tracks=", ".join(map(track_name, present)))


def _amount_heard(tracks: Sequence[SoundTrack]) -> Callable[[SoundTrack], float]:
    """What tracks are compared by: seconds of speech, or of sound where nobody speaks."""
    if max(track.speech_seconds for track in tracks) >= LEAST_SPEECH_SECONDS:
        return lambda track: track.speech_seconds
    return lambda track: track.sound_seconds


def _told_apart(
    kept: list[SoundTrack], language: str, heard: Callable[[SoundTrack], float]
) -> list[SoundTrack]:
    """Those that nothing tells apart, the likeliest first."""
    kept = _only(kept, [track for track in kept if not track.is_comment])
    kept = _only(kept, [track for track in kept if _is_in(track, language)])
    kept = _only(kept, _default_on_purpose(kept))
    numbers = {track.number for track in kept}
    kept = [track for track in kept if track.copy_of not in numbers]
    best = max(map(heard, kept))
    return sorted(
        kept, key=lambda track: (heard(track) < WHOLE_SHARE * best, not track.is_default, track.number)
    )


def _only(kept: list[SoundTrack], meant: list[SoundTrack]) -> list[SoundTrack]:
    """Those that are meant, if any are."""
    return meant or kept


def _default_on_purpose(kept: list[SoundTrack]) -> list[SoundTrack]:
    """The one that is flagged as default. Programs flag the first by themselves, which says nothing."""
    defaults = [track for track in kept if track.is_default]
    return defaults if len(defaults) == 1 and defaults[0].number > 1 else []


def _is_in(track: SoundTrack, language: str) -> bool:
    return is_same_language(track.language, language)


def standard_language(tag: str) -> str:
    """`ger`, `deu` and `de` are `de`; nothing for what is no language."""
    try:
        code = standardize_tag(tag)
    except LanguageTagError:
        return ""
    return "" if code in {"und", "zxx", "mis"} else code
