"""A recording of hours whose picture changes its size ten times: does it pass, and is it in step to its end?

`python -m bench.long_recording [--hours 3]` makes it of sixteen seconds that are repeated without being
encoded again, prepares it as the pipeline does, and compares flashes and beeps at the beginning, around each
change and at the end. Ends with 1 where they are not in place.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.matrix.judge import judged_step
from bench.matrix.marks import Truth, whole
from bench.matrix.marks_found import read_pictures, read_sound
from bench.matrix.material import X264, Heard, Shown, Workshop, make
from bench.matrix.processing import prepared
from bench.running.termination import end_on_sigterm
from transcripts.media.media_values import Fetched, LocalFile, Media

BLOCK_SECONDS = 16  # a whole number of AAC frames at 48 kHz
FRAMES_A_BLOCK = 750
CHANGES = 10
RATE = 5
SIZES = ((160, 90), (320, 180))


def main() -> None:
    """Make it, prepare it, look at it."""
    end_on_sigterm()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=3)
    blocks = parser.parse_args().hours * 3600 // BLOCK_SECONDS
    with tempfile.TemporaryDirectory(prefix="long-recording-") as temporary:
        folder = Path(temporary)
        source = made(Workshop(folder), blocks)
        print(f"{blocks * BLOCK_SECONDS / 3600:.1f} hours, {source.stat().st_size / 1e6:.0f} MB", flush=True)
        began = time.monotonic()
        media = prepared(Fetched(files=(LocalFile.of(source),)), folder / "media")
        print(f"prepared in {time.monotonic() - began:.0f} s; at most {most_megabytes():.0f} MB of memory")
        complaints = list(out_of_step(media, blocks, folder))
    for each in complaints:
        print(f"  {each}")
    print(f"{CHANGES} changes, {len(looked_at(blocks))} places looked at, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


def made(workshop: Workshop, blocks: int) -> Path:
    """The recording as MP4: ten times new parameter sets inside one stream, and sound that goes on."""
    pictures = [one_block_of_pictures(workshop, *size) for size in SIZES]
    raw, sound = workshop.path("h264"), workshop.path("aac")
    with raw.open("wb") as stream:
        for block in range(blocks):
            stream.write(pictures[block * (CHANGES + 1) // blocks % 2])
    with sound.open("wb") as stream:
        stream.writelines([one_block_of_sound(workshop)] * blocks)
    inputs = ("-fflags", "+genpts", "-framerate", str(RATE), "-i", str(raw), "-i", str(sound))
    return make(workshop.path("mp4"), *inputs, "-c", "copy")


def one_block_of_pictures(workshop: Workshop, width: int, height: int) -> bytes:
    """A stream that begins with its own parameter sets and a key frame."""
    shown = Shown(BLOCK_SECONDS, width=width, height=height, rate=str(RATE))
    return workshop.mux("h264", shown, None, *X264, "-bf", "0").read_bytes()


def one_block_of_sound(workshop: Workshop) -> bytes:
    """The frames of the second of three equal stretches: they fit to themselves."""
    beeping = "+".join(
        f"0.5*sin(2*PI*{500 + 100 * code}*t)*between(mod(t,{BLOCK_SECONDS}),{code}.4,{code}.5)"
        for code in range(BLOCK_SECONDS)
    )
    heard = Heard(seconds=3 * BLOCK_SECONDS, channels=(beeping,))
    content = workshop.mux("aac", None, heard, "-c:a", "aac", "-b:a", "64k").read_bytes()
    frames = list(adts_frames(content))
    return b"".join(frames[FRAMES_A_BLOCK + 1 : 2 * FRAMES_A_BLOCK + 1])  # the very first one is priming


def adts_frames(content: bytes) -> Iterator[bytes]:
    """The frames of an AAC stream with ADTS headers (ISO 13818-7, 6.2)."""
    at = 0
    while at < len(content):
        size = (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
        yield content[at : at + size]
        at += size


def looked_at(blocks: int) -> list[int]:
    """The blocks around each change, the first and the last."""
    changes = [-(-change * blocks // (CHANGES + 1)) for change in range(1, CHANGES + 1)]
    return sorted({0, blocks - 1, *changes, *(each - 1 for each in changes)})


def out_of_step(media: Media, blocks: int, folder: Path) -> Iterator[str]:
    """What is wrong in the blocks that are looked at, and with the length."""
    whole_seconds = blocks * BLOCK_SECONDS
    if abs(media.duration_seconds - whole_seconds) > 0.3:
        yield f"stated length {media.duration_seconds:.2f} s for {whole_seconds}"
    truth = whole(BLOCK_SECONDS, RATE)
    for block in looked_at(blocks):
        for complaint in block_out_of_step(media, block * BLOCK_SECONDS, truth, folder):
            yield f"from {block * BLOCK_SECONDS} s on: {complaint}"


def block_out_of_step(media: Media, start_seconds: int, truth: Truth, folder: Path) -> Iterator[str]:
    """The picture against the sound of each file."""
    if media.video is None:
        yield "no picture"
        return
    window = ("-ss", str(start_seconds), "-t", str(BLOCK_SECONDS))
    options = ("-c:v", "ffv1", "-c:a", "pcm_s16le")
    film = make(folder / "window.mkv", *window, "-i", str(media.video.path), *options)
    flashes = read_pictures(film).flashes
    for file in (media.video, media.audio, media.speech):
        heard = make(folder / "window.wav", *window, "-i", str(file.path), "-vn")
        beeps = read_sound(heard).beeps
        yield from (f"{file.path.name}: {each}" for each in judged_step(flashes, beeps, truth))


def most_megabytes() -> float:
    """The most memory that this process or one that it started has held."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


if __name__ == "__main__":
    main()
