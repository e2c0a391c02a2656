"""Makes sound and poster of a record anew from its video, where they were lost and it was not.

Only for whoever needs it: importing this loads ffmpeg's bindings.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tasks.archive.next_version import Replacement
from tasks.archive.publishing import replace_content
from tasks.archive.record_files import read_manifest
from tasks.archive.record_store import read_texts
from tasks.media.sandboxed_media import copy_sound, inspect_media, mark_chapters, transcode
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.layout import content_type, object_key
from transcripts.archive.manifest import MadeBy, Manifest
from transcripts.media.media_values import LocalFile, Media
from transcripts.model import Chapter


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
        media = _with_the_very_sound(media, video, Path(folder), chapters, manifest)
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
    inspection = inspect_media([video], max_duration_seconds=None)  # it is in the archive already
    media = transcode([video], inspection, folder / "media", loudness_lufs, on_seconds)
    return mark_chapters(media.model_copy(update={"video": None}), chapters, folder / "marked")


def _with_the_very_sound(
    media: Media, video: Path, folder: Path, chapters: Sequence[Chapter], manifest: Manifest
) -> Media:
    """The sound copied out of the video, if that is the very one which was lost; else the one made anew."""
    copied = folder / "sound" / media.audio.path.name
    copied.parent.mkdir()
    copy_sound(video, copied)
    sound = media.model_copy(update={"audio": LocalFile.of(copied), "video": None})
    marked = mark_chapters(sound, chapters, folder / "marked sound").audio
    is_it = marked.sha256 == manifest.named(layout.AUDIO).sha256
    return media.model_copy(update={"audio": marked}) if is_it else media


def _put_back(storage: Storage, record_id: str, manifest: Manifest, name: str, file: LocalFile) -> bool:
    """Whether the very bytes came out that the manifest names; then they are where they belong."""
    described = manifest.named(name)
    if described.sha256 != file.sha256:
        return False
    key = object_key(record_id, described.place)
    storage.delete(key)  # what lies there is damaged, and a bucket may not know it
    storage.put_file(key, file.path, file.sha256, content_type(name))
    return True
