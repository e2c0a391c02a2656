"""A meeting whose slides, shared screen, cameras and sound lie apart, and what its picture is of. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcripts.values import Value


class Stretch(Value):
    """From one second to another, in which the shared screen is shown."""

    start_seconds: float
    end_seconds: float


class ShownSlide(Value):
    """A slide that is shown from so many seconds on, until the next one comes.

    `picture` is the name of its file, which is among those that were fetched if the server had it; None:
    nothing is shown. `text` is what stands on it.
    """

    start_seconds: float
    picture: str | None = None
    text: str = ""


class Presentation(Value):
    """What was fetched of such a meeting; files are named as they lie in the folder.

    `sound` may have a picture, that of the cameras. `stated_seconds` is how long the source says that it
    lasts. `has_readable_slides`: the list of slides could be read.
    """

    sound: str
    screen: str | None = None
    sharings: tuple[Stretch, ...] = ()
    slides: tuple[ShownSlide, ...] = ()
    stated_seconds: float | None = None
    has_readable_slides: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands beneath all else from so many seconds on: a slide's file, or nothing."""

    start_seconds: float
    picture: str | None


def scenes(slides: Sequence[ShownSlide], length_seconds: float) -> tuple[Scene, ...]:
    """The slides of a recording of this length, from its first second on; only where something changes.

    They come in order; of several that begin at once the last is shown.
    """
    beginning = {each.start_seconds: each.picture for each in slides if each.start_seconds < length_seconds}
    shown = [Scene(start, picture) for start, picture in ({0.0: None} | beginning).items()]
    return (shown[0], *(after for before, after in pairwise(shown) if after.picture != before.picture))


def sharings_within(sharings: Sequence[Stretch], length_seconds: float) -> tuple[Stretch, ...]:
    """Those that a recording of this length has."""
    return tuple(
        Stretch(start_seconds=each.start_seconds, end_seconds=min(each.end_seconds, length_seconds))
        for each in sharings
        if each.start_seconds < length_seconds
    )
