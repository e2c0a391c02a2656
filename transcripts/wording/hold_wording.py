"""Why a record is held, in German for organisers: what is doubtful, and what to do about it. Only words."""

from collections.abc import Iterable

from transcripts.hold_reasons import HOLD_CODES, LENGTHS_DIFFER, HoldReason
from transcripts.wording.german_formats import format_clock, format_number

_UNKNOWN = "unbekannt"
_WHATS = {
    "sound": "Der Ton dauert jetzt {made_seconds}, in der Quelle dauert er {source_seconds}.",
    "picture": "Das Bild dauert jetzt {made_seconds}, in der Quelle dauert es {source_seconds}.",
    "screen": "Der geteilte Bildschirm dauert {made_seconds}, gezeigt wurde er bis {source_seconds}.",
    "stated": "Geladen wurden {made_seconds}, die Quelle kündigt {source_seconds} an.",
    "start": "Ton und Bild beginnen nicht im selben Abstand wie in der Quelle.",
}
_COMPARE = (
    "Bitte am Anfang, in der Mitte und am Ende prüfen, ob Bild, Ton und Untertitel zusammenpassen. "
    "Passen sie nicht, die Aufzeichnung bitte neu exportieren und noch einmal aufgeben."
)

# Code -> why, and what to do. Placeholders are the reason's details.
HOLD_WORDINGS: dict[str, str] = {
    "lengths_differ": f"{{what}} {_COMPARE}",
    "tracks_unclear": (
        "Die Aufzeichnung hat mehrere Tonspuren, und welche gemeint ist, war nicht sicher zu erkennen. "
        "Genommen wurde: {chosen}; es gibt auch: {others}. Bitte hineinhören. Ist es die falsche, "
        "lässt sich die Aufzeichnung in der Durchsicht mit der richtigen neu machen."
    ),
    "looks_cut_off": (
        "Die Datei scheint bei {at_seconds} abzubrechen; vielleicht fehlt der Rest. "
        "Bitte mit dem Original vergleichen und es, wenn etwas fehlt, vollständig neu aufgeben."
    ),
    "sound_missing_share": (
        "Im fertigen Ton ist deutlich weniger Sprache zu hören als in der Quelle. "
        "Bitte hineinhören. Fehlt jemand, bitte eine andere Fassung der Aufzeichnung aufgeben."
    ),
    "slides_missing": (
        "Folien, deren Bild auf dem Server fehlt oder nicht lesbar ist: {count}. Im Video ist es an ihrer "
        "Stelle schwarz. Bitte ansehen, ob das ohne diese Folien verständlich ist."
    ),
    "slides_unreadable": (
        "Die Liste der Folien auf dem Server ist beschädigt; im Video fehlen deshalb alle Folien. "
        "Bitte den Betrieb des Servers bitten, die Aufzeichnung neu zu erzeugen, oder sie so freigeben."
    ),
    "screen_missing": (
        "Es wurde ein Bildschirm geteilt, aber seine Aufnahme fehlt auf dem Server oder ist nicht lesbar. "
        "Bitte ansehen, ob das Video ohne sie verständlich ist."
    ),
    "captions_differ": (
        "Die Untertitel der Quelle passen nicht zum Gehörten (Übereinstimmung: {share} %); vielleicht "
        "gehören sie zu einer anderen Aufzeichnung oder sind verschoben. Genommen wurde der maschinell "
        "erstellte Text. Bitte vor der Freigabe hineinhören."
    ),
    "hardly_recognised": (
        "Es wurde fast nichts erkannt (erkannte Wörter: {words}; zu hörende Sprache: {speech_seconds}). "
        "Bitte hineinhören: Ist es die richtige Aufzeichnung, und ist die Sprache richtig eingestellt?"
    ),
    "badly_recognised": (
        "Die Erkennung ist sich bei {share} % der Wörter unsicher oder hält sie für eine andere Sprache; "
        "der Text stimmt vermutlich oft nicht. "
        "Bitte hineinhören und den Text durchsehen. Helfen können eine bessere Tonaufnahme, "
        "die richtige Sprache oder ein größeres Sprachmodell."
    ),
    "title_guessed": (
        "Der Titel ist nur geraten, denn weder der Auftrag noch die Quelle nennt einen. "
        "Bitte den richtigen eintragen; stimmt er schon, ihn unverändert sichern."
    ),
    "day_guessed": (
        "Der Tag des Treffens ist nur geraten, denn weder der Auftrag noch die Quelle nennt ihn. "
        "Bitte den richtigen eintragen; stimmt er schon, ihn unverändert sichern."
    ),
}
# Where a guess comes from, behind its sentence.
_ORIGINS = {
    "file_name": " Die Vermutung stammt aus dem Namen der Datei.",
    "calendar": " Die Vermutung stammt aus der Liste der Treffen: An diesem Tag war eines.",
    "made": " Vermutet wird der Tag, an dem laut Datei aufgenommen wurde.",
    "changed": " Vermutet wird der Tag, an dem die Datei auf dem Server zuletzt geändert wurde.",
    "today": " Eingetragen ist deshalb der Tag, an dem die Aufzeichnung verarbeitet wurde.",
}
_OTHER = "Etwas an dieser Aufzeichnung ist zweifelhaft (Kennung: {code}). Bitte vor der Freigabe ansehen."


def explain_hold(reason: HoldReason) -> str:
    """Why the record is held and what to do, as German text without markup.

    A code that nobody worded yet is named as it is.
    """
    shown = _Shown(
        {name: _shown(name, value) for name, value in reason.details.items()} | {"code": reason.code}
    )
    template = HOLD_WORDINGS.get(reason.code, _OTHER) + _ORIGINS.get(str(reason.details.get("origin")), "")
    if reason.code == LENGTHS_DIFFER:
        what = _WHATS.get(str(reason.details.get("what")), _WHATS["start"])
        shown["what"] = what.format_map(shown)
    return template.format_map(shown)


def hold_lines(reasons: Iterable[HoldReason]) -> list[str]:
    """A sentence or two for each reason, those first that are mended fastest."""
    order = {code: place for place, code in enumerate(HOLD_CODES)}
    placed = sorted(reasons, key=lambda each: order.get(each.code, len(order)))
    return list(dict.fromkeys(map(explain_hold, placed)))


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _UNKNOWN


def _shown(name: str, value: str | float) -> str:
    if isinstance(value, str):
        return value
    if not name.endswith("_seconds"):
        return format_number(value)
    return f"{format_number(value)} Sekunden" if value < 60 else format_clock(value)
