"""Topics are the nouns of titles, whatever their inflection, and nothing else."""

from transcripts.pages.room.record_topics import topics_of


def labels(*titles: str) -> list[str]:
    return [topic.label for topic in topics_of({"a": titles})["a"]]


def test_inflected_forms_are_one_topic_under_the_most_frequent() -> None:
    titles = {
        "a": ("Was ein Bürgerrat kostet", "Wie ein Bürgerrat arbeitet"),
        "b": ("Erfahrungen mit Bürgerräten",),
    }
    topics = topics_of(titles)
    assert topics["a"][0] == topics["b"][0]
    assert topics["a"][0].label == "Bürgerrat"


def test_the_first_word_of_a_title_counts_only_where_it_is_known_as_a_noun() -> None:
    assert labels("Neue Wege mit Losverfahren") == ["Wege", "Losverfahren"]
    assert labels("Losverfahren erklärt", "Fragen zum Losverfahren") == ["Losverfahren"]


def test_words_of_every_meeting_are_no_topics() -> None:
    assert labels("Das Netzwerktreffen: Begrüßung, Ablauf und eine Vorstellungsrunde") == []


def test_what_more_records_share_comes_first() -> None:
    titles = {"a": ("Über das Klima und die Bürgerräte",), "b": ("Über die Bürgerräte",)}
    assert [topic.label for topic in topics_of(titles)["a"]] == ["Bürgerräte", "Klima"]


def test_a_record_without_titles_has_none() -> None:
    assert topics_of({"a": ()}) == {"a": ()}
