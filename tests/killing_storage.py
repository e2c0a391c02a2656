"""An archive whose process is killed at one of its writes: just before it, or just after."""

import os
import signal
from pathlib import Path

from tasks.storage.folder_storage import FolderStorage


class KillingStorage(FolderStorage):
    """Kills this process at the write number `fatal`, counted from 0; `put_if` writes by `put_bytes`, too."""

    def __init__(self, folder: Path, fatal: int, *, is_before: bool) -> None:
        super().__init__(folder)
        self._left, self._is_before = fatal, is_before

    def put_bytes(self, key: str, content: bytes, content_type: str, download_name: str = "") -> None:
        self._maybe_die(before=True)
        super().put_bytes(key, content, content_type, download_name)
        self._maybe_die(before=False)

    def _maybe_die(self, *, before: bool) -> None:
        if self._left == 0 and before == self._is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= not before
