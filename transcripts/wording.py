"""What went wrong, in German for organisers: what failed, and the one thing to do next.

Only words. The codes are given by the steps (see transcripts.errors); a test holds
that every code of the tree is worded here.
"""

from transcripts.errors import StepError
from transcripts.formats import format_clock, format_number
from transcripts.ledger import Delivery, LedgerEntry, Publication, Reason
from transcripts.model import AgendaOutcome

_UNKNOWN = "unbekannt"

# Code -> sentence. Placeholders are the details of the error; those that end
# in _seconds are shown as a time on the recording.
WORDINGS: dict[str, str] = {
    # The address
    "url_missing": "Es fehlt die Adresse der Aufzeichnung. Bitte den vollständigen Link einfügen.",
    "url_scheme": (
        "Die Adresse beginnt nicht mit https:// oder http://. "
        "Bitte den Link vollständig aus der Adresszeile des Browsers kopieren."
    ),
    "url_invalid": (
        "Die Adresse ist nicht lesbar. Bitte den Link noch einmal aus der Adresszeile des Browsers kopieren."
    ),
    # Fetching
    "address_private": (
        "Die Adresse führt zu einem internen Rechner ({host}), der aus Sicherheitsgründen gesperrt ist. "
        "Bitte eine öffentlich erreichbare Adresse angeben oder den Rechner in den Einstellungen "
        "unter „fetch.allow_hosts“ eintragen lassen."
    ),
    "not_found": (
        "Unter dieser Adresse gibt es keine Aufzeichnung (mehr). "
        "Bitte den Link im Browser öffnen und prüfen, ob er vollständig ist."
    ),
    "forbidden": (
        "Der Server verweigert den Zugriff auf die Aufzeichnung. "
        "Bitte die Aufzeichnung dort für alle mit dem Link freigeben."
    ),
    "login_required": (
        "Die Aufzeichnung ist erst nach einer Anmeldung zu sehen. "
        "Bitte sie für alle mit dem Link freigeben oder die Datei selbst herunterladen und bereitstellen."
    ),
    "passcode_wrong": (
        "Der Kenncode der Aufzeichnung fehlt oder ist falsch. "
        "Bitte den Link samt Kenncode neu kopieren (zum Beispiel mit „?pwd=…“ am Ende)."
    ),
    "no_media": (
        "Auf dieser Seite wurde keine Aufzeichnung gefunden. "
        "Bitte den Link zur Wiedergabeseite oder direkt zur Videodatei angeben."
    ),
    "many_recordings": (
        "Hinter dieser Adresse liegen mehrere Aufzeichnungen ({count}). "
        "Bitte den Link der gewünschten einzelnen Aufzeichnung angeben."
    ),
    "live": (
        "Das ist eine laufende oder angekündigte Übertragung und noch keine Aufzeichnung. "
        "Bitte nach dem Ende der Übertragung erneut versuchen."
    ),
    "drm": (
        "Die Aufzeichnung ist kopiergeschützt und lässt sich nicht herunterladen. "
        "Bitte eine Fassung ohne Kopierschutz bereitstellen."
    ),
    "certificate": (
        "Das Sicherheitszertifikat des Servers ({host}) ist ungültig. "
        "Bitte den Betrieb dieses Servers um Erneuerung bitten."
    ),
    "too_long": (
        "Die Aufzeichnung dauert {hours} Stunden; erlaubt sind höchstens {limit_hours}. "
        "Bitte sie kürzen oder die Grenze „fetch.max_duration_hours“ anheben lassen."
    ),
    "too_large": (
        "Die Aufzeichnung ist mit {gigabytes} GB zu groß; erlaubt sind höchstens {limit_gigabytes} GB. "
        "Bitte eine kleinere Fassung angeben oder die Grenze „fetch.max_size_gb“ anheben lassen."
    ),
    "fetch_failed": (
        "Die Aufzeichnung ließ sich nicht herunterladen (Meldung: {reason}). "
        "Bitte prüfen, ob sie sich im Browser ohne Anmeldung abspielen lässt."
    ),
    "timeout": (
        "Der Server antwortet nicht mehr. Es wird später von selbst weiter versucht; "
        "bleibt es dabei, bitte prüfen, ob sich der Link im Browser öffnen lässt."
    ),
    "server_error": (
        "Der Server meldet eine Störung ({status}). Es wird später von selbst erneut versucht; "
        "bleibt es dabei, bitte prüfen, ob sich der Link im Browser öffnen lässt."
    ),
    "connection_lost": (
        "Die Verbindung zum Server ist abgerissen oder kam nicht zustande. Es geht später von selbst "
        "an derselben Stelle weiter; bleibt es dabei, bitte die Adresse prüfen."
    ),
    "fetch_interrupted": (
        "Das Herunterladen wurde auf unserem Rechner unterbrochen. "
        "Es geht von selbst weiter; bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    # Uploading
    "upload_unknown": ("Die hochgeladene Datei ist nicht mehr da. Bitte sie noch einmal hochladen."),
    "upload_incomplete": (
        "Die Datei ist noch nicht vollständig hochgeladen. Bitte das Hochladen abwarten oder fortsetzen."
    ),
    "upload_moved_on": (
        "Die Datei wird gerade auch von woanders hochgeladen. "
        "Bitte einen Augenblick warten; es geht von selbst weiter."
    ),
    "upload_too_long": ("Es kam mehr an, als zu der Datei gehört. Bitte sie noch einmal von vorn hochladen."),
    "upload_too_large": (
        "Die Datei ist mit {gigabytes} GB zu groß; erlaubt sind höchstens {limit_gigabytes} GB. "
        "Bitte eine kleinere Fassung hochladen."
    ),
    "upload_name": (
        "Das ist dem Namen nach keine Video- oder Tondatei. "
        "Bitte eine Datei wie „Treffen.mp4“ oder „Treffen.mp3“ auswählen."
    ),
    "upload_not_media": ("Die Datei enthält weder Video noch Ton. Bitte die Aufzeichnung selbst auswählen."),
    # Reading and converting the file
    "not_media": (
        "Die Datei enthält keine abspielbare Aufzeichnung. "
        "Bitte den Link prüfen: Er soll direkt zum Video oder zum Ton führen."
    ),
    "no_audio": (
        "Die Aufzeichnung hat keinen Ton; ohne Ton gibt es nichts mitzuschreiben. "
        "Bitte eine Fassung mit Ton angeben."
    ),
    "damaged": (
        "Die Aufzeichnung ist ab {position_seconds} beschädigt. "
        "Bitte die Datei neu exportieren oder neu hochladen."
    ),
    "truncated": (
        "Die Aufzeichnung bricht bei {position_seconds} ab, angekündigt sind {duration_seconds}. "
        "Bitte die Datei vollständig neu hochladen."
    ),
    "cut_too_long": (
        "Es soll mehr weggeschnitten werden ({cut_seconds}), als die Aufzeichnung dauert "
        "({duration_seconds}). Bitte am Anfang oder am Ende weniger wegschneiden."
    ),
    "encode_failed": (
        "Die Aufzeichnung ließ sich nicht umwandeln (Meldung: {reason}). "
        "Bitte sie in einem gängigen Format wie MP4 bereitstellen."
    ),
    "disk_full": (
        "Auf dem Rechner ist zu wenig Speicherplatz frei ({path}). "
        "Bitte dort Platz schaffen; danach geht es von selbst weiter."
    ),
    # Transcribing
    "model_unknown": (
        "Das Sprachmodell „{model}“ ist nicht vorhanden. "
        "Bitte den Namen in den Einstellungen unter „transcription.model“ prüfen lassen."
    ),
    "model_damaged": (
        "Die Dateien des Sprachmodells sind unvollständig oder verändert. "
        "Bitte das Modell neu einrichten lassen."
    ),
    "model_unreachable": (
        "Das Sprachmodell „{model}“ ließ sich nicht laden, weil seine Quelle nicht erreichbar ist. "
        "Es wird später von selbst erneut versucht; bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    # Wording titles
    "language_model_failed": (
        "Das Sprachmodell für Kapiteltitel hat nicht brauchbar geantwortet ({reason}). Die Titel stammen "
        "deshalb aus dem Gesagten. Bitte „chapters.llm_url“ in den Einstellungen prüfen lassen."
    ),
    # Recordings under way
    "secret_changed": (
        "Die Adresse samt Kenncode lässt sich nicht mehr entschlüsseln, weil der Schlüssel in den "
        "Einstellungen gewechselt hat. Bitte die Aufzeichnung mit ihrem Kenncode neu aufgeben."
    ),
    "no_such_job": (
        "Diesen Auftrag gibt es nicht (mehr). Bitte in der Übersicht nachsehen oder ihn neu aufgeben."
    ),
    "job_not_retryable": "Dieser Auftrag läuft noch oder ist schon erledigt. Bitte den Stand neu laden.",
    "job_interrupted": (
        "Der Rechner, der daran gearbeitet hat, meldet sich nicht mehr. "
        "Es geht von selbst weiter, sobald ein Rechner frei ist; bitte warten."
    ),
    "job_gave_up": (
        "Die Verarbeitung ist {count}-mal abgebrochen und wird nicht von selbst wiederholt. "
        "Bitte die Technik benachrichtigen und sie danach hier noch einmal anstoßen."
    ),
    "prefect_unreachable": (
        "Die Auftragsverwaltung antwortet gerade nicht. Bitte es in einer Minute noch einmal versuchen; "
        "bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    "prefect_open": (
        "Prefects Server soll unter {host} auch für andere Rechner offen sein, aber ohne Kennwort. "
        "Bitte unter [prefect] „auth“ setzen (Name:Kennwort), auf allen Rechnern gleich."
    ),
    "no_prefect": (
        "Es ist nicht eingestellt, welcher Prefect-Server die Arbeit verteilt. Bitte unter [prefect] "
        "„api_url“ setzen; auf einem einzelnen Rechner genügt „mitschnitt serve“."
    ),
    "no_worker_yet": (
        "Noch hat sich kein Rechner gemeldet, der Aufzeichnungen verarbeitet. "
        "Bitte es in einer Minute noch einmal versuchen; bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    # Storing
    "storage_unreachable": (
        "Der Speicherort des Archivs ({place}) ist nicht erreichbar. Es wird später von selbst erneut "
        "versucht; bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    "storage_timeout": (
        "Der Speicherort des Archivs ({place}) antwortet nicht rechtzeitig. Es wird später von selbst "
        "erneut versucht; bleibt es dabei, bitte die Netzverbindung prüfen lassen."
    ),
    "storage_busy": (
        "Der Speicherdienst des Archivs ({place}) ist überlastet oder gestört (Meldung: {reason}). "
        "Es wird später von selbst erneut versucht; bleibt es dabei, bitte beim Anbieter nachfragen."
    ),
    "storage_corrupted": (
        "Was im Archiv ankam ({place}), ist nicht, was abgeschickt wurde. Es wird von selbst erneut "
        "versucht; bleibt es dabei, bitte Netz und Speicher prüfen lassen."
    ),
    "storage_full": (
        "Der Speicherplatz des Archivs ({place}) ist aufgebraucht. "
        "Bitte beim Anbieter mehr Platz buchen; danach geht es von selbst weiter."
    ),
    "storage_missing": (
        "Den Bucket des Archivs ({place}) gibt es nicht. "
        "Bitte ihn beim Anbieter anlegen oder den Namen in den Einstellungen unter „archive.url“ berichtigen."
    ),
    "storage_expired": (
        "Die Zugangsdaten zum Archiv ({place}) sind abgelaufen. "
        "Bitte neue ausstellen lassen und in den Einstellungen unter „archive“ eintragen."
    ),
    "storage_clock": (
        "Die Uhr dieses Rechners geht falsch, deshalb lehnt das Archiv ({place}) alles ab. "
        "Bitte die Uhrzeit stellen lassen (am besten über NTP)."
    ),
    "storage_certificate": (
        "Dem Sicherheitszertifikat des Archivs ({place}) ist nicht zu trauen. "
        "Bitte die Adresse prüfen oder das richtige Zertifikat unter „archive.ca_file“ eintragen lassen."
    ),
    "storage_read_only": (
        "Im Archiv ({place}) darf mit diesem Zugang nur gelesen werden. "
        "Bitte unter „archive“ den Schlüssel der Verarbeitung eintragen oder die Schreibrechte prüfen lassen."
    ),
    "storage_refused": (
        "Der Speicherort des Archivs ({place}) lehnt die Zugangsdaten ab (Meldung: {reason}). "
        "Bitte den Schlüssel in den Einstellungen unter „archive“ prüfen lassen."
    ),
    "record_busy": (
        "An diesem Mitschnitt arbeitet gerade ein anderer Lauf ({place}). "
        "Es wird von selbst erneut versucht; bitte warten."
    ),
    "record_unknown": (
        "Einen Mitschnitt „{record}“ gibt es im Archiv nicht. "
        "Bitte die Kennung prüfen; „mitschnitt status“ zeigt alle."
    ),
    "record_lost": (
        "Von „{record}“ ist zu wenig übrig, um einen Mitschnitt daraus zu machen. "
        "Bitte die Dateien aus einer Sicherung zurückholen oder die Aufzeichnung neu verarbeiten."
    ),
    "copy_differs": (
        "Am Ziel ({place}) liegt unter „{record}“ schon ein anderer Mitschnitt; er bleibt unverändert. "
        "Bitte nachsehen, welcher von beiden gelten soll."
    ),
    "version_unknown": (
        "Eine Fassung {version} von „{record}“ gibt es nicht. "
        "Bitte mit „mitschnitt archive history {record}“ nachsehen."
    ),
    "object_damaged": (
        "Im Mitschnitt „{record}“ ist {name} beschädigt. "
        "Bitte „mitschnitt verify {record}“ und dann „mitschnitt rebuild {record}“ aufrufen."
    ),
    # Searching
    "index_unusable": (
        "Das Verzeichnis für die Suche ({path}) fehlt oder ist beschädigt. "
        "Bitte es mit „mitschnitt reindex“ neu anlegen lassen."
    ),
    "index_busy": (
        "Das Verzeichnis für die Suche ({path}) wird gerade von einem anderen Programm geändert. "
        "Bitte es in einigen Minuten noch einmal versuchen."
    ),
    "index_refused": (
        "Das Verzeichnis für die Suche ({path}) lässt sich nicht öffnen. "
        "Bitte die Rechte am Arbeitsordner („work.dir“ in den Einstellungen) prüfen lassen."
    ),
    # Reading
    "no_door": (
        "Der Lesesaal soll nur Mitgliedern offen stehen, aber es gibt keine Anmeldung. "
        'Bitte unter [reading_room] „access = "open"“ setzen, wenn alle lesen dürfen.'
    ),
    "port_taken": (
        "Unter {place} lässt sich kein Lesesaal öffnen: Läuft er schon, oder ist die Adresse vergeben? "
        "Bitte beides prüfen oder unter [reading_room] einen anderen „port“ setzen."
    ),
    "prefect_port_taken": (
        "Unter {place} lässt sich kein Prefect-Server starten: Läuft „mitschnitt serve“ schon, oder ist die "
        "Adresse vergeben? Bitte beides prüfen oder unter [prefect] einen anderen „port“ setzen."
    ),
    "base_url_path": (
        "Der Lesesaal braucht eine Adresse ohne Pfad; [network] base_url ist aber {url}. "
        "Bitte eine eigene Adresse oder Unteradresse dafür einrichten, zum Beispiel lesen.example.org."
    ),
    "members_unreadable": (
        "Die Datei mit den Mitgliedern ({path}) ist nicht lesbar. "
        "Bitte unter [reading_room] „members_file“ prüfen."
    ),
    "members_away": (
        "Der Server der Mailingliste antwortet gerade nicht. Bitte in einigen Minuten noch einmal versuchen."
    ),
    # Announcing
    "smtp_unreachable": (
        "Der Mailserver {host} ist nicht erreichbar. Es wird später von selbst erneut versucht; "
        "bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    "smtp_login": (
        "Der Mailserver {host} lehnt die Anmeldung ab. "
        "Bitte Name und Kennwort in den Einstellungen unter „announcement.smtp_url“ prüfen lassen."
    ),
    "smtp_refused": (
        "Der Mailserver nimmt die Nachricht nicht an (Meldung: {reason}). "
        "Bitte prüfen, ob die Absenderadresse auf der Liste schreiben darf."
    ),
    "smtp_url": (
        "Die Adresse des Mailservers in den Einstellungen ist nicht lesbar. "
        "Bitte „announcement.smtp_url“ prüfen lassen (zum Beispiel smtps://name:kennwort@mail.example.org:465)."
    ),
    "smtp_certificate": (
        "Das Sicherheitszertifikat des Mailservers {host} ist ungültig. "
        "Bitte den Betrieb dieses Servers um Erneuerung bitten."
    ),
    "smtp_delayed": (
        "Der Mailserver {host} nimmt die Nachricht zurzeit nicht an (Meldung: {reason}). "
        "Es wird später von selbst erneut versucht; bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    "mail_address_invalid": (
        "Die E-Mail-Adresse „{address}“ ist ungültig. "
        "Bitte die Adressen in den Einstellungen unter „announcement“ prüfen lassen."
    ),
    "template_broken": (
        "Die Textvorlage {template} enthält einen Fehler (Meldung: {reason}). "
        "Bitte sie berichtigen oder die mitgelieferte Vorlage wieder einsetzen."
    ),
    "outcome_unknown": (
        "Es ist ungewiss, ob die Nachricht zu „{record}“ verschickt wurde: Im letzten Augenblick kam "
        "keine Antwort mehr. Von selbst wird nichts noch einmal verschickt. Bitte beim Empfänger nachsehen, "
        "zum Beispiel im Archiv der Mailingliste, und dann „mitschnitt announce {record} --resolve sent“ "
        "aufrufen, wenn sie dort ist, sonst „mitschnitt announce {record} --resolve not-sent“."
    ),
    "announcement_given_up": (
        "Die Ankündigung von „{record}“ wurde {hours} Stunden lang vergeblich versucht "
        "(letzte Meldung: {reason}). Bitte die Ursache beheben lassen und sie dann mit "
        "„mitschnitt announce {record} --send“ verschicken."
    ),
    "delivery_interrupted": (
        "Die Verbindung riss ab, bevor die Nachricht zu „{record}“ angenommen war. "
        "Es wird von selbst erneut versucht."
    ),
    "list_rejected": (
        "Die Mailingliste hat die Nachricht zu „{record}“ abgelehnt ({reason}). Bitte die Rechte der "
        "Absenderadresse auf der Liste ändern lassen und dann „mitschnitt announce {record} --send“ aufrufen."
    ),
    "nothing_to_resolve": (
        "Bei „{record}“ ist nichts ungewiss; es gibt nichts zu klären. "
        "Den Stand zeigt „mitschnitt announce {record}“."
    ),
    "mailman_unreachable": (
        "Der Server der Mailingliste antwortet nicht ({reason}). "
        "Bitte „mailman.url“ in den Einstellungen prüfen lassen."
    ),
    "mailman_login": (
        "Der Server der Mailingliste lehnt die Anmeldung ab. "
        "Bitte „mailman.user“ und „mailman.password“ in den Einstellungen prüfen lassen."
    ),
    "mailman_list": (
        "Der Server der Mailingliste kennt die Liste „{list}“ nicht. "
        "Bitte „mailman.list_id“ in den Einstellungen prüfen lassen (zum Beispiel liste.example.org)."
    ),
    "meeting_vanished": (
        "Zum Treffen {meeting} wurde eingeladen, aber es steht nicht mehr in der Liste der Treffen. "
        "Die Mitglieder erfahren davon nichts von selbst. Fällt es aus oder ist es verlegt: bitte wieder "
        "eintragen, mit „cancelled = true“ oder „moved_to“ unter „exceptions“, oder selbst an die "
        "Mailingliste schreiben."
    ),
    "meeting_restless": (
        "Das Treffen {meeting} wurde nach der Einladung schon {count} Mal geändert. Damit die Mitglieder "
        "nicht mit Mails überhäuft werden, geht zu weiteren Änderungen nichts mehr von selbst hinaus. Bitte "
        "selbst an die Mailingliste schreiben und nachsehen, ob es zwei verschiedene Listen der Treffen gibt."
    ),
    "mail_waiting": (
        "Zum Treffen {meeting} ist eine Mail fertig ({mail}) und wartet auf die Freigabe. "
        "Mit „--preview“ hinter dem Befehl unten ist sie zu sehen, mit „--send“ geht sie hinaus."
    ),
    "meeting_unknown": (
        "Das Treffen {meeting} steht nicht in der Liste der Treffen. "
        "Welche darin stehen, zeigt „mitschnitt meetings“."
    ),
    "imap_url": (
        "Die Adresse des Postfachs in den Einstellungen ist nicht lesbar. "
        "Bitte „mailbox.url“ prüfen lassen (zum Beispiel imaps://name:kennwort@mail.example.org:993)."
    ),
    "mailbox_unreachable": (
        "Das Postfach auf {host} ist nicht erreichbar. "
        "Bleibt es dabei, bitte „mailbox.url“ in den Einstellungen prüfen lassen."
    ),
    "mailbox_login": (
        "Das Postfach auf {host} lehnt die Anmeldung ab. "
        "Bitte Name und Kennwort in den Einstellungen unter „mailbox.url“ prüfen lassen."
    ),
    "mailbox_certificate": (
        "Das Sicherheitszertifikat des Postfachs auf {host} ist ungültig. "
        "Bitte den Betrieb dieses Servers um Erneuerung bitten."
    ),
    "mailbox_folder": (
        "Im Postfach gibt es den Ordner „{folder}“ nicht. "
        "Bitte „mailbox.folder“ in den Einstellungen prüfen lassen."
    ),
    "channel_unreachable": (
        "{host} ist nicht erreichbar. Es wird später von selbst erneut versucht; "
        "bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    "channel_delayed": (
        "{host} nimmt die Nachricht zurzeit nicht an (Meldung: {reason}). "
        "Es wird später von selbst erneut versucht; bleibt es dabei, bitte die Technik benachrichtigen."
    ),
    "channel_refused": (
        "{host} nimmt die Nachricht nicht an (Meldung: {reason}). "
        "Bitte die Einstellungen unter „signal“ und „webhook“ prüfen lassen."
    ),
    "meetings_unreadable": (
        "Die Liste der Treffen ist nicht lesbar ({reason}). "
        "Bitte die Datei berichtigen, die in den Einstellungen unter „meetings.file“ steht."
    ),
    # Input beside the recording
    "agenda_unreadable": (
        "Die Tagesordnung ({path}) ist nicht lesbar. Bitte sie als reine Textdatei (UTF-8) speichern."
    ),
    # Corrections
    "correction_place": (
        "Die Stelle {place} gibt es in dieser Aufzeichnung nicht (mehr). Bitte die Seite neu laden."
    ),
    "correction_conflict": (
        "Jemand anderes hat diese Stelle inzwischen geändert; es wurde nichts überschrieben. "
        "Bitte ansehen, was jetzt dort steht, und dann neu entscheiden."
    ),
    "correction_nothing": "Daran ändert sich nichts: Alt und neu sind gleich.",
    "correction_empty": "Hier fehlt noch ein Text. Bitte etwas eingeben.",
    "correction_long": "Das ist zu lang: Höchstens {most} Zeichen passen hier hinein. Bitte kürzen.",
    "correction_time": (
        "Bei {time} lässt sich kein Kapitel beginnen: Die Zeit liegt außerhalb der Aufzeichnung, "
        "oder dort beginnt schon eines. Bitte eine andere Zeit wählen, zum Beispiel 00:12:30."
    ),
    "correction_unknown": "Eine Berichtigung mit der Nummer {number} gibt es nicht. Bitte die Liste ansehen.",
    "correction_undone": "Berichtigung {number} ist schon zurückgenommen. Es ist nichts mehr zu tun.",
    "corrector_name": (
        "Zu jeder Berichtigung gehört, wer sie gemacht hat. Bitte einen Namen angeben "
        "(höchstens 60 Zeichen, keine Mailadresse)."
    ),
    "chapters_line": (
        "Die Kapitelliste ist in Zeile {line} nicht lesbar. "
        "Bitte jede Zeile so schreiben: „00:12:30 Titel“, und jede Zeit nur einmal verwenden."
    ),
    "chapters_unreadable": (
        "Die Kapitelliste ({path}) ist nicht lesbar. Bitte sie als reine Textdatei (UTF-8) speichern."
    ),
    "transcript_unreadable": (
        "Die Mitschrift ({path}) ist nicht lesbar. "
        "Bitte prüfen, ob es die richtige Datei ist und ob sie vollständig ist."
    ),
    "internal": (
        "Es ist ein unerwarteter Fehler im Programm aufgetreten. "
        "Bitte die Technik benachrichtigen; die Einzelheiten stehen im Protokoll."
    ),
}


# What a note on a stretch of the transcript says to its readers (see transcripts.checks).
NOTE_WORDINGS: dict[str, str] = {
    "no_speech": "hier wurde keine Sprache erkannt",
    "speech_without_words": "hier wird gesprochen, aber nichts wurde verstanden",
    "words_without_speech": "hier steht Text, wo vielleicht niemand spricht",
    "loop": "hier wiederholt sich der Text, vielleicht zu Unrecht",
    "stock_phrase": "hier hat die Erkennung vielleicht einen Abspann erfunden",
    "other_language": "hier wird vielleicht eine andere Sprache gesprochen",
    "no_capitals": "hier ist die Rechtschreibung unsicher",
    "no_punctuation": "hier fehlen Satzzeichen",
    "too_fast": "hier steht mehr Text, als in dieser Zeit gesprochen werden kann",
    "improbable": "hier ist der Text unsicher",
}


def explain_note(cause: str) -> str:
    """A note's cause in a few German words that fit into brackets."""
    return NOTE_WORDINGS.get(cause, NOTE_WORDINGS["improbable"])


_OUTCOMES = {
    "taken_up": "„{item}“ beginnt bei {start}.",
    "moved": "„{item}“ kam außer der Reihe, bei {start}.",
    "merged": "„{item}“ wurde zusammen mit „{host}“ behandelt, ab {start}.",
    "skipped": "„{item}“ wurde nicht aufgerufen.",
}


# What a mail about a meeting is called.
MEETING_MAILS: dict[Reason, str] = {
    Reason.INVITATION: "Einladung",
    Reason.REMINDER: "Erinnerung",
    Reason.MOVED: "Änderung",
    Reason.CANCELLED: "Absage",
    Reason.REQUEST: "Bitte um den Link",
    Reason.NOTICE: "Hinweis an die Organisierenden",
}


_DELIVERIES = {
    Delivery.PREPARED: "vorbereitet, noch nicht verschickt",
    Delivery.SENDING: "wird gerade verschickt",
    Delivery.SENT: "übergeben",
    Delivery.FAILED: "gescheitert",
    Delivery.UNKNOWN: "ungewiss, ob verschickt",
}
_PUBLICATIONS = {
    Publication.OUT: "an die Mitglieder verschickt",
    Publication.HELD: "wartet auf Freigabe durch die Moderation der Liste",
}


def delivery_text(entry: LedgerEntry) -> str:
    """How far an announcement has come on its channel, in a few German words."""
    if entry.state is Delivery.SENT and entry.publication is not None:
        return _PUBLICATIONS[entry.publication]
    return _DELIVERIES[entry.state]


def known_text(entry: LedgerEntry) -> str:
    """What is known of an announcement whose outcome is open."""
    moment = entry.handed_over_at or entry.changed_at
    return (
        f"Bekannt ist: Sie wurde am {moment.astimezone():%d.%m.%Y um %H:%M:%S} Uhr an {entry.recipient} "
        f"übergeben und trägt die Kennung (Message-ID) {entry.message_id}."
    )


def held_text(entry: LedgerEntry) -> str:
    """What organisers read of a post that the list holds."""
    reason = f" (Grund: {entry.detail})" if entry.detail else ""
    return (
        f"Die Mailingliste hält die Nachricht zurück{reason}. Sie ist noch nicht bei den Mitgliedern. "
        "Bitte in der Verwaltung der Liste unter „Zurückgehaltene Nachrichten“ freigeben."
    )


def outcome_text(outcome: AgendaOutcome) -> str:
    """What became of an agenda item, as a German sentence."""
    start = "" if outcome.start_seconds is None else format_clock(outcome.start_seconds)
    return _OUTCOMES[outcome.outcome].format(item=outcome.item, start=start, host=outcome.merged_with)


def explain(error: StepError) -> str:
    """What happened and what to do next, as German text without markup.

    A code that nobody worded yet reads as an internal error that names the code.
    """
    template = WORDINGS.get(error.code)
    if template is None:
        return f"{WORDINGS['internal']} (Kennung: {error.code})"
    return template.format_map(_Shown({name: _shown(name, value) for name, value in error.details.items()}))


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _UNKNOWN


def _shown(name: str, value: str | float) -> str:
    if isinstance(value, str):
        return value
    if name.endswith("_seconds"):
        return format_clock(value)
    return str(value) if name == "status" else format_number(value)
