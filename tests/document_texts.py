"""German texts of our own for documents: what councils and offices write, put together at random."""

import random
from dataclasses import dataclass

SENTENCES = (
    "Der Gemeinderat beauftragt die Verwaltung, einen Bürgerrat im Losverfahren einzuberufen.",
    "Die Teilnehmenden werden aus dem Melderegister gelost und persönlich angeschrieben.",
    "Für die Begleitung der Sitzungen wird eine unabhängige Moderation ausgeschrieben.",
    "Die Kosten trägt der Haushalt der Stadt; Fördermittel des Landes sind beantragt.",
    "Über die Empfehlungen berät der Hauptausschuss spätestens drei Monate nach ihrer Übergabe.",
    "Wer an der Teilnahme gehindert ist, erhält Kinderbetreuung, Assistenz oder eine Übersetzung.",
    "Das Gremium tagt an vier Wochenenden und hört dazu Fachleute aus Wissenschaft und Praxis an.",
    "Eine Aufwandsentschädigung von 80 Euro je Sitzungstag wird allen Mitgliedern gezahlt.",
    "Die Öffentlichkeit wird über die Internetseite, das Amtsblatt und zwei Abende im Rathaus unterrichtet.",
    "Gelost wird nach Alter, Geschlecht, Bildungsabschluss und Ortsteil, damit die Runde vielfältig ist.",
    "Vertreterinnen und Vertreter der Fraktionen nehmen beobachtend teil, haben aber kein Stimmrecht.",
    "Im Abschlussbericht stehen neben den Empfehlungen auch die abweichenden Meinungen.",
    "Die Verwaltung legt nach einem Jahr dar, welche Vorschläge umgesetzt wurden und welche nicht.",
    "Grundlage ist die Beteiligungssatzung in der Fassung vom 14. März 2023.",
    "Die Fragestellung soll offen sein, aber einen klaren Bezug zu Entscheidungen der Gemeinde haben.",
    "Rückmeldungen aus Nachbargemeinden zeigen, dass eine frühe Klärung der Rollen viel Streit erspart.",
    "Bei weniger als zweihundert Zusagen wird die Losziehung mit einem größeren Kreis wiederholt.",
    "Klimaschutz, Verkehr und Wohnen wurden in der Umfrage am häufigsten als Thema genannt.",
    "Eine Arbeitsgruppe aus Rat, Verwaltung und Zivilgesellschaft bereitet das Verfahren vor.",
    "Die Unterlagen sind in Leichter Sprache und, soweit nötig, in weiteren Sprachen bereitzustellen.",
    "Alle Zahlen beruhen auf Angaben der Statistikstelle; Rundungen sind möglich.",
    "Der Beschluss gilt für die laufende Wahlperiode und kann danach verlängert werden.",
    "Gäste aus Österreich und der Schweiz berichteten von den Bürgerräten in Vorarlberg und Zürich.",
    "Ohne verbindliche Antwort der Politik verliert das Verfahren schnell an Vertrauen.",
    "Datenschutzrechtliche Fragen wurden mit der zuständigen Stelle vorab geklärt.",
    "Zwischen Einladung und erster Sitzung liegen mindestens acht Wochen.",
    "Jede Kleingruppe hat höchstens acht Mitglieder und wird von einer Person moderiert.",
    "Die Ergebnisse werden mit einfacher Mehrheit beschlossen, Enthaltungen werden gezählt.",
)
HEADINGS = (
    "Ausgangslage",
    "Anlass und Ziel",
    "Ablauf des Verfahrens",
    "Auswahl der Teilnehmenden",
    "Kosten und Finanzierung",
    "Zeitplan",
    "Rechtliche Grundlagen",
    "Umgang mit den Empfehlungen",
    "Öffentlichkeitsarbeit",
    "Auswertung",
)
TABLE = (
    ("Posten", "Menge", "Betrag"),
    ("Moderation", "4 Tage", "12.400 Euro"),
    ("Räume und Technik", "4 Tage", "6.150 Euro"),
    ("Aufwandsentschädigung", "30 Personen", "9.600 Euro"),
    ("Übersetzung", "2 Sprachen", "1.980 Euro"),
    ("Druck und Versand", "2.000 Stück", "3.275 Euro"),
)


@dataclass(frozen=True)
class Part:
    """A heading, paragraph, list item or table. `kind`: "h1", "h2", "p", "li" or "table"."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def parts(seed: int, sections: int = 3, *, with_table: bool = False, title: str = "") -> list[Part]:
    """A document: always the same for the same seed."""
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    found = [Part("h1", title or f"Beschlussvorlage {seed + 100}/2025: Bürgerrat in Musterhausen")]
    for heading in chosen.sample(HEADINGS, sections):
        found.append(Part("h2", heading))
        found += [
            Part("p", " ".join(chosen.sample(SENTENCES, chosen.randint(2, 5))))
            for _ in range(chosen.randint(1, 3))
        ]
        if chosen.random() < 0.4:
            found += [Part("li", each) for each in chosen.sample(SENTENCES, 3)]
    if with_table:
        found.insert(len(found) // 2 + 1, Part("table", rows=TABLE))
    return found


def truth(found: list[Part]) -> list[str]:
    """The paragraphs as they are to be read: one for each row of a table."""
    texts: list[str] = []
    for part in found:
        text = f"• {part.text}" if part.kind == "li" else part.text
        texts += [" | ".join(row) for row in part.rows] if part.rows else [text]
    return texts
