"""How many files and connections this process may hold open: the system's default is for people."""

import resource

MOST_OPEN_FILES = 65_536
"""More than anything here needs. Some systems allow a billion, and some programs go through all of them."""


def allow_open_files() -> int:
    """Raise this process's own limit as far as it may; returns the limit that holds now.

    Children begin with the raised limit, too.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft >= wanted:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
