"""Chooses the sound of a recording among the tracks that the survey found."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tasks.audio.voice_activity import find_speech_in_file
from tasks.media.clocked_packets import ClockedPacket, clocked_packets
from tasks.media.track_speech import Listening, listen_to_tracks
from transcripts.hold_reasons import HoldReason
from transcripts.media.media_values import Cut
from transcripts.media.timeline import Survey, Track
from transcripts.media.track_choice import SoundTrack, TrackChoice, TrackWish, choose_track, missing_speech


def choose_sound(paths: Sequence[Path], found: Survey, cut: Cut, wish: TrackWish) -> TrackChoice:
    """The track to publish, after all were listened to where there are several.

    Raises NoAudioError, TrackUnknownError.
    """
    tracks = {track.number + 1: (number, track) for number, track in found.sound_tracks()}

    def packets_of(sound: SoundTrack) -> Iterator[ClockedPacket]:
        number, track = tracks[sound.number]
        return clocked_packets(paths[number], found.files[number], track)

    described: Sequence[SoundTrack] = [_described(track) for _, track in tracks.values()]
    if wish.number is None:
        described = listen_to_tracks(described, packets_of, _published(found, cut))
    return choose_track(described, wish)


def speech_reasons(speech: Path, choice: TrackChoice, length_seconds: float) -> tuple[HoldReason, ...]:
    """Why the record is to be held if much less speech is in its sound than in the best track."""
    if not choice.best_speech_seconds:
        return ()
    speech_seconds = Listening(0, length_seconds).estimated_seconds(find_speech_in_file(speech))
    return missing_speech(speech_seconds, choice.best_speech_seconds)


def _published(found: Survey, cut: Cut) -> Listening:
    start_seconds = found.start_seconds + cut.start_seconds
    return Listening(start_seconds, max(start_seconds, found.end_seconds - cut.end_seconds))


def _described(track: Track) -> SoundTrack:
    return SoundTrack(
        number=track.number + 1,
        index=track.pieces[0].stream,
        language=track.language,
        is_default=track.is_default,
        is_comment=track.is_comment,
        has_packets=track.packets > 0,
    )
