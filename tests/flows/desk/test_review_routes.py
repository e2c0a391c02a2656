"""The review over HTTP: what is corrected, who may, what happens to two who correct at once."""

import re
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.correction_store import read_draft
from tasks.archive.publishing import publish
from tasks.archive.record_store import read_recording, read_texts, set_stage
from tests.archive_records import IMPRINT, RECORD_ID, small_record
from tests.desks import CLOCK
from tests.flows.desk.conftest import Office
from tests.flows.reading_room.entrances import ANNA, OWN_PAGE, another_browser
from tests.transcripts.spoken_sample import SAMPLES, meeting_in_sentences
from transcripts.archive import layout
from transcripts.archive.layout import object_key
from transcripts.chapters.chapter_detection import find_chapters
from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED, TRACKS_UNCLEAR, HoldReason
from transcripts.model import Stage
from transcripts.wording.hold_wording import explain_hold

PATH = f"/redaktion/aufzeichnungen/{RECORD_ID}/"
SECOND = "Wir losen aus dem Melderegister."
ALMA = {"name": "Alma"}


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Office:
    """With a record that waits for its release."""
    record = small_record(tmp_path / "record")
    publish(office.storage, record, IMPRINT)
    set_stage(office.storage, RECORD_ID, Stage.HELD, IMPRINT.writer)
    update_catalogue(office.storage, IMPRINT, anew=(RECORD_ID,))
    office.entrance.app.state.room.library.catch_up()
    return office


def published(desk: Office, name: str) -> str:
    return desk.storage.get_bytes(object_key(RECORD_ID, name)).decode()


def released(desk: Office) -> None:
    set_stage(desk.storage, RECORD_ID, Stage.ARCHIVED, IMPRINT.writer)


def correct_second(desk: Office, text: str, seen: str = SECOND) -> Any:
    return desk.post(PATH + "satz", satz="s0002", seen=seen, text=text, **ALMA)


def test_the_record_is_shown_with_all_its_sentences_and_chapters(desk: Office) -> None:
    page = desk.get(PATH).text
    assert SECOND in page
    assert "wartet auf Freigabe" in page
    assert f'href="{PATH}?satz=s0002#bearbeiten"' in page
    assert "?kapitel=0.0#bearbeiten" in page


DOUBTFUL = (HoldReason(code=TITLE_GUESSED), HoldReason(code=DAY_GUESSED))


@pytest.fixture
def doubtful_desk(office: Office, tmp_path: Path) -> Office:
    """With a record whose title and day are guesses."""
    record = small_record(tmp_path / "record")
    changes = {"stage": Stage.HELD, "hold_reasons": DOUBTFUL}
    publish(office.storage, replace(record, recording=record.recording.model_copy(update=changes)), IMPRINT)
    office.entrance.app.state.room.library.catch_up()
    return office


def reasons_shown(desk: Office) -> list[str]:
    shown = unescape(desk.get(PATH).text)
    return [each.code for each in DOUBTFUL if explain_hold(each) in shown]


@pytest.fixture
def unclear_desk(office: Office, tmp_path: Path) -> Office:
    """With a record that has two sound tracks more that may be meant."""
    record = small_record(tmp_path / "record")
    details: dict[str, str | float] = {"chosen": "Tonspur 1", "others": "zwei", "other_numbers": "2, 5"}
    changes = {
        "stage": Stage.HELD,
        "hold_reasons": (HoldReason(code=TRACKS_UNCLEAR, details=details),),
    }
    publish(office.storage, replace(record, recording=record.recording.model_copy(update=changes)), IMPRINT)
    return office


def test_a_record_whose_sound_track_is_unclear_can_be_made_anew_with_another(unclear_desk: Office) -> None:
    page = unclear_desk.get(PATH).text
    assert re.findall(r'name="spur" value="(\d)"', page) == ["2", "5"]
    answer = unclear_desk.post(PATH + "tonspur", spur="5")
    assert (answer.status_code, answer.headers["location"]) == (303, "/redaktion/auftraege/job-1")
    assert unclear_desk.jobs.done == [("remake", RECORD_ID, "5")]


@pytest.mark.parametrize("number", ["1", "3", "", "x", "99999999999999999999"])
def test_a_sound_track_that_was_not_offered_is_refused(number: str, unclear_desk: Office) -> None:
    assert unclear_desk.post(PATH + "tonspur", spur=number).status_code == 422
    assert unclear_desk.jobs.done == []


def test_what_was_released_is_not_made_anew(unclear_desk: Office) -> None:
    released(unclear_desk)
    assert 'name="spur"' not in unclear_desk.get(PATH).text
    answer = unclear_desk.post(PATH + "tonspur", spur="5")
    assert (answer.status_code, unclear_desk.jobs.done) == (422, [])
    assert "wartet nicht mehr auf ihre Freigabe" in answer.text


def test_why_a_record_is_held_and_what_to_do_is_shown_until_it_is_done(doubtful_desk: Office) -> None:
    assert reasons_shown(doubtful_desk) == [TITLE_GUESSED, DAY_GUESSED]
    title = {"titel": "titel", "seen": "Bürgerräte", "text": "Losverfahren in Köln"}
    assert doubtful_desk.post(PATH + "titel", **title, **ALMA).status_code == 303
    assert reasons_shown(doubtful_desk) == [DAY_GUESSED]
    form = doubtful_desk.get(PATH + "?tag=1").text
    assert '<input type="hidden" name="seen" value="2026-11-19">' in form
    day = {"tag": "tag", "seen": "2026-11-19", "text": "12.11.2026"}
    assert doubtful_desk.post(PATH + "tag", **day, **ALMA).status_code == 303
    assert reasons_shown(doubtful_desk) == []
    recording = read_texts(doubtful_desk.storage, RECORD_ID).recording
    assert (recording.title, recording.recorded_on.isoformat()) == ("Losverfahren in Köln", "2026-11-12")
    stored = read_recording(doubtful_desk.storage, RECORD_ID)
    assert (stored.recorded_on, stored.open_reasons) == (recording.recorded_on, ())
    assert "12. November 2026" in published(doubtful_desk, layout.PAGE)


def test_a_guess_that_is_right_is_confirmed_as_it_is_and_doubtful_again_when_that_is_undone(
    doubtful_desk: Office,
) -> None:
    day = {"tag": "tag", "seen": "2026-11-19", "text": "2026-11-19"}
    assert doubtful_desk.post(PATH + "tag", **day, **ALMA).status_code == 303
    assert reasons_shown(doubtful_desk) == [TITLE_GUESSED]
    assert doubtful_desk.post(PATH + "tag", **day, **ALMA).status_code == 422, "nothing to confirm any more"
    doubtful_desk.post(PATH + "zuruecknehmen", nummer="1", **ALMA)
    assert reasons_shown(doubtful_desk) == [TITLE_GUESSED, DAY_GUESSED]
    assert read_recording(doubtful_desk.storage, RECORD_ID).open_reasons == DOUBTFUL


@pytest.mark.parametrize("text", ["", "gestern", "31.02.2026", "1888-01-01", "2999-01-01"])
def test_a_day_on_which_nobody_can_have_met_is_refused_beside_the_field(
    doubtful_desk: Office, text: str
) -> None:
    answer = doubtful_desk.post(PATH + "tag", tag="tag", seen="2026-11-19", text=text, **ALMA)
    assert answer.status_code == 422
    assert "kann nicht stimmen" in answer.text


def test_a_day_that_somebody_else_set_meanwhile_is_not_overwritten(doubtful_desk: Office) -> None:
    doubtful_desk.post(PATH + "tag", tag="tag", seen="2026-11-19", text="2026-11-12", **ALMA)
    answer = doubtful_desk.post(PATH + "tag", tag="tag", seen="2026-11-19", text="2026-11-05", **ALMA)
    assert answer.status_code == 409
    assert "2026-11-12" in answer.text


def test_a_sentence_is_corrected_without_scripts_and_every_form_follows(desk: Office) -> None:
    form = desk.get(PATH + "?satz=s0002").text
    assert '<input type="hidden" name="seen" value="Wir losen aus dem Melderegister.">' in form
    answer = correct_second(desk, "Wir losen aus dem Einwohnerregister.")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH + "?nr=1#s0002")
    for name in (layout.VTT, layout.SRT, layout.TEXT, layout.PAGE):
        assert "Einwohnerregister." in " ".join(published(desk, name).split())
    assert "Melderegister" in published(desk, layout.TRANSCRIPT)
    after = desk.get(PATH + "?nr=1").text
    assert "Gesichert als Berichtigung 1" in after
    assert "changed" in after


def test_a_number_that_no_correction_has_is_none_however_long_it_is(desk: Office) -> None:
    assert desk.get(f"{PATH}?nr={'9' * 5_000}").status_code == 200
    answer = desk.post(PATH + "zuruecknehmen", nummer="9" * 5_000, **ALMA)
    assert answer.status_code < 500


def test_a_script_gets_json_and_the_name_is_remembered(desk: Office) -> None:
    answer = desk.entrance.client.post(
        PATH + "satz",
        data={"satz": "s0002", "seen": SECOND, "text": "Wir  losen.", **ALMA},
        headers={**OWN_PAGE, "accept": "application/json"},
    )
    assert answer.json() == {"number": 1, "text": "Wir losen."}
    assert '<input type="hidden" name="name" value="Alma">' in desk.get(PATH + "stelle?satz=s0002").text


def test_who_was_slower_sees_both_texts_and_overwrites_nothing(desk: Office) -> None:
    correct_second(desk, "Wir losen aus dem Einwohnerregister.")
    answer = correct_second(desk, "Wir losen gar nicht.")
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert "Jemand anderes hat diese Stelle inzwischen geändert" in page
    assert "Wir losen aus dem Einwohnerregister." in page
    assert "Wir losen gar nicht." in page
    assert read_draft(desk.storage, RECORD_ID).number == 1
    # Having seen it, they may decide.
    assert (
        correct_second(desk, "Wir losen gar nicht.", "Wir losen aus dem Einwohnerregister.").status_code
        == 303
    )


def test_two_people_in_different_sentences_are_in_nobodys_way(desk: Office) -> None:
    correct_second(desk, "Wir losen.")
    first = desk.post(PATH + "satz", satz="s0001", seen="Guten Abend.", text="Guten Morgen.", name="Berta")
    assert first.status_code == 303
    assert [each.made_by for each in read_draft(desk.storage, RECORD_ID).corrections] == ["Alma", "Berta"]


@pytest.mark.parametrize("name", ["", "alma@example.org"])
def test_without_a_name_or_with_a_mail_address_nothing_is_stored_and_nothing_typed_is_lost(
    desk: Office, name: str
) -> None:
    answer = desk.post(PATH + "satz", satz="s0002", seen=SECOND, text="Wir würfeln.", name=name)
    assert answer.status_code == 422
    assert "Wir würfeln." in answer.text
    assert "Bitte einen Namen angeben" in answer.text
    assert read_draft(desk.storage, RECORD_ID).number == 0


def test_the_title_is_corrected_and_the_list_shows_it(desk: Office) -> None:
    desk.post(PATH + "titel", titel="titel", seen="Bürgerräte", text="Bürgerräte in Köln", **ALMA)
    assert "Bürgerräte in Köln" in desk.get("/redaktion/").text
    assert read_texts(desk.storage, RECORD_ID).recording.title == "Bürgerräte in Köln"


def test_a_chapter_is_renamed_put_in_moved_and_taken_out(desk: Office) -> None:
    seen = {"kapitel": "0.0", "seen": "Begrüßung", "seen_zeit": "00:00:00"}
    assert desk.post(PATH + "kapitel", **seen, zeit="00:00:00", text="Anfang", **ALMA).status_code == 303
    assert desk.post(PATH + "kapitel", kapitel="neu", zeit="0:20", text="Losen", **ALMA).status_code == 303
    found = {"kapitel": "20.0", "seen": "Losen", "seen_zeit": "00:00:20"}
    assert desk.post(PATH + "kapitel", **found, zeit="00:00:21.5", text="Losen", **ALMA).status_code == 303
    chapters = read_texts(desk.storage, RECORD_ID).chapters
    assert [(each.start_seconds, each.title) for each in chapters] == [(0.0, "Anfang"), (21.5, "Losen")]
    gone = {"kapitel": "21.5", "seen": "Losen", "seen_zeit": "00:00:21.5"}
    assert desk.post(PATH + "kapitel", **gone, tun="streichen", text="", **ALMA).status_code == 303
    assert "Losen" not in published(desk, layout.CHAPTERS_VTT)
    assert [each.title for each in read_texts(desk.storage, RECORD_ID).chapters] == ["Anfang"]


@pytest.mark.parametrize("clock", ["bald", "1:00:00", "0:00"])
def test_a_chapter_at_an_impossible_time_is_refused_beside_the_form(desk: Office, clock: str) -> None:
    answer = desk.post(PATH + "kapitel", kapitel="neu", zeit=clock, text="Losen", **ALMA)
    assert answer.status_code == 422
    assert "lässt sich kein Kapitel beginnen" in answer.text
    assert f'name="zeit" value="{clock}"' in answer.text


def test_replacing_everywhere_shows_first_and_is_taken_back_at_once(desk: Office) -> None:
    preview = desk.get(PATH + "ersetzen?alt=Abend&neu=Morgen").text
    assert "Eine Fundstelle" in preview
    assert "<mark>Morgen</mark>" in preview
    assert read_draft(desk.storage, RECORD_ID).number == 0
    fields = {"alt": "Abend", "neu": "Morgen", "stand": "0", "an.s0001": "1", **ALMA}
    assert desk.post(PATH + "ersetzen", **fields).status_code == 303
    assert "Guten Morgen." in published(desk, layout.TEXT)
    assert desk.post(PATH + "zuruecknehmen", nummer="1", **ALMA).status_code == 303
    assert "Guten Abend." in published(desk, layout.TEXT)
    log = desk.get(PATH + "berichtigungen").text
    assert "(zurückgenommen)" in log
    assert "Berichtigung 1 zurückgenommen" in log
    again = desk.post(PATH + "zuruecknehmen", nummer="1", **ALMA)
    assert again.status_code == 409
    assert "schon zurückgenommen" in again.text


def test_a_replacement_of_what_changed_since_the_preview_is_shown_again(desk: Office) -> None:
    desk.post(PATH + "satz", satz="s0001", seen="Guten Abend.", text="Schönen Abend.", name="Berta")
    fields = {"alt": "Abend", "neu": "Morgen", "stand": "0", "an.s0001": "1", **ALMA}
    answer = desk.post(PATH + "ersetzen", **fields)
    assert answer.status_code == 409
    assert "Schönen <mark>Morgen</mark>" in answer.text
    assert "Schönen Abend." in published(desk, layout.TEXT)


def test_a_place_without_its_tick_stays(desk: Office) -> None:
    fields = {"alt": "Abend", "neu": "Morgen", "stand": "0", **ALMA}
    answer = desk.post(PATH + "ersetzen", **fields)
    assert answer.status_code == 422
    assert 'name="an.s0001" value="1"> ' in answer.text
    assert "Guten Abend." in published(desk, layout.TEXT)


AGENDA = (SAMPLES / "netzwerktreffen.tagesordnung.txt").read_text("utf-8")


@pytest.fixture
def meeting_desk(office: Office, tmp_path: Path) -> Office:
    """With a whole meeting, whose chapters were found without an agenda."""
    record, transcript = small_record(tmp_path / "record"), meeting_in_sentences()
    recording = record.recording.model_copy(update={"duration_seconds": transcript.duration_seconds})
    chapters = find_chapters(transcript)
    record = replace(record, recording=recording, transcript=transcript, chapters=chapters)
    publish(office.storage, record, IMPRINT)
    office.entrance.app.state.room.library.catch_up()
    return office


def test_an_agenda_that_comes_later_is_shown_first_taken_over_and_taken_back(meeting_desk: Office) -> None:
    desk, before = meeting_desk, read_texts(meeting_desk.storage, RECORD_ID).chapters
    assert f'href="{PATH}tagesordnung"' in desk.get(PATH).text
    assert desk.get(PATH + "tagesordnung").status_code == 200
    preview = desk.post(PATH + "tagesordnung", liste=AGENDA, **ALMA)
    assert preview.status_code == 200
    assert "So werden die Kapitel" in preview.text
    assert "fällt weg" in preview.text
    assert read_draft(desk.storage, RECORD_ID).number == 0
    taken = {"liste": AGENDA, "stand": "0", "tun": "uebernehmen", **ALMA}
    answer = desk.post(PATH + "tagesordnung", **taken)
    assert answer.status_code == 303
    after = read_texts(desk.storage, RECORD_ID).chapters
    assert "agenda" in {each.origin for each in after}
    assert all(f"<mark>{escape(each.title)}</mark>" in preview.text for each in after if each not in before)
    assert after[1].title in published(desk, layout.CHAPTERS_VTT)
    assert desk.post(PATH + "zuruecknehmen", nummer="1", **ALMA).status_code == 303
    assert read_texts(desk.storage, RECORD_ID).chapters == before


def test_an_agenda_of_another_meeting_or_none_is_refused_with_what_was_typed(meeting_desk: Office) -> None:
    for text, said in (
        ("1. Kegeln\n2. Singen", "Keiner der Punkte"),
        ("", "Keiner der Punkte"),
        ("x" * 9000, ""),
    ):
        for action in ("", "uebernehmen"):
            fields = {"liste": text, "stand": "0", "tun": action, **ALMA}
            answer = meeting_desk.post(PATH + "tagesordnung", **fields)
            assert answer.status_code in (200, 422)
            assert said in answer.text
            assert 'class="complaint"' in answer.text
            assert text[:500] in answer.text
            assert "So übernehmen" not in answer.text
    assert read_draft(meeting_desk.storage, RECORD_ID).number == 0


def test_chapters_that_somebody_else_changed_meanwhile_are_not_overwritten(meeting_desk: Office) -> None:
    desk = meeting_desk
    assert desk.post(PATH + "kapitel", kapitel="neu", zeit="0:59", text="Losen", **ALMA).status_code == 303
    taken = {"liste": AGENDA, "stand": "0", "tun": "uebernehmen", **ALMA}
    answer = desk.post(PATH + "tagesordnung", **taken)
    assert answer.status_code == 409
    assert read_draft(desk.storage, RECORD_ID).number == 1
    assert desk.post(PATH + "tagesordnung", **{**taken, "stand": "1"}).status_code == 303
    assert "Losen" in [each.title for each in read_texts(desk.storage, RECORD_ID).chapters]


def test_the_mail_is_shown_as_text_and_as_members_see_it(desk: Office) -> None:
    correct_second(desk, "Wir losen.")
    desk.post(PATH + "titel", titel="titel", seen="Bürgerräte", text="Bürgerräte in Köln", **ALMA)
    page = unescape(desk.get(PATH + "mail").text)
    assert "Aufzeichnung: Bürgerräte in Köln (19. November 2026)" in page
    assert "an einer Stelle von Hand berichtigt" in " ".join(page.split())
    seen = desk.get(PATH + "mail/ansicht")
    assert "default-src 'none'" in seen.headers["content-security-policy"]
    assert "Bürgerräte in Köln" in seen.text


def test_released_with_the_word_that_it_was_checked(desk: Office) -> None:
    member = another_browser(desk.entrance)
    token = desk.entrance.token_for(ANNA)
    member.post("/anmelden/link", data={"t": token}, headers=OWN_PAGE)
    assert member.get(f"/recordings/{RECORD_ID}/").status_code == 404
    answer = desk.post(PATH + "freigeben", geprueft="1", **ALMA)
    assert answer.headers["location"] == PATH + "?getan=freigegeben"
    assert desk.jobs.done == [("release", RECORD_ID, None)]
    page = member.get(f"/recordings/{RECORD_ID}/").text
    assert re.search(r"am \d+\. \w+ \d{4} von Hand geprüft", page)
    assert read_texts(desk.storage, RECORD_ID).proofreading.reviewed_on == CLOCK.today
    # A second press after the mail is out changes nothing.
    set_stage(desk.storage, RECORD_ID, Stage.ANNOUNCED, IMPRINT.writer)
    desk.post(PATH + "freigeben", **ALMA)
    assert len(desk.jobs.done) == 1


def test_sent_back_it_stays_held_and_the_note_stands_on_top(desk: Office) -> None:
    answer = desk.post(PATH + "zurueckgeben", note="Der Name <b>stimmt</b> nicht.", **ALMA)
    assert answer.status_code == 303
    assert "Der Name &lt;b&gt;stimmt&lt;/b&gt; nicht." in desk.get(PATH).text
    assert read_texts(desk.storage, RECORD_ID).recording.stage is Stage.HELD


def test_a_published_record_is_marked_as_checked_later(desk: Office) -> None:
    set_stage(desk.storage, RECORD_ID, Stage.ANNOUNCED, IMPRINT.writer)
    assert "Als von Hand geprüft kennzeichnen" in desk.get(PATH).text
    assert desk.post(PATH + "geprueft", **ALMA).status_code == 303
    assert "von Hand geprüft" in published(desk, layout.PAGE)


def test_members_and_other_sites_may_do_none_of_this(desk: Office) -> None:
    member = another_browser(desk.entrance)
    member.post("/anmelden/link", data={"t": desk.entrance.token_for(ANNA)}, headers=OWN_PAGE)
    fields = {"satz": "s0002", "seen": SECOND, "text": "Gehackt.", **ALMA}
    for name in (
        "",
        "stelle?satz=s0001",
        "berichtigungen",
        "ersetzen",
        "tagesordnung",
        "mail",
        "mail/ansicht",
    ):
        assert member.get(PATH + name).status_code == 403
    for name in (
        "satz",
        "titel",
        "kapitel",
        "ersetzen",
        "tagesordnung",
        "zuruecknehmen",
        "freigeben",
        "zurueckgeben",
        "geprueft",
    ):
        assert member.post(PATH + name, data=fields, headers=OWN_PAGE).status_code == 403
        foreign = {"origin": "https://boese.example.org"}
        assert desk.entrance.client.post(PATH + name, data=fields, headers=foreign).status_code == 403
    assert read_draft(desk.storage, RECORD_ID).number == 0


def test_no_corrections_file_holds_a_mail_address(desk: Office) -> None:
    correct_second(desk, "Wir losen.")
    assert "@" not in published(desk, "corrections/0001.json")


@pytest.mark.parametrize("path", ["?satz=s9999", "?kapitel=17", "?nr=99999999999999999999", "?satz=<script>"])
def test_addresses_of_nothing_are_answered_with_the_page(desk: Office, path: str) -> None:
    answer = desk.get(PATH + path)
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace('<script type="module"', "")


def test_an_unknown_record_is_not_found(desk: Office) -> None:
    assert desk.get("/redaktion/aufzeichnungen/gibt-es-nicht/").status_code == 404
