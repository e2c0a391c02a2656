"""What people should know of how a document was converted, in German. Only words."""

# A note's cause -> what it means for readers, and what can be done.
CONVERSION_NOTE_WORDINGS: dict[str, str] = {
    "no_office": (
        "Auf dem Server fehlt LibreOffice: Es gibt den Text, aber keine Ansicht der Seiten. "
        "Bitte das Dokument als PDF einreichen oder LibreOffice einrichten lassen."
    ),
    "office_failed": (
        "LibreOffice konnte aus der Datei keine Seiten machen: Es gibt den Text, aber keine Ansicht der "
        "Seiten. Bitte das Dokument als PDF einreichen."
    ),
    "no_ocr": (
        "Auf dem Server fehlt die Texterkennung: Seiten, die nur ein Bild sind, haben keinen Text und werden "
        "bei der Suche nicht gefunden. Bitte „ocrmypdf“ einrichten lassen."
    ),
    "ocr_failed": (
        "Die Texterkennung ist gescheitert: Seiten, die nur ein Bild sind, haben keinen Text. "
        "Bitte einen besseren Scan oder ein PDF mit Text einreichen."
    ),
    "no_text": (
        "In diesem Dokument wurde kein Text gefunden. Bitte ansehen, ob es das richtige ist; die Suche kennt "
        "nur seine Angaben."
    ),
    "not_archival": (
        "Das PDF ließ sich nicht in die Form für lange Aufbewahrung (PDF/A) bringen; es wird so "
        "aufbewahrt, wie es ist."
    ),
    "cut_off": (
        "Das Dokument ist länger, als aufgenommen wird: Vom Ende fehlt etwas. "
        "Bitte es in mehreren Teilen einreichen."
    ),
    "charset_guessed": (
        "Die Zeichenkodierung der Datei war nur zu vermuten. Bitte prüfen, ob Umlaute richtig aussehen."
    ),
    "attachments_removed": (
        "Im PDF steckten weitere Dateien oder Programme; in der veröffentlichten Fassung fehlen sie. "
        "Bitte Anhänge, die gebraucht werden, einzeln einreichen."
    ),
}


def explain_conversion_note(cause: str) -> str:
    """What people should know, as German text without markup; a cause that is not known stands for itself."""
    return CONVERSION_NOTE_WORDINGS.get(cause, cause)
