"""What a playlist says of the file that was made of its segments."""

from pathlib import Path

from tasks.fetching.hls_playlist import keep_playlist, playlist_beside, without_later_initialisations

PLAYLIST = """#EXTM3U
#EXT-X-TARGETDURATION:6
#EXTINF:5.0,
a.ts
#EXTINF:4.5,
b.ts
#EXT-X-DISCONTINUITY
#EXTINF:5.0,
c.ts
#EXT-X-ENDLIST
"""


def test_the_borders_are_where_the_fragments_before_them_end(tmp_path: Path) -> None:
    keep_playlist(tmp_path / "source.ts", PLAYLIST, [100, 220, 300])
    found = playlist_beside(tmp_path / "source.ts")
    assert found is not None
    assert (found.total_seconds, found.segments, found.border_bytes) == (14.5, 3, (220,))


def test_nothing_is_claimed_where_fragments_were_left_out(tmp_path: Path) -> None:
    keep_playlist(tmp_path / "source.ts", PLAYLIST, [100, 220])
    found = playlist_beside(tmp_path / "source.ts")
    assert found is not None
    assert (found.total_seconds, found.border_bytes) == (None, ())


def test_a_file_that_came_without_a_playlist_has_none(tmp_path: Path) -> None:
    assert playlist_beside(tmp_path / "source.mp4") is None


def test_a_later_initialisation_becomes_a_fragment_and_the_same_again_is_left_out() -> None:
    text = (
        '#EXTM3U\n#EXT-X-MAP:URI="one.mp4"\n#EXTINF:5,\na.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="one.mp4"\n'
        '#EXTINF:5,\nb.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="two.mp4",BYTERANGE="700@0"\n#EXTINF:5,\nc.m4s\n'
    )
    lines = without_later_initialisations(text).splitlines()
    assert [line for line in lines if "MAP" in line] == ['#EXT-X-MAP:URI="one.mp4"']
    assert lines[lines.index("two.mp4") - 1] == "#EXT-X-BYTERANGE:700@0"
