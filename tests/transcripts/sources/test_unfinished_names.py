"""Which names are left alone."""

import pytest

from transcripts.sources.unfinished_names import is_unfinished


@pytest.mark.parametrize(
    "name",
    [
        *("Treffen.mp4.part", "Treffen.mp4.partial", "Treffen.mp4.crdownload", "Treffen.mp4.filepart"),
        *(
            ".Treffen.mp4.Xa81Bc",
            ".Treffen.mp4",
            "~$Treffen.mp4",
            "Treffen.mp4~",
            ".syncthing.Treffen.mp4.tmp",
        ),
        *("Treffen.mp4.ocTransferId1234567.part", "._sync_1a2b.db", ".sync_1a2b.db-wal", "Treffen.mp4.tmp"),
        *(
            "Thumbs.db",
            "desktop.ini",
            ".DS_Store",
            "double_click_to_convert_01.zoom",
            "~syncthing~Treffen.mp4",
        ),
    ],
)
def test_what_a_program_still_writes_or_keeps_for_itself_is_left_alone(name: str) -> None:
    assert is_unfinished(name)


@pytest.mark.parametrize("name", ["Treffen.mp4", "2026-11-19 Räte.MP4", "part.mp4", "Notizen.txt", "tmp.mov"])
def test_what_somebody_put_there_is_not(name: str) -> None:
    assert not is_unfinished(name)
