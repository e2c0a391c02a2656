"""Whole agendas as people paste them: what is understood of them, and that it is the same when read again."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.agendas import cases, judged, wanted_items
from transcripts.agendas.agenda_reading import clean_item, parse_agenda, read_agenda
from transcripts.agendas.agenda_text import agenda_as_text, titles_as_text
from transcripts.agendas.agenda_values import Agenda, AgendaItem, AgendaShape
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.input_errors import AgendaLongError

PASTED = Path(__file__).parent / "agendas"
WANTED = {
    "nfd": [
        AgendaItem("Begrüßung und Ablauf"),
        AgendaItem("Rücklaufquote und Bürgerrätinnen"),
        AgendaItem("Was ein Bürgerrat kostet"),
        AgendaItem("Unterstützung, Kinderbetreuung und Vergütung"),
        AgendaItem("Nächstes Treffen und Themensammlung"),
    ],
    "tabelle_word": [
        AgendaItem("Begrüßung und Ablauf", "19:00", people=("Anna",)),
        AgendaItem("Das Losverfahren in kleinen Gemeinden", "19:10", people=("Jens",)),
        AgendaItem("Was ein Bürgerrat kostet", "19:30", people=("Ricarda",)),
        AgendaItem("Was aus den Empfehlungen wird", "19:50", people=("alle",)),
        AgendaItem("Nächstes Treffen und Themensammlung", "20:10", people=("Anna",)),
    ],
    "top12": [
        AgendaItem("Begrüßung und Ablauf"),
        AgendaItem("Das Losverfahren in kleinen Gemeinden"),
        AgendaItem("Was ein Bürgerrat kostet"),
        AgendaItem("Was aus den Empfehlungen wird"),
        AgendaItem("Nächstes Treffen und Themensammlung"),
    ],
    "word_pfeile": [
        AgendaItem("Begrüßung und Ablauf", minutes=15),
        AgendaItem(
            "Das Losverfahren in kleinen Gemeinden",
            "19:10",
            people=("Anna Huber", "Mehr Demokratie e.V."),
        ),
        AgendaItem("Was ein Bürgerrat kostet", minutes=20, people=("Jens",)),
        AgendaItem("Was aus den Empfehlungen wird", links=("https://example.org/folien.pdf",)),
        AgendaItem("17. Dezember: Nächstes Treffen und Themensammlung"),
    ],
}
MARKS = st.sampled_from(["", "", "1. ", "2) ", "a) ", "- ", "• ", "TOP 3: ", "II. ", "[ ] ", "🕖 ", "**"])
TIMES = st.sampled_from(
    ["", "", "19:00 ", "ab 20.15h ", "19.00–19.10 Uhr: ", "10' ", "20 min | ", "1. Mai: "]
)
TITLES = st.sampled_from(
    [
        *("Begrüßung", "Finanzen und Förderung", "Wie lange?", "Neues aus Wien – Berlin", "Zoom: Einführung"),
        *(
            "Vielen Dank",
            "Programm",
            "Haushalt (Entwurf)",
            "Moderation: Anna",
            "Freitag",
            "wer macht was",
            "Teil 2",
        ),
        *(
            "20 Jahre Netzwerk",
            "3. Quartal",
            "Termin am 17.12.",
            "",
            "Bitte beachten:",
            "Hallo",
            "Einwahl: 123456",
        ),
    ]
)
TAILS = st.sampled_from(
    [
        *(
            "",
            "",
            " (15 Min.)",
            " (Anna Huber)",
            " | Jens",
            " – Anna Huber",
            "\t20 min\tMira",
            " @Mira",
            " 19:30 Uhr",
        ),
        *(
            " https://example.org/a",
            " (siehe https://example.org/a)",
            " | Notiz",
            "\n   Referentin: Anna Huber",
            "**",
        ),
        *(
            "\n  und mehr davon",
            "\n\nAbsatz mit Text, der nichts zur Sache tut, aber lang ist.",
            ", ca. 10 Minuten",
        ),
    ]
)
LINES = st.tuples(MARKS, TIMES, TITLES, TAILS).map("".join)
PASTES = st.lists(LINES, max_size=8).map("\n".join)


@pytest.mark.parametrize("name", WANTED)
def test_what_organisers_pasted_is_understood(name: str) -> None:
    pasted = (PASTED / f"agenda_{name}.txt").read_text(encoding="utf-8")
    assert list(read_agenda(pasted).items) == WANTED[name]


@pytest.mark.parametrize(
    "case", [*cases("before"), *cases("after"), *cases("later")], ids=lambda case: case.stem
)
def test_every_agenda_of_the_bench_is_understood(case: Path) -> None:
    assert list(judged(case).complaints) == []
    assert len(read_agenda(case.read_text(encoding="utf-8")).items) == len(
        wanted_items(case.with_suffix(".wanted").read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize(
    "case", [*cases("before"), *cases("after"), *cases("later")], ids=lambda case: case.stem
)
def test_what_is_written_of_an_agenda_is_understood_as_the_same(case: Path) -> None:
    agenda = read_agenda(case.read_text(encoding="utf-8"))
    assert read_agenda(agenda_as_text(agenda)).items == agenda.items
    assert parse_agenda(titles_as_text(agenda.titles)) == agenda.titles
    assert tuple(map(clean_item, agenda.titles)) == agenda.titles


def understood(text: str) -> Agenda:
    try:
        return read_agenda(text)
    except PermanentError:
        return Agenda()


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=400) | PASTES)
@example("\x00\ud800")
def test_any_text_is_read_and_every_item_has_a_title(text: str) -> None:
    agenda = understood(text)
    assert all(item.title.strip() for item in agenda.items)
    assert (agenda.shape is AgendaShape.NONE) == (not agenda.items)


@settings(max_examples=400, deadline=None)
@given(PASTES)
def test_whatever_is_understood_is_understood_again(text: str) -> None:
    agenda = understood(text)
    assert understood(agenda_as_text(agenda)).items == agenda.items


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("1. Mai: Aktionstag", AgendaItem("1. Mai: Aktionstag")),
        ("ab 20.15h Finanzen", AgendaItem("Finanzen", "20:15")),
        ("3. 1. Mai: Aktionstag", AgendaItem("1. Mai: Aktionstag")),
        ("17.12. Adventstreffen", AgendaItem("17.12. Adventstreffen")),
        ("Rückblick (Jens: 20 Minuten)", AgendaItem("Rückblick", minutes=20, people=("Jens",))),
        ("Neues aus Wien – Berlin", AgendaItem("Neues aus Wien – Berlin")),
    ],
)
def test_dates_stay_and_times_go(line: str, wanted: AgendaItem) -> None:
    assert read_agenda(line).items == (wanted,)


def test_a_list_of_something_else_is_none_of_the_agenda() -> None:
    text = "Tagesordnung:\nBegrüßung\nFinanzen\n\nBitte mitbringen:\n- Kaffee\n- Kuchen\n\nLG Anna"
    assert parse_agenda(text) == ("Begrüßung", "Finanzen")


def test_a_long_mail_around_a_short_agenda_is_no_reason_to_refuse_it() -> None:
    prose = "Wir haben lange darüber gesprochen. " * 30
    text = f"Hallo zusammen,\n\n{prose}\n\nTagesordnung:\n1. Begrüßung\n2. Finanzen\n\nLiebe Grüße\nAnna"
    assert parse_agenda(text) == ("Begrüßung", "Finanzen")


def test_a_text_with_more_lines_than_a_mail_has_is_refused() -> None:
    with pytest.raises(AgendaLongError):
        read_agenda("1. Punkt\n" * 2_000)
