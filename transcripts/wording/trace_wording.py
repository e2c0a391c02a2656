"""What a file says of persons beside its text, in German. Only words."""

from collections.abc import Iterable

from transcripts.documents.file_traces import Trace, TraceKind

# One, and how several are counted; "" where only that there are some is told.
_WORDS: dict[TraceKind, tuple[str, str]] = {
    TraceKind.AUTHOR: ("Verfasst von", ""),
    TraceKind.LAST_EDITOR: ("zuletzt bearbeitet von", ""),
    TraceKind.COMPANY: ("Firma", ""),
    TraceKind.MANAGER: ("Leitung", ""),
    TraceKind.COMMENT: ("ein Kommentar", "Kommentare"),
    TraceKind.TRACKED_CHANGE: ("eine verfolgte Änderung", "verfolgte Änderungen"),
    TraceKind.EARLIER_VERSION: ("ein früherer Stand der Datei", "frühere Stände der Datei"),
    TraceKind.HIDDEN_SHEET: ("ein ausgeblendetes Tabellenblatt", "ausgeblendete Tabellenblätter"),
    TraceKind.HIDDEN_SLIDE: ("eine ausgeblendete Folie", "ausgeblendete Folien"),
    TraceKind.SPEAKER_NOTES: ("Notizen zu einer Folie", "Notizen zu Folien"),
    TraceKind.PHOTO_PLACE: ("Standort des Fotos", "Standorte von Fotos"),
    TraceKind.PHOTO_DETAILS: ("Angaben der Kamera", "Bilder mit Angaben der Kamera"),
    TraceKind.EMBEDDED_FILE: ("eine eingebettete Datei", "eingebettete Dateien"),
    TraceKind.SIGNATURE: ("eine elektronische Unterschrift", "elektronische Unterschriften"),
    TraceKind.THUMBNAIL: ("ein Vorschaubild", "Vorschaubilder"),
    TraceKind.LOCAL_PATH: ("einen Ordner auf einem Rechner", "Ordner auf Rechnern"),
    TraceKind.PROGRAM: ("Programme (Makros)", ""),
    TraceKind.OTHER_PROPERTY: ("eine weitere Eigenschaft", "weitere Eigenschaften"),
}
_NAMING = {TraceKind.AUTHOR, TraceKind.LAST_EDITOR, TraceKind.COMPANY, TraceKind.MANAGER}


def traces_told(traces: Iterable[Trace]) -> str:
    """What a file names, as one German sentence without markup; "" where it names nothing."""
    told = [_told(each) for each in traces]
    return f"Die Datei nennt: {', '.join(told)}." if told else ""


def _told(found: Trace) -> str:
    one, several = _WORDS[found.kind]
    counted = f"{found.count} {several}" if found.count > 1 and several else one
    names = ", ".join(found.names)
    if not names:
        return f"{one} (ohne Namen)" if found.kind in _NAMING else counted
    return f"{counted} {names}" if found.kind in _NAMING else f"{counted} ({names})"
