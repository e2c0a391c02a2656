"""Whatever lies in a document's place is either one of its kind or damage that is named."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies

from tasks.storage.stored_models import damage_of, read_chapters, read_stored
from tests.archive_records import small_transcript
from tests.damage import Damage, damages
from transcripts.archive.catalogue import Catalogue
from transcripts.archive.manifest import Manifest
from transcripts.corrections.correction_log import Correction
from transcripts.errors.error_kinds import DamagedError
from transcripts.mail.ledger import Ledger
from transcripts.mail.organiser_notice import Notice
from transcripts.model import Recording, StoredModel, Transcript
from transcripts.sources.upload_rules import Upload
from transcripts.wording.error_wording import explain

KEY = "recordings/2026-11-19-eins/transcript/transcript.json"
KINDS = (Transcript, Recording, Manifest, Ledger, Correction, Catalogue, Upload, Notice)


@given(kind=strategies.sampled_from(KINDS), damage=damages())
@settings(max_examples=200, deadline=None)
def test_any_content_is_understood_or_named(kind: type[StoredModel], damage: Damage) -> None:
    content = damage.changed(small_transcript("Guten Abend.", "Wir losen.").to_json().encode())
    for read in (lambda: read_stored(kind, content, KEY), lambda: read_chapters(content, KEY)):
        assert damaged_place(read) in (None, "transcript/transcript.json")


def damaged_place(read: Callable[[], object]) -> object:
    try:
        read()
    except DamagedError as error:
        return error.details["name"]
    return None


@pytest.mark.parametrize(
    "segment",
    [
        '{"start_seconds": -0.5, "end_seconds": 1, "text": "a"}',
        '{"start_seconds": 2, "end_seconds": 1, "text": "a"}',
        '{"start_seconds": NaN, "end_seconds": 1, "text": "a"}',
        '{"start_seconds": 0, "end_seconds": 1e9, "text": "a"}',
        '{"start_seconds": 0, "end_seconds": 1, "text": "a", "id": "mit Leerzeichen"}',
        '{"start_seconds": 0, "end_seconds": 1, "text": "a", "words": '
        '[{"text": "a", "start_seconds": 0, "end_seconds": 1, "probability": 1.5}]}',
    ],
)
def test_a_transcript_that_nobody_can_compute_with_is_damage(segment: str) -> None:
    with pytest.raises(DamagedError, match="object_damaged"):
        read_stored(Transcript, f'{{"segments": [{segment}]}}'.encode(), KEY)


@pytest.mark.parametrize(
    "place", ["../../etc/passwd", "/etc/passwd", "a//b", "a/./b", "corrections/x.json", ""]
)
def test_a_manifest_names_nothing_outside_of_its_record(place: str) -> None:
    described = (
        f'{{"name": "{place}", "bytes": 1, "sha256": "{"0" * 64}", "type": "a", "made_by": {{"tool": "a"}}}}'
    )
    with pytest.raises(DamagedError):
        read_stored(Manifest, f'{{"objects": [{described}]}}'.encode(), KEY)


def test_unknown_keys_are_kept() -> None:
    newer = b'{"segments": [{"start_seconds": 0, "end_seconds": 1, "text": "a", "mood": "gut"}], "later": 1}'
    read = read_stored(Transcript, newer, KEY)
    assert '"mood": "gut"' in read.to_json()
    assert '"later": 1' in read.to_json()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (KEY, "mitschnitt rebuild 2026-11-19-eins"),
        ("meetings/2026-11-19/ledger.json", "geht deshalb nichts mehr von selbst hinaus"),
        ("catalogue.json", "wird übergangen"),
    ],
)
def test_damage_is_explained_by_what_it_means(key: str, words: str) -> None:
    assert words in explain(damage_of(key))
    assert key.split("/")[-1] in explain(damage_of(key))
