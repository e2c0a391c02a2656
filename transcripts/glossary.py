"""The glossary: names and terms the recogniser should expect to hear."""

import re

MAX_TERMS = 40


def parse_glossary(text: str) -> tuple[str, ...]:
    """The terms of a glossary file: one a line or separated by commas, `#` starts a comment.

    At most 40, in the file's order: longer lists make the recogniser worse.
    """
    lines = (line.split("#", 1)[0] for line in text.splitlines())
    terms = (term.strip() for line in lines for term in re.split(r"[,;]", line))
    return tuple(dict.fromkeys(term for term in terms if term))[:MAX_TERMS]
