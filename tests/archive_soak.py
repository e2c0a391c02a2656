"""Publishes, replaces and corrects a record again and again while lines break and the writer is killed.

Used by the tests for some seconds, and by `make soak-archive` for 500 faults and 50 kills.
"""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from tasks.archive.correction_store import Draft, Wish, correct, read_draft
from tasks.archive.next_version import Replacement
from tasks.archive.pruning import removable, remove
from tasks.archive.publishing import publish, publish_corrections, replace_content, versions
from tasks.archive.record_store import read_manifest, read_texts, record_ids
from tasks.archive.verification import folders, state_of, verify_archive
from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import Storage, open_storage
from tests.archive_records import IMPRINT, WRITER, is_whole, keys_of, medium, small_record
from tests.fault_proxy import Plan, fault_proxy
from tests.s3_server import S3Server
from tests.sample_record import sample_chapters, sample_transcript
from transcripts.archive import layout
from transcripts.archive.layout import object_key
from transcripts.corrections.correction_log import SentenceEdit
from transcripts.corrections.editing import edit_sentence
from transcripts.errors.error_kinds import PermanentError, TemporaryError
from transcripts.model import Transcript
from transcripts.records.record import Record

VIDEO_BYTES = 9_000_000  # two parts
ACKNOWLEDGED = "acknowledged.txt"
SOURCES = ("eins", "zwei", "drei")
Done = TypeVar("Done")


@dataclass
class Outcome:
    """What happened, and what was found broken: the lists must stay empty."""

    kills: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    records: int = 0
    versions: int = 0
    looks: int = 0
    half_records: list[str] = field(default_factory=list)
    leftovers_before_prune: int = 0
    damage_before_prune: list[str] = field(default_factory=list)
    damage_after_prune: list[str] = field(default_factory=list)
    orphans_after_prune: list[str] = field(default_factory=list)
    corrections: int = 0
    lost_corrections: list[str] = field(default_factory=list)


def soak(server: S3Server, prefix: str, work: Path, faults: int, kills: int, seed: int = 1) -> Outcome:
    """Go on until so many faults and kills have happened; then let a last writer finish, and look."""
    outcome, plan = Outcome(), Plan(seed=seed)
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    url = f"s3://{server.bucket}/{prefix}"
    direct = open_storage(url, server.access)
    port = urlsplit(str(server.access.endpoint_url)).port
    assert port is not None
    with fault_proxy(port, plan) as proxy:
        access = replace(server.access, endpoint_url=f"https://127.0.0.1:{proxy}")
        turn = 0
        while plan.total < faults or outcome.kills < kills:
            writer = _started(partial(_write, url, access, work, turn))
            is_killed = outcome.kills < kills
            writer.join(chance.uniform(0.1, 4.0) if is_killed else None)
            if writer.is_alive() and writer.pid:
                os.kill(writer.pid, signal.SIGKILL)
                writer.join()
                outcome.kills += 1
            _look(direct, outcome)
            turn += 1
        plan.enabled = False
        writer = _started(partial(_write, url, access, work, turn))
        writer.join()
        assert writer.exitcode == 0
        _look(direct, outcome)
        _count_corrections(direct, work, outcome)
    outcome.faults = {kind.value: count for kind, count in plan.placed.items()}
    _judge(direct, outcome)
    return outcome


def _started(target: Callable[[], None]) -> multiprocessing.process.BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=target)
    process.start()
    return process


def _write(url: str, access: S3Access, work: Path, turn: int) -> None:
    """Publish each source, then give each record another video and transcript; try again as Prefect would."""
    storage = open_storage(url, access)
    own = work / str(os.getpid())
    for source in SOURCES:
        _patiently(partial(publish, storage, _record(own / source, source), IMPRINT))
    for record_id in _patiently(partial(record_ids, storage)):
        number = turn * 10 + len(record_id)
        new = Replacement(
            WRITER,
            transcript=_transcript(number),
            media={layout.VIDEO: medium(own / "video.mp4", f"{record_id} {turn}", VIDEO_BYTES)},
        )
        _patiently(partial(replace_content, storage, record_id, new, IMPRINT))
        _patiently(partial(_correct, storage, record_id, turn))
        with (work / ACKNOWLEDGED).open("a") as notes:
            notes.write(f"{record_id} {_corrected(turn)}\n")
        _patiently(partial(publish_corrections, storage, record_id, IMPRINT))


def _correct(storage: Storage, record_id: str, turn: int) -> None:
    """Let the last sentence name the turn; it may do so already, where an earlier try's answer was lost."""

    def wish(draft: Draft) -> Wish:
        last = draft.now.transcript.segments[-1]
        return Wish((edit_sentence(draft.now, last.id, last.text, _corrected(turn)),))

    try:
        correct(storage, record_id, "Mira", wish, WRITER)
    except PermanentError as error:
        if error.code != "correction_nothing":
            raise


def _corrected(turn: int) -> str:
    return f"Zum {turn}. Mal berichtigt."


def _patiently(work: Callable[[], Done]) -> Done:
    for _ in range(200):
        try:
            return work()
        except TemporaryError:
            time.sleep(0.05)
    raise AssertionError("no way through")


def _record(folder: Path, source: str) -> Record:
    """The sample meeting with a video of two parts."""
    record = small_record(folder, source, f"Treffen {source}", VIDEO_BYTES)
    return replace(record, transcript=_transcript(0), chapters=sample_chapters())


def _transcript(number: int) -> Transcript:
    transcript = sample_transcript()
    first = transcript.segments[0].model_copy(update={"text": f"Fassung {number}."})
    return transcript.model_copy(update={"segments": (first, *transcript.segments[1:])})


def _look(storage: Storage, outcome: Outcome) -> None:
    """As a reader: every record that is listed must be whole, each version of it."""
    for record_id in record_ids(storage):
        outcome.looks += 1
        try:
            read_texts(storage, record_id)
            for manifest in versions(storage, record_id)[-2:]:
                if not is_whole(storage, record_id, manifest):
                    outcome.half_records.append(f"{record_id} {manifest.version}")
        except (KeyError, PermanentError) as error:
            outcome.half_records.append(f"{record_id} {error!r}")


def _count_corrections(storage: Storage, work: Path, outcome: Outcome) -> None:
    """Every correction that was acknowledged must be there, and the last one in what is published."""
    for record_id in record_ids(storage):
        log = read_draft(storage, record_id).corrections
        outcome.corrections += len(log)
        kept = [edit.after for each in log for edit in each.edits if isinstance(edit, SentenceEdit)]
        told = [line.partition(" ") for line in (work / ACKNOWLEDGED).read_text().splitlines()]
        outcome.lost_corrections += [
            f"{owner}: {text}" for owner, _, text in told if owner == record_id and text not in kept
        ]
        if [each.number for each in log] != list(range(1, len(log) + 1)):
            outcome.lost_corrections.append(f"{record_id}: a gap")
        if read_texts(storage, record_id).transcript.segments[-1].text != kept[-1]:
            outcome.lost_corrections.append(f"{record_id}: not published")


def _judge(storage: Storage, outcome: Outcome) -> None:
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    found = list(verify_archive(storage, IMPRINT, deep=True, before=an_hour_ago))
    outcome.damage_before_prune = [repr(each) for each in found if each.is_damage]
    outcome.leftovers_before_prune = len(found) - len(outcome.damage_before_prune)
    remove(storage, list(removable(storage, datetime.now(UTC) + timedelta(minutes=1))))
    outcome.damage_after_prune = [repr(each) for each in verify_archive(storage, IMPRINT, deep=True)]
    outcome.records = len(record_ids(storage))
    for record_id in folders(storage):
        state = state_of(storage, record_id)
        known = set(state.needed) | set(state.copies) | {layout.MANIFEST}
        known |= {layout.history_name(number) for number in state.history}
        outcome.orphans_after_prune += sorted(
            object_key(record_id, p) for p in keys_of(storage, record_id) - known
        )
        outcome.versions += read_manifest(storage, record_id).version
    outcome.orphans_after_prune += [each.key for each in storage.leftovers()]
