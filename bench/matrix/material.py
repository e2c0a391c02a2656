"""Makes the pictures and sounds that carry the marks, and files of them, with ffmpeg and PyAV."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import imageio_ffmpeg

from bench.matrix.marks import (
    BEEP_SECONDS,
    BITS,
    FLASH_SECONDS,
    LOWEST_HZ,
    MARK_AT_SECONDS,
    OTHER_HZ,
    STEP_HZ,
)
from tests.media_samples import SAMPLES

SECONDS = 12
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "96k")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "600k", "-g", "50")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "600k", "-g", "50")
OPUS = ("-c:a", "libopus", "-b:a", "64k")
PICTURE_ONLY, SOUND_ONLY = ("-an",), ("-vn",)


def make(target: Path, *arguments: str) -> Path:
    """Run the packaged ffmpeg, whichever one is judged, with `target` as its output."""
    (program,) = Path(imageio_ffmpeg.__file__).parent.glob("binaries/ffmpeg-*")
    command = [str(program), "-nostdin", "-y", "-loglevel", "error", *arguments, str(target)]
    subprocess.run(command, check=True)
    return target


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with flashes: from which second of the marks on, how long, how large.

    `ground` are ffmpeg's filters for what is seen between flashes, `filters` those for all.
    """

    seconds: float = SECONDS
    first: int = 0
    width: int = 320
    height: int = 180
    rate: str = "25"
    ground: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()

    def arguments(self) -> tuple[str, ...]:
        """The input of ffmpeg."""
        return ("-f", "lavfi", "-i", ",".join([self._ground(), *self.ground, *self._flash(), *self.filters]))

    def _ground(self) -> str:
        size = f"testsrc2=size={self.width}x{self.height}:rate={self.rate}:duration={self.seconds}"
        return f"{size},lutyuv=y=16+val/5:u=128:v=128"

    def _flash(self) -> list[str]:
        second = f"t+{self.first}"
        is_lit = (
            f"between(mod({second},1),{MARK_AT_SECONDS - 0.005},{MARK_AT_SECONDS - 0.005 + FLASH_SECONDS})"
        )
        boxes = [f"drawbox=w=iw:h=ih:color=0x808080:t=fill:enable='{is_lit}'"]
        for column in range(BITS + 1):
            is_white = (
                is_lit if column == 0 else f"{is_lit}*gt(bitand(floor({second}+0.001),{1 << (column - 1)}),0)"
            )
            place = f"x=floor(iw*{column}/{BITS + 1}):w=ceil(iw/{BITS + 1}):h=floor(ih*0.6)"
            boxes.append(f"drawbox={place}:color=white:t=fill:enable='{is_white}'")
        return boxes


def beeps(first: int = 0, *, other: bool = False, speed: float = 0.5) -> str:
    """The beeps of one channel as an expression for ffmpeg."""
    lowest = LOWEST_HZ + (OTHER_HZ if other else 0)
    wave = f"sin(2*PI*({lowest}+{STEP_HZ}*floor(t+{first}))*t)"
    return f"{speed}*{wave}*between(mod(t+{first},1),{MARK_AT_SECONDS},{MARK_AT_SECONDS + BEEP_SECONDS})"


SILENT = "0"


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound with beeps; `channels` are expressions, None the wanted beeps on one channel.

    `speech` says from where on the read sentences are heard between the beeps, if at all.
    """

    seconds: float = SECONDS
    first: int = 0
    rate_hz: int = 48_000
    channels: tuple[str, ...] = ()
    layout: str = ""
    speech: float | None = None
    filters: tuple[str, ...] = ()

    def arguments(self) -> tuple[str, ...]:
        """The input of ffmpeg."""
        expressions = "|".join(self.channels or (beeps(self.first),))
        layout = f":c={self.layout}" if self.layout else ""
        tones = f"aevalsrc=exprs='{expressions}'{layout}:s={self.rate_hz}:d={self.seconds}"
        if self.speech is None:
            return ("-f", "lavfi", "-i", ",".join([tones, *self.filters]))
        return (
            "-f",
            "lavfi",
            "-i",
            ",".join([f"{tones}[tones];{self._voice()}[voice];{_MIXED}", *self.filters]),
        )

    def _voice(self) -> str:
        """Read sentences that pause around each beep, on all channels."""
        source = f"amovie={SAMPLES / 'gelesene_saetze.flac'}:seek_point={self.speech}"
        pauses = f"volume=0:enable='between(mod(t,1),{MARK_AT_SECONDS - 0.15},{MARK_AT_SECONDS + 0.15})'"
        gains = "|".join(f"c{index}=0.2*c0" for index in range(max(1, len(self.channels))))
        layout = self.layout or ("stereo" if len(self.channels) == 2 else "mono")
        timed = f"atrim=duration={self.seconds},asetpts=PTS-STARTPTS,asetnsamples=480"
        return f"{source},aresample={self.rate_hz},{timed},{pauses},pan={layout}|{gains}"


_MIXED = "[tones][voice]amix=inputs=2:normalize=0:duration=first"


@dataclass
class Workshop:
    """A folder in which the inputs of one row are made."""

    folder: Path
    _count: int = field(default=0)

    def path(self, ending: str) -> Path:
        """A new file's name."""
        self._count += 1
        return self.folder / f"{self._count:02}.{ending}"

    def mux(
        self,
        ending: str,
        picture: Shown | None,
        sound: Heard | None,
        *options: str,
        before: Sequence[str] = (),
        late_sound: float = 0.0,
        late_picture: float = 0.0,
    ) -> Path:
        """One file with the picture, the sound or both, encoded as `options` say."""
        inputs: list[str] = list(before)
        for source, late in ((picture, late_picture), (sound, late_sound)):
            if source is not None:
                inputs += ["-itsoffset", str(late)] if late else []
                inputs += source.arguments()
        maps = ["-map", "0"] + (["-map", "1"] if picture and sound else [])
        return make(self.path(ending), *inputs, *maps, *options, "-threads", "1", "-bitexact")

    def copied(self, ending: str, sources: Sequence[Path], *options: str, before: Sequence[str] = ()) -> Path:
        """The streams of files in another one, as they are."""
        inputs = [part for source in sources for part in (*before, "-i", str(source))]
        maps = [part for index in range(len(sources)) for part in ("-map", str(index))]
        return make(self.path(ending), *inputs, *maps, "-c", "copy", *options)

    def joined(self, ending: str, sources: Sequence[Path]) -> Path:
        """The bytes of files one after the other."""
        target = self.path(ending)
        target.write_bytes(b"".join(source.read_bytes() for source in sources))
        return target

    def spliced(self, ending: str, sources: Sequence[Path], *options: str) -> Path:
        """The packets of files one after the other, on one time line, in one file."""
        listing = self.path("txt")
        listing.write_text("".join(f"file '{source}'\n" for source in sources))
        return make(
            self.path(ending), "-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", *options
        )

    def retimed(self, source: Path, ending: str, move: "Move", form: str | None = None) -> Path:
        """The packets of a file, each moved in time as `move` says, or left out."""
        target = self.path(ending)
        with av.open(str(source)) as before, av.open(str(target), "w", format=form) as after:
            streams = {each.index: after.add_stream_from_template(each) for each in before.streams}
            for packet in before.demux():
                if packet.pts is None or packet.time_base is None:
                    continue
                later = move(packet.stream.type, float(packet.pts * packet.time_base))
                if later is None:
                    continue
                ticks = round(later / packet.time_base)
                packet.pts += ticks
                packet.dts = None if packet.dts is None else packet.dts + ticks
                packet.stream = streams[packet.stream.index]
                after.mux(packet)
        return target

    def cut(self, source: Path, share: float) -> Path:
        """The first part of a file's bytes."""
        content = source.read_bytes()
        target = self.path(source.suffix[1:])
        target.write_bytes(content[: int(len(content) * share) | 1])
        return target

    def overwritten(self, source: Path, share: float, size_bytes: int) -> Path:
        """A file with a stretch of its bytes replaced."""
        content = bytearray(source.read_bytes())
        start = int(len(content) * share)
        content[start : start + size_bytes] = bytes((17 * index) % 251 for index in range(size_bytes))
        target = self.path(source.suffix[1:])
        target.write_bytes(content)
        return target


# Kind of stream ("video", "audio") and seconds of a packet -> how much later it comes; None: not at all.
Move = Callable[[str, float], float | None]
