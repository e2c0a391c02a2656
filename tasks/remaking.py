"""Makes sound and poster of a record anew from its video, where they were lost and it was not.

Only for whoever needs it: importing this loads ffmpeg's bindings.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tasks.archive import read_texts
from tasks.chapter_marks import mark_chapters
from tasks.composing import Replacement
from tasks.inspection import inspect_media
from tasks.publishing import replace_content
from tasks.record_files import read_manifest
from tasks.storage import Storage
from tasks.transcode import transcode
from transcripts import layout
from transcripts.catalogue import Imprint
from transcripts.layout import content_type, object_key
from transcripts.manifest import MadeBy, Manifest
from transcripts.media import LocalFile, Media
from transcripts.model import Chapter

LONGEST_SECONDS = float("inf")  # it is in the archive already


def remake(
    storage: Storage,
    record_id: str,
    names: Sequence[str],
    loudness_lufs: float,
    work: Path,
    imprint: Imprint,
    on_seconds: Callable[[float], None],
) -> Manifest:
    """Put back the media called `names`; the manifest that then is.

    Where the same bytes come out they go to their old place, else they become a new version.
    Raises what `transcode` and `replace_content` raise.
    """
    manifest, chapters = read_manifest(storage, record_id), read_texts(storage, record_id).chapters
    work.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=work, prefix="remaking-") as folder,
        storage.as_file(object_key(record_id, manifest.named(layout.VIDEO).place)) as video,
    ):
        media = _made_from(video, Path(folder), chapters, loudness_lufs, on_seconds)
        made = {layout.AUDIO: media.audio, layout.POSTER: media.poster}
        files = {name: file for name, file in made.items() if file is not None and name in names}
        changed = {
            name: file
            for name, file in files.items()
            if not _put_back(storage, record_id, manifest, name, file)
        }
        if not changed:
            return manifest
        made_by = MadeBy(tool=media.tool, settings={"from": layout.VIDEO})
        return replace_content(storage, record_id, Replacement(made_by, media=changed), imprint)


def _made_from(
    video: Path,
    folder: Path,
    chapters: Sequence[Chapter],
    loudness_lufs: float,
    on_seconds: Callable[[float], None],
) -> Media:
    """All media as they were made from the source, but for the video, which is there."""
    inspection = inspect_media([video], LONGEST_SECONDS)
    media = transcode([video], inspection, folder / "media", loudness_lufs, on_seconds)
    return mark_chapters(media.model_copy(update={"video": None}), chapters, folder / "marked")


def _put_back(storage: Storage, record_id: str, manifest: Manifest, name: str, file: LocalFile) -> bool:
    """Whether the very bytes came out that the manifest names; then they are where they belong."""
    described = manifest.named(name)
    if described.sha256 != file.sha256:
        return False
    key = object_key(record_id, described.place)
    storage.delete(key)  # what lies there is damaged, and a bucket may not know it
    storage.put_file(key, file.path, file.sha256, content_type(name))
    return True
