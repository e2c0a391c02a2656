"""Words as the tagger sees them."""

from tests.time_per_character import CHARACTERS, MOST_SECONDS, Reader, slowness
from transcripts.german.nouns import beginning, tag
from transcripts.german.topic_words import LONGEST_WORD


def test_a_word_keeps_its_dictionary_form_and_its_tag() -> None:
    (token,) = tag("Bürgerräten")
    assert (token.text, token.lemma, token.is_noun) == ("Bürgerräten", "Bürgerrat", True)


def test_of_what_is_no_word_any_more_the_text_stays_whole() -> None:
    endless = "la" * LONGEST_WORD
    (token,) = tag(endless)
    assert token.text == endless
    assert token.lemma.startswith(endless[:LONGEST_WORD])


def test_more_than_anybody_says_in_one_sentence_is_not_tagged() -> None:
    sentence = "Der Bürgerrat tagt morgen wieder im Rathaus. "
    assert beginning(sentence) == sentence
    assert len(tag(100 * sentence)) < 200
    assert [token.text for token in tag(100 * sentence)][:3] == ["Der", "Bürgerrat", "tagt"]


def test_no_single_word_holds_the_tagger_up() -> None:
    reader = Reader(tag)
    reader.seconds("Haus")
    for piece in ("a", "Donaudampfschiff", "ü", "x-"):
        assert reader.seconds((piece * CHARACTERS)[:CHARACTERS], times=5) <= MOST_SECONDS * slowness()
