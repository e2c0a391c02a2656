"""What organisers read about the captions of the source, in German."""

from transcripts.captions.choice import Outcome
from transcripts.media.track_choice import language_name
from transcripts.model import SourceCaptions

_WORDINGS = {
    Outcome.TAKEN: (
        "Der Text stammt aus den Untertiteln der Quelle ({language}); sie stimmen zu {agreement} % mit dem "
        "Gehörten überein."
    ),
    Outcome.DIFFER: (
        "Die Quelle hat Untertitel ({language}), aber sie stimmen nur zu {agreement} % mit dem Gehörten "
        "überein. Genommen wurde der maschinell erstellte Text."
    ),
    Outcome.INCOMPLETE: (
        "Die Quelle hat Untertitel ({language}), aber es fehlt zu viel darin. Genommen wurde der maschinell "
        "erstellte Text."
    ),
}


def captions_line(captions: SourceCaptions | None) -> str:
    """What became of the source's captions, in a sentence or two; nothing where it has none."""
    found = next(
        (text for outcome, text in _WORDINGS.items() if captions and captions.outcome == outcome), ""
    )
    if captions is None or not found:
        return ""
    share = round(100 * captions.agreement)
    return found.format(language=language_name(captions.language), agreement=share)
