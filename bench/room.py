"""The reading room under load, and what its longest page costs a slow phone.

Starts `mitschnitt serve` over an archive of generated meetings, lets members read and
search in it from this process, and prints how long answers took and how many failed. Then
it prints the size of a three-hour meeting's page, and the longest tasks of the browser's main thread,
slowed down four times, while that page is loaded, followed, scrolled and searched.
"""

import argparse
import asyncio
import gzip
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
import numpy as np

from bench.room_browser import print_long_tasks
from bench.running.termination import end_on_sigterm
from bench.search_corpus import generate, read_seed
from tasks.archive.publishing import publish
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT
from tests.reading_rooms import three_silent_hours
from tests.sample_record import sample_recording
from tests.transcripts.pages.room.test_record_text import OF_ORGANISERS
from tests.transcripts.spoken_sample import said
from transcripts.media.media_values import Media
from transcripts.model import Chapter, Transcript
from transcripts.pages.room.assets import assets
from transcripts.records.record import Record
from transcripts.search.passages import Place

SAMPLES = Path(__file__).parent.parent / "tests/samples"
SECONDS_A_WORD = 0.45
THINKING_SECONDS = (1.0, 5.0)
# A room that has just begun opens the newest records first; members come to one that is there.
SETTLING_SECONDS = 15.0
CHAPTER_SECONDS = 540.0
LONG_ID = "2030-01-01-drei-stunden"
QUERIES = (
    *("Bürgerrat", "Losverfahren Melderegister", '"ausgelost worden"', "Beteilig*", "Rat -Stadt", "Kosten"),
    *("Empfehlungen", "Melderegsiter", "Gemeinde Bürgermeisterin", "Zufallsauswahl", "Themen sammeln"),
)


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record_ids = _fill(folder, options.records, options.seed or [SAMPLES])
        with _served(folder) as (address, process_id):
            _print_size(address)
            time.sleep(SETTLING_SECONDS)
            before = _processor_seconds(process_id)
            answers = asyncio.run(_load(address, record_ids, options.members, options.seconds))
            used = _processor_seconds(process_id) - before
            print(f"  the room's processor time: {used:.0f} s, {1000 * used / answers:.1f} ms an answer")
            if options.browser:
                print_long_tasks(f"{address}/recordings/{LONG_ID}/")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--records", type=int, default=60, help="generated meetings of 100 minutes")
    parser.add_argument("--seed", type=Path, action="append", help="folder with transcripts to write from")
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    return parser.parse_args()


# The archive and the server


def _fill(folder: Path, count: int, seeds: list[Path]) -> list[str]:
    storage = FolderStorage(folder / "archive")
    sound = three_silent_hours(folder)
    media = Media(duration_seconds=10_800, audio=sound, speech=sound, tool="ffmpeg")
    ids = []
    texts = [
        [sentence.text for sentence in record.sentences if sentence.place is Place.SPEECH]
        for record in generate(read_seed(seeds, []), count * 5 / 3)
    ]
    wanted = [(f"2020-{number:03}", texts[number]) for number in range(count)]
    for number, (record_id, spoken) in enumerate([*wanted, (LONG_ID, [*texts[0], *texts[1]])]):
        transcript = said(*spoken, seconds_a_word=SECONDS_A_WORD)
        publish(storage, _record(record_id, number, transcript, media), IMPRINT)
        ids.append(record_id)
    return ids


def _record(record_id: str, number: int, transcript: Transcript, media: Media) -> Record:
    seconds = transcript.segments[-1].end_seconds
    sample = sample_recording()
    recording = sample.model_copy(
        update={
            "id": record_id,
            "title": f"Netzwerktreffen {number}: {transcript.segments[0].text[:40]}",
            "recorded_on": date(2020, 1, 1) + timedelta(days=28 * number),
            "duration_seconds": seconds,
            "source": sample.source.model_copy(update={"url_fingerprint": record_id, "sha256": record_id}),
        }
    )
    count = int(seconds / CHAPTER_SECONDS)
    chapters = tuple(
        Chapter(start_seconds=CHAPTER_SECONDS * each, title=f"Kapitel {each + 1}") for each in range(count)
    )
    return Record(recording, transcript.model_copy(update={"duration_seconds": seconds}), chapters, media)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, int]]:
    """Its address, and the id of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "MITSCHNITT_READING_ROOM__ACCESS": "open",
        "MITSCHNITT_READING_ROOM__PORT": str(port),
        "MITSCHNITT_READING_ROOM__SEARCHES_PER_MINUTE": "100000",  # all members come from one machine here
        "MITSCHNITT_ARCHIVE__URL": str(folder / "archive"),
        "MITSCHNITT_WORK__DIR": str(folder / "work"),
        "MITSCHNITT_WORK__STATE_DIR": str(folder / "state"),
    }
    command = [sys.executable, "-m", "flows.cli.main"]
    subprocess.run([*command, "reindex"], check=True, env=os.environ | settings, cwd=folder)
    server = subprocess.Popen([*command, "room"], env=os.environ | settings, cwd=folder)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _processor_seconds(process_id: int) -> float:
    """What a process has used in all its threads."""
    numbers = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    user, system = int(numbers[11]), int(numbers[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            if LONG_ID in httpx.get(address).text:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(address)


# Members


async def _load(address: str, record_ids: list[str], members: int, seconds: float) -> int:
    """Each member opens a page, reads for some seconds, and opens the next; how many answers came."""
    taken: dict[str, list[float]] = defaultdict(list)
    failures: list[str] = []
    end = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=members)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=30) as client:

        async def member(number: int) -> None:
            chance = random.Random(number)  # noqa: S311 - a reader's whims
            await asyncio.sleep(chance.uniform(0, THINKING_SECONDS[1]))
            while time.monotonic() < end:
                kind, path = _wish(chance, record_ids)
                started = time.perf_counter()
                try:
                    answer = await client.get(path)
                    if answer.status_code != 200:
                        failures.append(f"{answer.status_code} {path}")
                except httpx.HTTPError as error:
                    failures.append(f"{type(error).__name__} {path}")
                taken[kind].append(1000 * (time.perf_counter() - started))
                await asyncio.sleep(chance.uniform(*THINKING_SECONDS))

        await asyncio.gather(*(member(number) for number in range(members)))
    everything = [each for times in taken.values() for each in times]
    print(f"{members} members, {seconds:.0f} s: {len(everything)} answers, {len(failures)} errors")
    for kind, times in [("all", everything), *sorted(taken.items())]:
        median, p95 = np.percentile(times, (50, 95))
        times_text = f"median {median:6.0f} ms  p95 {p95:6.0f} ms  max {max(times):6.0f} ms"
        print(f"  {kind:<7} {len(times):5}  {times_text}")
    for failure in sorted(set(failures))[:10]:
        print(f"  {failure}")
    return len(everything)


def _wish(chance: random.Random, record_ids: list[str]) -> tuple[str, str]:
    record_id = chance.choice(record_ids)
    query = chance.choice(QUERIES)
    return chance.choices(
        (
            ("search", f"/suche?q={query}"),
            ("record", f"/recordings/{record_id}/?t={chance.randrange(5000)}"),
            ("start", "/"),
            ("file", f"/recordings/{record_id}/transcript/transcript.vtt"),
        ),
        (40, 40, 15, 5),
    )[0]


def _print_size(address: str) -> None:
    answer = httpx.get(f"{address}/recordings/{LONG_ID}/", headers={"accept-encoding": "gzip"})
    sent = int(answer.headers["content-length"])
    whole = len(answer.content)
    print(f"page of three hours: {sent / 1000:.0f} kB compressed, {whole / 1000:.0f} kB plain, ", end="")
    print(f"{answer.text.count('data-t')} sentences")
    everything = [asset.content for asset in assets().values()]
    of_readers = [asset.content for name, asset in assets().items() if not name.startswith(OF_ORGANISERS)]
    for whose, contents in (("of readers", of_readers), ("with those of organisers", everything)):
        plain = sum(map(len, contents))
        packed = sum(len(gzip.compress(each)) for each in contents)
        print(f"scripts and styles {whose}: {packed / 1000:.1f} kB compressed, {plain / 1000:.1f} kB plain")


if __name__ == "__main__":
    main()
