"""A small part of the matrix of inputs, one row of each kind, judged as `make bench-matrix` judges all."""

import pytest

from bench.matrix.__main__ import all_rows, outcome

ROWS = {f"{row.kind}: {row.name}": row for row in all_rows()}
CHOSEN = (
    "containers: MP4, H.264 with B-frames, AAC",
    "sound only: Ogg, Opus",
    "pictures: turned by 90, HEVC",
    "changes of the picture: size, H.264 in MP4",
    "changes of the sound: TS with AAC, mono 48 kHz to stereo 44.1 kHz",
    "joined files: MP3, mono 48 kHz to stereo 44.1 kHz",
    "gaps: paused for three seconds, MKV",
    "starts: WebM from 600 s on",
    "pairs: TS and TS, sound 1.5 s late",
    "playlists: HLS, the clock starts anew in each piece",
    "tracks: first one silent, MP4",
    "channels: inverted",
    "cuts: MP4, at both ends",
    "cut off: MP4 in fragments, H.264, AAC, at 60%",
)


@pytest.mark.parametrize("name", CHOSEN)
def test_each_kind_of_input_is_published_in_step_or_held(name: str) -> None:
    assert outcome(ROWS[name], keep=None) == []
