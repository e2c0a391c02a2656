"""A page around a text that was compressed before is a gzip file like any other."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from flows.reading_room.compression import PackedText


@given(st.text(), st.text(), st.text())
def test_it_unpacks_to_what_went_in(before: str, text: str, after: str) -> None:
    packed = PackedText.of(text).gzip_between(before, after)
    assert gzip.decompress(packed).decode() == before + text + after


def test_the_text_costs_what_it_costs_alone() -> None:
    text = "Guten Abend und herzlich willkommen. " * 5_000
    packed = PackedText.of(text).gzip_between("<main>", "</main>")
    assert len(packed) < len(gzip.compress(text.encode(), 9)) + 100
