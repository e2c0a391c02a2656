"""The reading room's secret where the settings name none: made once, kept in a file of its owner's."""

import os
from pathlib import Path
from secrets import token_urlsafe

SECRET_BYTES = 32


def kept_secret(file: Path) -> str:
    """The secret in `file`, which is made with mode 0600 if it is not there.

    Of several processes that begin at once one makes it: the draft is linked into place, which fails
    where the name is taken.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(token_urlsafe(SECRET_BYTES))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # the other one's counts
        finally:
            draft.unlink()
    return file.read_text(encoding="utf-8").strip()
