"""The desk as organisers use it, and who is kept out of it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from flows.duties import INDEX, RETRIES
from flows.jobs.job import JobState
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.record_store import put_beside, read_recording
from tasks.archive.upload_store import Uploads
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT
from tests.desks import CLOCK, URL, ListedJobs, desk_routers, some_job
from tests.flows.desk.conftest import Office
from tests.flows.reading_room.entrances import ANNA, BERT, BROWSER, another_browser, entrance
from tests.tasks.search.test_index_update import publish_sample
from transcripts.duties.duty import PREFECT_AWAY, DutyState, Trouble, report
from transcripts.errors.address_errors import UrlInvalidError
from transcripts.errors.job_errors import JobNotRetryableError, PrefectUnreachableError
from transcripts.errors.source_errors import PasscodeNeededError
from transcripts.model import Stage
from transcripts.pages.room.room_pages import Site
from transcripts.sources.recording_choice import Choice
from transcripts.wording.error_wording import explain

RECORD = "2026-11-19-losverfahren-in-kleinen-gemeinden"
WRONG = {
    "url": "treffen.mp4",
    "title": 'Das "Treffen" <b>der</b> Räte',
    "day": "31.02.2026",
    "agenda": "Begrüßung\r\nLosverfahren & mehr",
    "passcode": "S3sam öffne",
    "cut_start": "drei Minuten",
    "cut_end": "1:00",
    "track": "Deutsch",
    "release": "hold",
}
PATHS = ["/redaktion/", "/redaktion/neu", "/redaktion/stand", "/redaktion/auftraege/job-1"]
DOORS = [("POST", f"/redaktion/neu/{each}") for each in ("vorschau", "ordnen", "tagesordnung")]
DOORS += [("POST", "/redaktion/neu"), ("POST", "/redaktion/auftraege/job-1/abbrechen")]
DOORS += [("POST", "/redaktion/auftraege/job-1/nochmal"), ("POST", "/redaktion/uploads/")]


def values_in(page: str) -> dict[str, str]:
    """What stands in the fields of a form."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if named.get("type") != "radio" or " checked" in tag:
            found[named.get("name", "")] = unescape(named.get("value", ""))
    for name, text in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        found[name] = unescape(text)
    return found


def test_an_address_is_handed_in_and_leads_to_its_own_page(office: Office) -> None:
    answer = office.post(
        "/redaktion/neu", url=URL, title="Treffen", day="2026-11-19", agenda="1. A\n2. B", cut_start="3:20",
        track="2", passcode="geheim", release="hold",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/redaktion/auftraege/job-1")
    (request,) = office.jobs.requests
    assert (request.url, request.title, request.recorded_on) == (URL, "Treffen", date(2026, 11, 19))
    assert (request.agenda, request.cut_start_seconds, request.hold) == (("A", "B"), 200, True)
    assert request.track == 2
    assert request.passcode is not None
    assert request.passcode.get_secret_value() == "geheim"
    assert "Treffen" in office.get("/redaktion/auftraege/job-1").text


def test_bad_input_is_answered_beside_the_field_and_nothing_typed_is_lost(office: Office) -> None:
    answer = office.post("/redaktion/neu", **WRONG)
    assert answer.status_code == 422
    assert office.jobs.requests == []
    assert {name: values_in(answer.text)[name] for name in WRONG} == WRONG
    for name in ("url", "day", "cut_start"):
        field = re.search(rf'<(?:input|textarea) id="{name}"[^>]*>', answer.text)
        assert field is not None
        assert f'{name}-hinweis" aria-invalid="true"' in field[0]
        assert f'id="{name}-hinweis"' in answer.text
    assert "Bitte die Nummer der Tonspur als Zahl schreiben" in answer.text
    assert 'type="text" value="31.02.2026"' in answer.text, "a picker would swallow it"
    assert re.search(r'<textarea id="url"[^>]* autofocus', answer.text)
    assert "4 Angaben" in answer.text
    assert answer.text.count("autofocus") == 1


PASTED = (
    "Liebe alle,\n\nTOP 1: Begrüßung (Anna)\n"
    "TOP 2: 19.10h Kosten <b> (20 Min.) https://example.org/f\n\nLG Jens"
)


def test_the_form_shows_what_is_understood_of_an_agenda_before_it_is_handed_in(office: Office) -> None:
    answer = office.post(
        "/redaktion/neu/vorschau", url=URL, title="Treffen", agenda=PASTED, passcode="geheim"
    )
    assert answer.status_code == 200
    assert office.jobs.requests == []
    kept = values_in(answer.text)
    assert (kept["url"], kept["title"], kept["passcode"]) == (URL, "Treffen", "geheim")
    assert kept["agenda"] == PASTED
    shown = office.post("/redaktion/neu/tagesordnung", agenda=PASTED).text
    assert shown.strip() in answer.text
    for part in ("2 Punkte", ">Begrüßung<", "Wer: Anna", "Kosten &lt;b&gt;", "Zeit: 19:10", "Dauer: 20 Min."):
        assert part in shown
    assert '<a href="https://example.org/f"' in shown
    assert "Liebe" not in shown


def test_an_agenda_is_put_in_order_in_its_field_and_means_the_same(office: Office) -> None:
    answer = office.post("/redaktion/neu/ordnen", url=URL, agenda=PASTED)
    tidied = values_in(answer.text)["agenda"]
    assert tidied.splitlines() == [
        "1) Begrüßung | Wer: Anna",
        "2) 19:10 | Kosten <b> | 20 Min. | Siehe: https://example.org/f",
    ]
    assert office.post("/redaktion/neu/tagesordnung", agenda=PASTED, als="geordnet").text == tidied
    office.post("/redaktion/neu", url=URL, agenda=tidied)
    assert office.jobs.requests[0].agenda == ("Begrüßung", "Kosten <b>")


def test_a_list_out_of_a_page_is_pasted_as_its_lines(office: Office) -> None:
    page = '<ol><li>Eins</li><li><a href="https://example.org/a">Zwei</a></li></ol><p>x'
    answer = office.post("/redaktion/neu/tagesordnung", agenda=page, als="zeilen")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line.strip() for line in answer.text.splitlines() if line]
    assert lines == ["1. Eins", "2. Zwei https://example.org/a", "x"]


def test_an_agenda_of_which_nothing_is_understood_is_said_so(office: Office) -> None:
    assert "kein Punkt" in office.post("/redaktion/neu/tagesordnung", agenda="Liebe Grüße\nAnna").text
    assert "101 Zeilen" in office.post("/redaktion/neu/tagesordnung", agenda="Punkt\n" * 101).text
    assert office.post("/redaktion/neu/tagesordnung", agenda=" ").text.strip() == ""


def test_while_prefect_is_away_the_form_is_kept_and_the_list_says_so(office: Office) -> None:
    office.jobs.trouble = PrefectUnreachableError()
    answer = office.post("/redaktion/neu", url=URL, title="Treffen")
    assert answer.status_code == 503
    assert values_in(answer.text)["title"] == "Treffen"
    assert "Noch nicht abgeschickt" in answer.text
    office.jobs.trouble = PrefectUnreachableError()
    listed = office.get("/redaktion/")
    assert listed.status_code == 200
    assert 'role="alert"' in listed.text


def test_what_the_pipeline_refuses_at_once_goes_to_its_field(office: Office) -> None:
    office.jobs.trouble = UrlInvalidError()
    answer = office.post("/redaktion/neu", url=URL)
    assert answer.status_code == 422
    assert 'id="url-hinweis"' in answer.text


def test_a_file_is_handed_in_only_when_all_of_it_is_there(office: Office) -> None:
    uploads = Uploads(office.storage)
    upload = uploads.begin("Treffen <1>.mp4", 6)
    uploads.append(upload, 0, b"abc")
    typed = {"upload": upload.id, "title": "Treffen", "day": "2026-11-19"}
    early = office.post("/redaktion/neu", **typed)
    assert early.status_code == 422
    assert 'id="upload-hinweis"' in early.text
    assert "Treffen &lt;1&gt;.mp4" in early.text
    assert values_in(early.text)["upload"] == upload.id
    uploads.append(upload, 3, b"def")
    assert office.post("/redaktion/neu", **typed).status_code == 303
    assert (office.jobs.requests[0].upload, office.jobs.requests[0].file_name) == (
        upload.id,
        "Treffen <1>.mp4",
    )


def test_a_file_that_is_gone_is_said_beside_its_field(office: Office) -> None:
    answer = office.post("/redaktion/neu", upload="0" * 32, title="Treffen", day="2026-11-19")
    assert answer.status_code == 422
    assert "nicht mehr da" in answer.text


def test_trouble_shows_what_happened_and_the_one_thing_to_do(office: Office) -> None:
    wrong = some_job("job-1", JobState.FAILED)
    office.jobs.listed = [replace(wrong, message="Der Kenncode fehlt.", error_code="passcode_wrong")]
    page = office.get("/redaktion/auftraege/job-1").text
    assert "Der Kenncode fehlt." in page
    assert 'name="passcode"' in page
    assert "abbrechen" not in page
    answer = office.post("/redaktion/auftraege/job-1/nochmal", passcode=" S3sam ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/redaktion/auftraege/job-1")
    assert office.jobs.done == [("retry", "job-1", "S3sam")]
    assert "Der Kenncode fehlt." not in office.get("/redaktion/auftraege/job-1").text


def test_a_share_behind_a_passcode_asks_for_it(office: Office) -> None:
    message = explain(PasscodeNeededError())
    closed = some_job("job-1", JobState.FAILED)
    office.jobs.listed = [replace(closed, message=message, error_code="passcode_needed")]
    page = office.get("/redaktion/auftraege/job-1").text
    assert "Die Aufzeichnung ist mit einem Passwort geschützt." in page
    assert "--" not in message, "nobody types commands at the desk"
    assert 'name="passcode"' in page
    assert "Mit diesem Kenncode weiter" in page


def test_of_several_recordings_one_is_chosen(office: Office) -> None:
    address = "https://wolke.example.org/s/abc/download?path=%2F&files=a.mp4"
    choices = (
        Choice(name="Köln <1>.mp4", address=address, size_bytes=1_200_000_000, day=date(2026, 11, 19)),
        Choice(name="Bonn.mp4", address=address),
    )
    several = replace(some_job("job-1", JobState.FAILED), message="Mehrere.", error_code="choose_recording")
    office.jobs.listed = [replace(several, choices=choices)]
    page = office.get("/redaktion/auftraege/job-1").text
    assert "Köln &lt;1&gt;.mp4" in page
    assert "1,2 GB, 19.11.2026" in page
    assert page.count('type="radio"') == 2
    assert "Noch einmal versuchen" not in page
    for wrong in ("", "0", "3", "-1", "²", "9" * 5_000):
        assert office.post("/redaktion/auftraege/job-1/auswahl", aufzeichnung=wrong).status_code in (409, 413)
    answer = office.post("/redaktion/auftraege/job-1/auswahl", aufzeichnung="2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/redaktion/auftraege/job-1")
    assert office.jobs.done == [("choose", "job-1", "2")]


def test_other_trouble_asks_for_no_passcode(office: Office) -> None:
    office.jobs.listed = [replace(some_job("job-1", JobState.FAILED), message="Weg.", error_code="not_found")]
    page = office.get("/redaktion/auftraege/job-1").text
    assert 'name="passcode"' not in page
    assert "Noch einmal versuchen" in page
    office.post("/redaktion/auftraege/job-1/nochmal")
    assert office.jobs.done == [("retry", "job-1", None)]


def test_what_failed_is_handed_in_again_with_other_words_without_typing_it_anew(office: Office) -> None:
    given = {"url": URL, "title": "Treffen", "day": "2026-11-19", "agenda": "A\nB", "cut_start": "63:20"}
    given["track"] = "2"
    office.post("/redaktion/neu", **given, passcode="geheim", release="hold")
    office.jobs.listed = [replace(some_job("job-1", JobState.FAILED), message="Weg.", error_code="not_found")]
    page = office.get("/redaktion/auftraege/job-1").text
    (path,) = re.findall(r'href="(/redaktion/neu\?wie=[^"]+)"', page)
    form = office.get(path).text
    expected = {**given, "passcode": "", "cut_end": "", "release": "hold"}
    assert {name: values_in(form)[name] for name in expected} == expected
    assert "geheim" not in form
    assert office.get("/redaktion/neu?wie=gibt-es-nicht").status_code == 404


def test_what_cannot_be_tried_again_is_said(office: Office) -> None:
    office.jobs.listed = [some_job("job-1", JobState.RUNNING)]
    office.jobs.trouble = JobNotRetryableError()
    answer = office.post("/redaktion/auftraege/job-1/nochmal")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_progress_is_told_in_german(office: Office) -> None:
    running = replace(
        some_job("job-1", JobState.RUNNING), stage=Stage.TRANSCODED, progress_percent=41.7, seconds_left=754.0
    )
    soon = datetime.now(UTC) + timedelta(minutes=5)
    again = replace(some_job("job-2", JobState.RETRYING), message="Gestört.", retries_at=soon)
    office.jobs.listed = [running, again]
    page = office.get("/redaktion/auftraege/job-1/stand").text
    assert 'value="42"' in page
    assert "42 %, noch etwa 13 Min." in page
    assert re.search(r'<li class="now" aria-current="step">.*Sprache erkennen', page)
    assert page.count('class="done"') == 2
    assert "<html" not in page
    listed = office.get("/redaktion/stand").text
    assert f"um {soon.astimezone(CLOCK.zone):%H:%M} Uhr von selbst wieder versucht" in listed
    assert "in Arbeit: Sprache erkennen" in listed


def test_a_pause_over_night_is_told_with_its_day(office: Office) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    waiting = replace(some_job("job-1", JobState.RETRYING), message="Zu viel.", retries_at=later)
    office.jobs.listed = [waiting]
    told = f"wird morgen um {later.astimezone(CLOCK.zone):%H:%M} Uhr von selbst wieder versucht"
    assert told in office.get("/redaktion/stand").text


def test_a_job_is_stopped_by_a_button(office: Office) -> None:
    office.jobs.listed = [some_job("job-1", JobState.RUNNING)]
    assert "Anhalten" in office.get("/redaktion/auftraege/job-1").text
    assert office.post("/redaktion/auftraege/job-1/abbrechen").status_code == 303
    assert "Doch weitermachen" in office.get("/redaktion/auftraege/job-1").text


def test_a_job_that_is_not_there_is_a_404(office: Office) -> None:
    assert office.get("/redaktion/auftraege/gibt-es-nicht").status_code == 404
    assert office.post("/redaktion/auftraege/gibt-es-nicht/abbrechen").status_code == 404


def test_organisers_are_led_to_the_desk_and_members_are_not(office: Office) -> None:
    assert 'href="/redaktion/"' in office.get("/").text
    anna = another_browser(office.entrance)
    with anna:
        token = office.entrance.token_for(ANNA)
        anna.post("/anmelden/link", data={"t": token}, headers={"origin": "https://lesen.example.org"})
        assert 'href="/redaktion/"' not in anna.get("/", headers=BROWSER).text


@pytest.mark.parametrize("path", PATHS)
def test_a_member_who_is_no_organiser_is_refused(office: Office, path: str) -> None:
    office.jobs.listed = [some_job("job-1")]
    office.entrance.sign_in(ANNA)
    answer = office.get(path)
    assert answer.status_code == 403
    assert URL not in answer.text


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_member_who_is_no_organiser_changes_nothing(office: Office, method: str, path: str) -> None:
    office.jobs.listed = [some_job("job-1")]
    office.entrance.sign_in(ANNA)
    headers = {"origin": "https://lesen.example.org", "tus-resumable": "1.0.0", "upload-length": "5"}
    assert office.entrance.client.request(method, path, headers=headers).status_code == 403
    assert (office.jobs.done, office.jobs.requests) == ([], [])
    assert list(office.storage.list_folders("uploads")) == []


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_nothing_is_taken_from_another_sites_page(office: Office, method: str, path: str) -> None:
    office.jobs.listed = [some_job("job-1")]
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "https://lesen.example.org"},
        {"sec-fetch-site": "same-site"},
        {},
    ):
        answer = office.entrance.client.request(method, path, data={"url": URL}, headers=headers)
        assert answer.status_code == 403, headers
    assert (office.jobs.done, office.jobs.requests) == ([], [])


@pytest.mark.parametrize("path", PATHS)
def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(office: Office, path: str) -> None:
    office.entrance.client.cookies.clear()
    answer = office.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/anmelden?next=%2Fredaktion%2F")


def test_a_cookie_planted_before_the_sign_in_opens_nothing_afterwards(office: Office) -> None:
    client = office.entrance.client
    client.cookies.clear()
    planted = office.entrance.access_control.authenticator.sign_in("x" * 32, "")
    client.cookies.set("__Host-mitschnitt", planted)
    office.entrance.sign_in(BERT)
    assert office.get("/redaktion/").status_code == 200
    thief = another_browser(office.entrance)
    with thief:
        thief.cookies.set("__Host-mitschnitt", planted)
        assert thief.get("/redaktion/", headers=BROWSER, follow_redirects=False).status_code == 303


def test_in_an_open_room_the_desk_is_closed_all_the_same(tmp_path: Path) -> None:
    storage, jobs = FolderStorage(tmp_path / "archive"), ListedJobs([some_job("job-1")])
    room = Room(Site(), Library(storage, tmp_path / "search.sqlite"), is_open=True)
    sections = {"reading_room": {"access": "open"}}
    with entrance(room, tmp_path / "house", desk_routers(jobs, storage), **sections) as access_control:
        assert access_control.client.get("/", headers=BROWSER).status_code == 200
        answer = access_control.client.get("/redaktion/", headers=BROWSER, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/anmelden?next=%2Fredaktion%2F")
        posted = access_control.client.post(
            "/redaktion/neu", data={"url": URL}, headers={"origin": "https://lesen.example.org"}
        )
        assert posted.status_code == 403
        access_control.sign_in(BERT)
        assert access_control.client.get("/redaktion/", headers=BROWSER).status_code == 200
    assert jobs.requests == []


def test_where_all_is_held_by_the_settings_nobody_can_ask_for_less(tmp_path: Path) -> None:
    storage, jobs = FolderStorage(tmp_path / "archive"), ListedJobs()
    room = Room(Site(), Library(storage, tmp_path / "search.sqlite"), is_open=False)
    with entrance(room, tmp_path / "house", desk_routers(jobs, storage, always_holds=True)) as access_control:
        access_control.sign_in(BERT)
        assert "Erst nach einer Freigabe" in access_control.client.get("/redaktion/neu").text
        fields = {"url": URL, "release": "at_once"}
        access_control.client.post(
            "/redaktion/neu", data=fields, headers={"origin": "https://lesen.example.org"}
        )
    assert [each.hold for each in jobs.requests] == [True]


def test_what_waits_for_release_and_what_is_out_is_listed(office: Office, tmp_path: Path) -> None:
    publish_sample(office.storage, tmp_path, RECORD)
    assert f'href="/recordings/{RECORD}/"' in office.get("/redaktion/").text
    set_stage(office, Stage.HELD)
    listed = office.get("/redaktion/").text
    assert "Wartet auf Freigabe" in listed
    assert f'href="/redaktion/aufzeichnungen/{RECORD}/"' in listed
    assert f'href="/recordings/{RECORD}/"' not in listed


def test_members_see_nothing_of_what_waits_for_release_and_organisers_all_of_it(
    office: Office, tmp_path: Path
) -> None:
    publish_sample(office.storage, tmp_path, RECORD)
    set_stage(office, Stage.HELD)
    library = office.entrance.app.state.room.library
    library.catch_up()
    inside = [f"/recordings/{RECORD}/", f"/recordings/{RECORD}/media/audio.m4a"]
    inside += [f"/recordings/{RECORD}/transcript/transcript.vtt"]
    assert [office.get(path).status_code for path in inside] == [200, 200, 200]
    office.entrance.sign_in(ANNA)
    hidden = [*inside, f"/api/records/{RECORD}"]
    assert [office.get(path).status_code for path in hidden] == [404, 404, 404, 404]
    for path in ("/", "/suche?q=Losverfahren", "/api/records", "/api/search?q=Losverfahren"):
        assert RECORD not in office.get(path).text, path
    for name in ("index.html", "feed.xml"):
        assert RECORD.encode() not in office.storage.get_bytes(name)
    set_stage(office, Stage.ARCHIVED)
    library.catch_up()
    assert [office.get(path).status_code for path in hidden] == [200, 200, 200, 200]
    assert RECORD in office.get("/suche?q=Losverfahren").text
    assert RECORD.encode() in office.storage.get_bytes("feed.xml")


def set_stage(office: Office, stage: Stage) -> None:
    """As the pipeline and the release do it."""
    changed = read_recording(office.storage, RECORD).model_copy(update={"stage": stage})
    put_beside(office.storage, RECORD, {"recording.json": changed.to_json().encode()}, IMPRINT.writer)
    update_catalogue(office.storage, IMPRINT, anew=(RECORD,))


def test_what_happens_by_itself_is_shown_and_what_does_not_comes_first(office: Office) -> None:
    now = datetime.now(UTC)
    well = DutyState(now - timedelta(minutes=1), now + timedelta(minutes=1))
    away = DutyState(None, None, Trouble(PREFECT_AWAY, now - timedelta(hours=2)))
    office.duties[:] = [report(INDEX, well, now), report(RETRIES.duty, away, now)]
    for path in ("/redaktion/", "/redaktion/stand"):
        page = office.get(path).text
        overdue = page.index("Geschieht gerade nicht von selbst")
        in_time = page.index("Was von selbst geschieht")
        assert overdue < page.index(RETRIES.duty.title) < in_time < page.index(INDEX.title)
        assert "Prefects Server antwortet nicht." in page
        assert "„mitschnitt serve“ neu starten." in page
        assert "noch nie; überfällig seit" in page
        assert "alle 20 Sekunden; zuletzt" in page
        assert "; wieder " in page


def test_without_anybody_who_watches_nothing_is_said_of_it(office: Office) -> None:
    assert "von selbst geschieht" not in office.get("/redaktion/").text
