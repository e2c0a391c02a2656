"""Titles made from what is said."""

from transcripts.chapters.chapter_titles import ChapterText, make_titles
from transcripts.chapters.keyness import Meeting
from transcripts.chapters.moderator_phrases import Opening, opening

TALK = (
    "Die Bienen sammeln Honig.",
    "Der Imker sieht nach den Bienen.",
    "Der Honig reift.",
    "Alle Bienen fliegen.",
)
RAIL = (
    "Der Zug fährt auf Gleisen.",
    "Die Bahn baut Gleise.",
    "Neue Gleise für die Bahn.",
    "Der Zug kommt an.",
)


def chapter(
    *texts: str, share: float = 0.3, turn: Opening | None = None, seconds: float = 600.0
) -> ChapterText:
    return ChapterText(texts, turn or opening(texts[0]), share, seconds=seconds)


def test_the_nouns_said_here_and_not_elsewhere_make_the_title() -> None:
    bees, rails = make_titles([chapter(*TALK), chapter(*RAIL)])
    assert "Bienen" in bees
    assert "Honig" in bees
    assert "Gleise" in rails
    assert "Bienen" not in rails


def test_what_the_moderator_calls_the_topic_comes_first() -> None:
    _, title = make_titles(
        [chapter(*RAIL), chapter("Kommen wir zum zweiten Punkt, dem Bienenschutz.", *TALK)]
    )
    assert title.startswith("Bienenschutz")


def test_a_phrase_the_moderator_uses_is_kept_whole() -> None:
    _, title = make_titles([chapter(*RAIL), chapter("Kommen wir zu der Frage nach dem Honig.", *TALK)])
    assert title.startswith("Frage nach dem Honig")


def test_an_opening_question_is_a_title() -> None:
    _, title = make_titles(
        [chapter(*RAIL), chapter("Kommen wir zum zweiten Thema.", "Was fressen Bienen im Winter?", *TALK)]
    )
    assert title == "Was fressen Bienen im Winter?"


def test_greeting_and_parting_are_named() -> None:
    first, _, last = make_titles(
        [
            chapter("Guten Abend zusammen!", "Schön, dass ihr da seid.", share=0.05),
            chapter(*TALK),
            chapter("Das war es.", "Auf Wiedersehen und kommt gut nach Hause.", share=0.05, seconds=40),
        ]
    )
    assert first == "Begrüßung und Einführung"
    assert last == "Verabschiedung"


def test_names_after_a_form_of_address_are_no_topic() -> None:
    texts = ("Frau Huber spricht.", "Ich danke Frau Huber.", "Herr Dr. Maier und Frau Huber.", *TALK)
    assert "Huber" not in make_titles([chapter(*texts), chapter(*RAIL)])[0]


def test_those_who_speak_and_their_sides_are_no_topic() -> None:
    said = (
        "Undine Kurth und die Linke wollen den Tierschutz im Zirkus stärken.",
        "Dagegen sprach Undine Kurth, die Grünen sind dafür.",
        "Der Tierschutz ist auch der Linken wichtig, und der Zirkus muss sich ändern.",
    )
    title = make_titles([chapter(*said), chapter(*RAIL)])[0]
    assert "Tierschutz" in title
    assert not any(name in title for name in ("Kurth", "Undine", "Linke", "Grüne"))


def test_a_chapter_without_a_noun_is_called_a_conversation() -> None:
    assert make_titles([chapter("ja", "nein", "doch")]) == ["Weiteres Gespräch"]


def test_no_title_is_longer_than_seven_words() -> None:
    long = "Kommen wir zum zweiten Punkt, der sehr langen und besonders schwierigen Frage nach dem Honig."
    assert all(len(title.split()) <= 7 for title in make_titles([chapter(*RAIL), chapter(long, *TALK)]))


def test_a_break_and_a_round_of_questions_are_named() -> None:
    _, pause, questions, _ = make_titles(
        [
            chapter(*RAIL),
            chapter("So, wir machen jetzt zehn Minuten Pause.", "Bis gleich.", seconds=600),
            chapter("Dann kommen wir zu den Fragen.", "Was kostet das?", "Viel.", "Und wer zahlt?"),
            chapter(*TALK),
        ]
    )
    assert pause == "Pause"
    assert questions == "Fragen und Diskussion"


def test_words_are_written_as_a_dictionary_has_them() -> None:
    (title,) = make_titles(
        [
            chapter(
                "Wir reden von den Bürgerräten.", "In Bürgerräten sitzen Geloste.", "Von Bürgerräten lernen."
            )
        ]
    )
    assert "Bürgerräte" in title
    assert "Bürgerräten" not in title


def test_an_adjective_takes_the_ending_it_has_without_an_article() -> None:
    text = "Wir fragen heute bei der Europäischen Kommission nach."
    title, _ = make_titles([chapter(text, text, text), chapter(*RAIL)])
    assert "Europäische Kommission" in title


def test_a_heading_that_is_read_out_and_taken_up_becomes_the_title() -> None:
    title, _ = make_titles(
        [
            chapter(
                "Bienen schützen – Honig fördern",
                "Wir reden darüber.",
                *["So ist das eben."] * 8,
                *TALK,
                *TALK,
            ),
            chapter(*RAIL),
        ]
    )
    assert title == "Bienen schützen – Honig fördern"


def test_a_list_that_is_read_out_gives_no_title() -> None:
    title, _ = make_titles(
        [chapter("Verein für Honig", "Verein für Blumen", "Verein für Wiesen", *TALK), chapter(*RAIL)]
    )
    assert "Verein" not in title


def test_informal_naming_of_a_topic_is_understood() -> None:
    _, title = make_titles([chapter(*RAIL), chapter("So, dann Thema Bienenschutz.", *TALK)])
    assert title.startswith("Bienenschutz")


VOTES = (
    "Wer ist für die erste Vorlage?",
    "Das ist die Mehrheit.",
    "Gegenstimmen?",
    "Keine, damit ist sie angenommen.",
    "Wer stimmt für die zweite?",
    "Enthaltungen?",
    "Einstimmig angenommen.",
    "Und die dritte, das Handzeichen bitte.",
    "Damit ist die dritte abgelehnt.",
)


def test_a_chapter_of_votes_is_called_so() -> None:
    _, title = make_titles([chapter(*RAIL), chapter(*VOTES)])
    assert title == "Abstimmungen"


def test_votes_at_the_end_of_a_topic_leave_it_its_name() -> None:
    _, title = make_titles([chapter(*RAIL), chapter(*TALK, *TALK, *TALK, *TALK, *VOTES[:4])])
    assert "Bienen" in title


def test_a_chapter_of_elections_is_called_so() -> None:
    elections = (
        "Für den Vorsitz kandidiert Michael.",
        "Wer ist für Michael?",
        "Einstimmig, Michael, nimmst du die Wahl an?",
        "Ja, ich nehme die Wahl an.",
        "Als Kassenprüferin steht Svenja zur Wahl.",
        "Einstimmig gewählt.",
    )
    _, title = make_titles([chapter(*RAIL), chapter(*elections)])
    assert title == "Wahlen"


def test_sundry_matters_keep_the_name_that_agendas_give_them() -> None:
    _, title = make_titles([chapter(*RAIL), chapter("Unter Verschiedenes möchte ich etwas zeigen.", *TALK)])
    assert title.startswith("Verschiedenes: ")


def test_after_a_break_the_chapter_is_named_by_what_is_turned_to() -> None:
    texts = ("So, fünf Minuten Pause.", "Weiter geht es mit der Honigernte.", *TALK)
    _, title = make_titles([chapter(*RAIL), chapter(*texts, seconds=30)])
    assert title.startswith("Honigernte")


def test_what_a_talk_is_about_is_its_title_and_not_who_gives_it() -> None:
    turn = "Dann beginnen wir mit dem Vortrag von Frau Professor Lindner über den Bienenschutz."
    _, title = make_titles([chapter(*RAIL), chapter(turn, *TALK)])
    assert title.startswith("Bienenschutz")


def test_a_topic_in_the_last_minutes_is_not_called_a_farewell() -> None:
    turn = "Dann kommen wir zum Schluss noch zu Social Media."
    _, title = make_titles([chapter(*RAIL), chapter(turn, *TALK, "Tschüss, bis bald.", seconds=120)])
    assert title.startswith("Social Media")


def test_somebody_who_is_spoken_to_is_no_topic() -> None:
    spoken_to = ("Lieber Horst, komm doch.", "Horst hält Bienen.", "Horst hat Honig.", *TALK)
    title, _ = make_titles([chapter(*spoken_to), chapter(*RAIL)])
    assert "Horst" not in title


def test_a_name_that_is_called_before_each_speech_is_no_topic() -> None:
    call = "Steffen Kampeter, Parl."
    texts = [text for sentence in TALK for text in (call, sentence)]
    title, _ = make_titles([chapter(*texts), chapter(*RAIL)])
    assert "Parl" not in title
    assert "Kampeter" not in title


def test_a_last_name_that_looks_like_a_noun_is_no_topic() -> None:
    asked = ["Das sagt Katja Kindler.", "Nun spricht Katja Kindler."] * 3
    nouns = Meeting([[*asked, *TALK * 7, *asked], list(RAIL * 10)]).telling_nouns(0)
    assert "Bienen" in nouns
    assert "Kindler" not in nouns


def test_what_stands_in_brackets_is_no_topic() -> None:
    title, _ = make_titles([chapter(*(f"{text} (Quedlinburg) [Beifall]" for text in TALK)), chapter(*RAIL)])
    assert "Quedlinburg" not in title
    assert "Beifall" not in title


def test_calls_of_a_name_make_no_list() -> None:
    call = "Steffen Kampeter, Parl."
    texts = [text for sentence in TALK for text in (call, sentence)]
    title, _ = make_titles([chapter(*texts, "(Beifall)", call), chapter(*RAIL)])
    assert "Bienen" in title
