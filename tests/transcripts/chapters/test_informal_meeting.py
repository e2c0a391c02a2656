"""An informal meeting as a whole: nobody counts the topics, one is out of order, and there is a break."""

from transcripts.chapters.chapter_detection import find_chapters, work_out_chapters
from transcripts.model import Segment, Transcript

SPEECH = """
Hallo zusammen, schön, dass ihr alle da seid.
Könnt ihr mich hören?
Ja, wir hören dich gut.
Super, dann fangen wir an.
Ich bin die Anna und moderiere heute.
Wir haben heute drei Sachen vor: erst die Website, dann das Sommerfest und am Ende die Finanzen.
Protokoll macht heute der Jonas, danke dir.
So, dann Thema Website.
Markus, magst du kurz erzählen, wie weit wir sind?
Ja, gerne, also die neue Website ist seit letzter Woche auf dem Testserver.
Das Design ist fertig, die Texte fehlen noch.
Wir brauchen vor allem Texte für die Startseite und für die Seite mit den Terminen.
Die alten Beiträge haben wir importiert, da sind aber viele Bilder kaputt.
Das Kontaktformular funktioniert, aber die Mails landen im Spam.
Da muss ich noch mit dem Provider reden.
Wer kann Texte für die Startseite schreiben?
Ich könnte das bis Ende Juni machen.
Super, danke, Lisa.
Beim Design der Website haben wir uns an die Farben vom Logo gehalten.
Der Testserver ist mit Passwort geschützt, ich schicke euch den Zugang.
Und die Bilder müssen wir alle noch einmal hochladen.
Können wir die Website auf Englisch übersetzen?
Das wäre schön, aber erst mal die deutschen Texte.
Okay, gut, dann weiter zum Sommerfest.
Das Sommerfest soll ja am zwölften Juli sein, im Garten vom Gemeindehaus.
Letztes Jahr waren ungefähr achtzig Leute da.
Wir brauchen Bierbänke, einen Grill und jemanden für den Kuchen.
Die Bierbänke kriegen wir von der Feuerwehr, die kosten nichts.
Den Grill bringt der Thomas mit.
Für den Kuchen machen wir eine Liste, da kann sich jeder eintragen.
Was machen wir bei Regen?
Dann gehen wir in den Saal vom Gemeindehaus, den habe ich reserviert.
Für die Kinder machen wir wieder eine Hüpfburg, die hat letztes Mal gut geklappt.
Die Hüpfburg kostet aber zweihundert Euro.
Musik macht die Band von Peters Sohn, die spielen umsonst.
Und wer baut die Bierbänke auf?
Ich würde sagen, wir treffen uns am Samstag um zehn zum Aufbau.
Einladungen für das Sommerfest drucken wir bei der Druckerei am Markt.
Gut, wir machen jetzt mal zehn Minuten Pause.
Bis gleich.
So, da sind wir wieder.
Dann kommen wir zu den Finanzen.
Sabine, du hast die Zahlen.
Genau, wir haben auf dem Konto noch dreitausendvierhundert Euro.
Die Mitgliedsbeiträge sind fast alle eingegangen, es fehlen noch sechs Mitglieder.
Die schreibe ich noch einmal an.
Spenden haben wir dieses Jahr weniger als letztes Jahr, ungefähr die Hälfte.
Der Antrag auf Förderung bei der Stiftung läuft noch.
Wenn die Förderung kommt, können wir die neue Website und die Druckkosten davon bezahlen.
Wenn nicht, müssen wir bei den Ausgaben sparen.
Die Versicherung ist teurer geworden, die kostet jetzt dreihundert Euro im Jahr.
Die Kasse wurde geprüft, da war alles in Ordnung.
Wir sollten die Mitgliedsbeiträge vielleicht erhöhen.
Das müsste die Mitgliederversammlung beschließen.
Dann setzen wir die Mitgliedsbeiträge auf die Einladung.
Gibt es noch Fragen dazu?
Ja, wie hoch sind denn die Beiträge in anderen Vereinen?
Meistens zwischen dreißig und fünfzig Euro.
Und gibt es eine Ermäßigung?
Ja, für Studierende die Hälfte.
Okay, dann sind wir durch für heute.
Das nächste Treffen ist am dritten September, wieder hier um neunzehn Uhr.
Vielen Dank euch allen, kommt gut nach Hause.
Tschüss, bis bald.
"""
BREAK_SECONDS = 300.0


def meeting() -> Transcript:
    """Each line spoken at fourteen letters in three seconds, with half a second's rest, and a long break."""
    segments, now = [], 0.0
    for line in SPEECH.strip().splitlines():
        end = now + len(line) / 14 * 3.0
        segments.append(Segment(start_seconds=round(now, 1), end_seconds=round(end, 1), text=line))
        now = end + 0.5 + BREAK_SECONDS * (line == "Bis gleich.")
    return Transcript(segments=tuple(segments))


def start_of(line: str) -> float:
    return next(one.start_seconds for one in meeting().segments if one.text == line)


def test_turns_without_a_count_open_chapters_that_are_named_after_them() -> None:
    greeting, website, party, pause, money = find_chapters(meeting())
    assert greeting.title == "Begrüßung und Ablauf"
    assert (website.start_seconds, website.title.split(":")[0]) == (
        start_of("So, dann Thema Website."),
        "Website",
    )
    assert (party.start_seconds, party.title.split(":")[0]) == (
        start_of("Okay, gut, dann weiter zum Sommerfest."),
        "Sommerfest",
    )
    assert pause.title == "Pause"
    assert money.start_seconds == start_of("Dann kommen wir zu den Finanzen.")
    assert money.title.startswith("Finanzen")


def test_what_is_out_of_order_is_moved_and_what_is_missing_is_skipped() -> None:
    found = work_out_chapters(meeting(), ("Website", "Finanzen", "Sommerfest", "Satzung"))
    assert [chapter.title for chapter in found.chapters][1:] == ["Website", "Sommerfest", "Finanzen"]
    assert [one.outcome for one in found.outcomes] == ["taken_up", "taken_up", "moved", "skipped"]
