"""What stands before a passage that was not said: where it was found, in German."""

from transcripts.search.passages import Place

PLACE_NAMES = {
    Place.SPEECH: "",
    Place.TITLE: "Titel",
    Place.CHAPTER: "Kapitel",
    Place.AGENDA: "Tagesordnung",
    Place.SPEAKER: "Es spricht",
    Place.SLIDE: "Folie",
    Place.PARAGRAPH: "",
    Place.HEADING: "Überschrift",
    Place.DETAIL: "Angaben",
}
