"""Captions as people and programs write them, and as nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.captioned_files import right_cues, srt, vtt
from transcripts.captions.makers import is_by_machine
from transcripts.captions.reading import LARGEST_BYTES, MOST_CUES, CaptionsError, read_captions
from transcripts.model import LONGEST_SECONDS

RIGHT = right_cues()
LINES = st.one_of(
    st.sampled_from(
        [
            *(
                "WEBVTT",
                "",
                "1",
                "NOTE x",
                "STYLE",
                "<v Anna>Guten Tag",
                "- Ja",
                "&amp;&#99999999999;",
                "{\\an8}a",
            ),
            *(
                "00:01.000 --> 00:02.000",
                "00:00:03,5 --> 00:00:02,1",
                "-00:01.0 --> 00:02.0",
                "99:99 --> 00:00",
            ),
            *("9999:59:59.999 --> 9999:59:59.999", "00:00 --> 00:01 align:start", "-->", "0 --> 1", "\ufeff"),
        ]
    ),
    st.text(max_size=30),
)


def texts(content: str) -> list[str]:
    return [each.text for each in read_captions(content.encode()).cues]


@pytest.mark.parametrize("write", [vtt, srt])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_both_formats_are_read_in_the_encodings_that_are_about(
    write: object, encoding: str, ending: str
) -> None:
    written = write(RIGHT).replace("\n", ending)  # type: ignore[operator]
    cues = read_captions(written.encode(encoding)).cues
    assert [each.text for each in cues] == [text for _, _, text in RIGHT]
    for cue, (start, end, _) in zip(cues, RIGHT, strict=True):
        assert (cue.start_seconds, cue.end_seconds) == pytest.approx((start, end), abs=0.002)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<v Anna Huber>Guten <i>Abend</i></v>", ["Guten Abend"]),
        ("ANNA HUBER: Guten Abend", ["Guten Abend"]),
        ("- Ja.\n- Nein.", ["Ja. Nein."]),
        (">> Ja.", ["Ja."]),
        ("[Applaus]", []),
        ("(Musik)", []),
        ("♪ ♪", []),
        ("Das (wie gesagt) zählt.", ["Das (wie gesagt) zählt."]),
        ("{\\an8}Fragen &amp; Antworten", ["Fragen & Antworten"]),
        ("Punkt eins: Haushalt", ["Punkt eins: Haushalt"]),
        ("TOP: Haushalt", ["Haushalt"]),
        ("2026", ["2026"]),
    ],
)
def test_only_what_is_said_is_text(written: str, said: list[str]) -> None:
    content = f"WEBVTT\n\n00:00.000 --> 00:02.000\n{written}\n\n00:03.000 --> 00:04.000\nEnde\n"
    assert texts(content) == [*said, "Ende"]


def test_numbers_between_cues_without_an_empty_line_are_no_text() -> None:
    content = "1\n00:00:01,000 --> 00:00:02,000\nJa\n2\n00:00:03,000 --> 00:00:04,000\nNein\n"
    assert texts(content) == ["Ja", "Nein"]


def test_cues_that_overlap_follow_each_other_and_what_scrolls_is_said_once() -> None:
    content = (
        "WEBVTT\n\n00:05.000 --> 00:09.000\nzwei\n\n00:01.000 --> 00:07.000\neins\n\n"
        "00:09.000 --> 00:11.000\nzwei\n"
    )
    cues = read_captions(content.encode()).cues
    assert [(each.start_seconds, each.end_seconds, each.text) for each in cues] == [
        (1, 5, "eins"),
        (5, 11, "zwei"),
    ]


def test_times_that_make_no_sense_are_counted() -> None:
    content = (
        "WEBVTT\n\n-00:05.000 --> 00:09.000\na\n\n00:07.000 --> 00:06.000\nb\n\n"
        "9999:00:00.000 --> 9999:00:01.000\nc\n\n00:01.000 --> 00:02.000\nd\n"
    )
    read = read_captions(content.encode())
    assert ([each.text for each in read.cues], read.dropped) == (["d"], 3)


CUE = "00:00.000 --> 00:01.000\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no cues"),
        (b"WEBVTT\n\nNOTE nothing\n", "no cues"),
        (f"{CUE}[Applaus]\n".encode(), "no cues"),
        (b"\x00" * 100, "unknown encoding"),
        (b"\xff\xfe\x00\xd8", "unknown encoding"),
        (b"PK\x03\x04" + bytes(range(256)), "unknown encoding"),
        (b"a" * (LARGEST_BYTES + 1), "too large"),
        (f"{CUE}a\n\n".encode() * (MOST_CUES + 1), "too many cues"),
        (f"{CUE}{'a ' * 400}\n\n{CUE}{'b ' * 400}\n\n".encode() * 400, "too many words"),
    ],
)
def test_what_can_be_no_captions_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(CaptionsError, match=f"^{reason}$"):
        read_captions(content)


@given(st.one_of(st.lists(LINES, max_size=30).map("\n".join).map(str.encode), st.binary(max_size=200)))
def test_whatever_comes_is_refused_or_becomes_cues_in_order(content: bytes) -> None:
    try:
        cues = read_captions(content).cues
    except CaptionsError:
        return
    assert cues
    ends = [0.0, *(each.end_seconds for each in cues)]
    for cue, before in zip(cues, ends, strict=False):
        assert before <= cue.start_seconds <= cue.end_seconds <= LONGEST_SECONDS
        assert cue.text.strip() == cue.text != ""
        assert cue.text.isprintable()


@given(st.data())
def test_damage_in_one_place_leaves_the_rest(data: st.DataObject) -> None:
    content = bytearray(vtt(RIGHT).encode())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    try:
        found = {each.text for each in read_captions(bytes(content)).cues}
    except CaptionsError:
        return  # its encoding is not known any more
    assert len({text for _, _, text in RIGHT} & found) >= len(RIGHT) - 4 or any(
        each > 127 for each in content
    )


@pytest.mark.parametrize("name", ["de-auto", "a.de", "de-x-autogen", "Deutsch (automatisch erzeugt)", "ASR"])
def test_what_says_so_is_a_machines(name: str) -> None:
    assert is_by_machine(name)


@pytest.mark.parametrize("name", ["de", "de-AT", "Deutsch", "Autorinnen", "Autonomie", "Aargau", "", "deu"])
def test_nothing_else_is(name: str) -> None:
    assert not is_by_machine(name)
