"""What a search finds, in which order, and how it shows it."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.search_pairs import Pair, read_pairs, small_records
from tasks.search.searching import search
from tests.sample_record import sample_chapters, sample_recording, sample_transcript
from tests.tasks.search.library import Library, meeting
from transcripts.search.passages import Place, searchable_record


@pytest.fixture
def sample(library: Library) -> Library:
    """The sample meeting."""
    library.add(searchable_record(sample_recording(), sample_transcript(True), sample_chapters(), "1"))
    return library


@pytest.fixture(scope="module")
def pairs_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("pairs") / "search.sqlite")
    library.add(*small_records())
    return library


@pytest.mark.parametrize("pair", read_pairs(), ids=lambda pair: pair.query)
def test_every_pair_of_query_and_expectation_is_met(pair: Pair, pairs_library: Library) -> None:
    assert pair.is_met_by(pairs_library.ids(pair.query)), pairs_library.ids(pair.query)


def test_there_are_sixty_pairs() -> None:
    assert len(read_pairs()) == 60


def test_a_word_ranks_before_any_number_of_compounds_with_it(library: Library) -> None:
    library.add_texts(
        {"compound": ["Der Bürgerrat tagt."] * 50, "word": ["Der Rat tagt.", "Bürger hören zu."]}
    )
    assert library.ids("Rat") == ["word", "compound"]


def test_words_in_one_sentence_rank_before_words_far_apart(library: Library) -> None:
    filler = ["Dazwischen wurde viel gesagt."] * 30
    library.add_texts(
        {
            "together": ["Das Losverfahren braucht ein Melderegister.", *filler],
            "apart": ["Das Losverfahren ist gerecht.", *filler, "Das Melderegister ist öffentlich."],
        }
    )
    assert library.ids("Losverfahren Melderegister") == ["together", "apart"]


def test_a_title_counts_more_than_a_mention(library: Library) -> None:
    library.add(meeting("said", "Es ging auch um Windkraft."))
    library.add(meeting("titled", "Es ging um vieles, auch um Windkraft.", title="Windkraft im Wald"))
    assert library.ids("Windkraft")[0] == "titled"


def test_when_no_record_has_all_words_some_do_and_it_says_so(library: Library) -> None:
    library.add_texts({"one": "Das Losverfahren ist gerecht.", "two": "Die Kamera war aus."})
    answer = search(library.database, "Losverfahren Kamera")
    assert {record.id for record in answer.records} == {"one", "two"}
    assert not answer.has_all_words


def test_what_a_slip_may_mean_is_never_ahead_of_what_was_asked_for(library: Library) -> None:
    library.add_texts({"right": "Das Losverfahren ist gerecht.", "wrong": "Das Losverfaren ist gerecht."})
    answer = search(library.database, "Losverfaren")
    assert [record.id for record in answer.records] == ["wrong", "right"]
    assert answer.corrections == ()
    library.drop("wrong")
    answer = search(library.database, "Losverfaren")
    assert [record.id for record in answer.records] == ["right"]
    assert answer.corrections == ("losverfahren",)


def test_passages_of_the_sample_are_marked_and_timed(sample: Library) -> None:
    (record,) = search(sample.database, "Melderegister achthundert").records
    best = record.passages[0]
    assert best.place is Place.SPEECH
    assert best.start_seconds == 72.34
    assert [best.text[m.start : m.end] for m in best.marks] == ["Melderegister", "achthundert"]
    assert record.hit_seconds == tuple(sorted(record.hit_seconds))
    assert best.start_seconds in record.hit_seconds


def test_chapters_speakers_and_titles_are_found(sample: Library) -> None:
    def places(query: str) -> set[Place]:
        return {p.place for r in search(sample.database, query, passages=50).records for p in r.passages}

    assert Place.CHAPTER in places("Themensammlung")
    assert Place.TITLE in places("Netzwerktreffen")
    assert Place.SPEAKER in places("Moderation")


def test_a_phrase_does_not_reach_over_the_end_of_a_sentence(library: Library) -> None:
    library.add_texts({"a": ["Das galt für kleine.", "Gemeinden sind anders."]})
    assert library.ids('"kleine Gemeinden"') == []


def test_marks_of_a_phrase_are_only_where_the_phrase_is(library: Library) -> None:
    library.add_texts({"a": ["Kleine Gemeinden sind klein.", "Gemeinden sind verschieden."]})
    assert library.marked('"kleine Gemeinden"') == ["Kleine", "Gemeinden"]


def test_pages_of_results_continue_one_another(library: Library) -> None:
    library.add_texts({f"r{number:02}": ["Der Haushalt."] * (number + 1) for number in range(25)})
    whole = [record.id for record in search(library.database, "Haushalt", limit=25).records]
    pages = [search(library.database, "Haushalt", limit=10, offset=offset) for offset in (0, 10, 20)]
    assert [record.id for page in pages for record in page.records] == whole
    assert {page.record_count for page in pages} == {25}


def test_nothing_is_found_in_an_empty_index(library: Library) -> None:
    assert search(library.database, "Rat").records == ()


TRAPS = [
    *('"', '""', '"""', "'", "*", "-", "--", "-*", "^", "a:b", "NEAR(", "NEAR(a, 2)", "AND", "OR NOT", "()"),
    *("{a b}: c", "col:Rat", "Rat NOT", '"Rat', 'Rat"', "Rat*Rat", "Rat**", '"Rat"*', "+Rat", "%", "_", "\\"),
    *("\x00", "Rat\x00Rat", "\ud7ff\ue000", "🏛️", "Rat; DROP TABLE words", "\u202e", "İ", "ﬃ", "\U0010ffff"),
    *("ß", "´`", "—", "„", "“”", '-"', '-"-', "*a", "a-", "-a-b-", "a-b*", "\ud800", "Rat\udfff"),
    *("1" * 5000, "-" * 100_000, '"' * 100_000, "a*" * 50_000, "Rat " * 25_000, "ä" * 100_000),
]


@pytest.mark.parametrize("query", TRAPS, ids=range(len(TRAPS)))
def test_no_query_is_a_trap(query: str, pairs_library: Library) -> None:
    search(pairs_library.database, query)


PIECES = st.one_of(
    st.text(max_size=20),
    st.text(alphabet=string.punctuation + ' „“"-*', max_size=6),
    st.sampled_from(["Rat", "Bürgerrat", "Losverfahren", "kleinen Gemeinden", "der", "Energiwende", "Klima"]),
)


@settings(max_examples=300, deadline=None)
@given(query=st.lists(PIECES, max_size=8).map("".join))
def test_any_query_is_answered_with_marks_inside_the_text(query: str, pairs_library: Library) -> None:
    for record in search(pairs_library.database, query).records:
        assert record.passages
        for passage in record.passages:
            assert all(0 <= mark.start < mark.end <= len(passage.text) for mark in passage.marks)
