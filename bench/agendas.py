"""How well pasted agendas are understood: `make bench-agendas`.

Each case is a text as people paste it, with its items written down by hand: `NAME.txt` or `NAME.html`, and
`NAME.wanted`, a line an item ("Titel | time=19:00-19:10 | min=10 | people=Anna; Jens | link=https://…").
`before/` was written before the parser, `after/` when it was finished, `later/` once it was mended; what it
made of those at first is kept in docs/chapters.md. An item is right when its title is, and all else that is
written down for it.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transcripts.agendas.agenda_reading import read_agenda
from transcripts.agendas.agenda_values import AgendaItem

CASES = Path(__file__).parent / "agenda_cases"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One agenda: its items, how many were right, and what else was found."""

    name: str
    wanted: int
    right: int
    invented: int
    complaints: Sequence[str]


def wanted_items(text: str) -> list[AgendaItem]:
    """The items as they are written down."""
    return [_wanted(line) for line in text.splitlines() if line.strip()]


def _wanted(line: str) -> AgendaItem:
    title, *facts = line.split(" | ")
    known = dict(fact.split("=", 1) for fact in facts)
    start, _, end = known.get("time", "").partition("-")
    people = tuple(each.strip() for each in known.get("people", "").split(";") if each.strip())
    links = tuple(each for each in known.get("link", "").split() if each)
    return AgendaItem(title, start, end, int(known.get("min", 0)), people, links)


def is_right(found: AgendaItem, wanted: AgendaItem) -> bool:
    """Whether title, times, people and links are; notes and levels are not judged."""
    return (found.title, found.start, found.end, found.minutes, found.people, found.links) == (
        wanted.title,
        wanted.start,
        wanted.end,
        wanted.minutes,
        wanted.people,
        wanted.links,
    )


def judged(case: Path) -> Verdict:
    """One case."""
    found = list(read_agenda(case.read_text(encoding="utf-8")).items)
    wanted = wanted_items(case.with_suffix(".wanted").read_text(encoding="utf-8"))
    missing = [each for each in wanted if not any(is_right(one, each) for one in found)]
    other = [one for one in found if not any(is_right(one, each) for each in wanted)]
    titles = {each.title for each in wanted}
    invented = sum(one.title not in titles for one in other)
    lines = [f"missing: {each}" for each in missing] + [f"instead: {one}" for one in other]
    invented = max(0, len(found) - len(wanted)) if len(found) > len(wanted) else 0
    return Verdict(case.stem, len(wanted), len(wanted) - len(missing), invented, lines)


def cases(kind: str) -> list[Path]:
    """The texts of one kind."""
    return sorted(each for each in (CASES / kind).iterdir() if each.suffix in (".txt", ".html"))


def main(show: bool) -> None:
    """Print a line a kind, and with `show` what is wrong."""
    for kind in ("before", "after", "later"):
        verdicts = [judged(case) for case in cases(kind)]
        right, wanted = sum(each.right for each in verdicts), sum(each.wanted for each in verdicts)
        whole = sum(not each.complaints for each in verdicts)
        invented = sum(each.invented for each in verdicts)
        share = 100 * right / max(1, wanted)
        print(
            f"{kind}: {right} of {wanted} items right ({share:.1f} %), {invented} invented; "
            f"{whole} of {len(verdicts)} agendas without a fault"
        )
        for each in verdicts if show else ():
            if each.complaints:
                print(f"  {each.name}", *each.complaints, sep="\n    ")


if __name__ == "__main__":
    main("--show" in sys.argv)
