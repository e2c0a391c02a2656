"""Servers that answer with more than anyone asked for: packed, endless, slow, or a list of everything."""

import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial

import brotli  # type: ignore[import-untyped]

from tests import misbehaving_server as server
from tests.misbehaving_server import Exchange, Handler

UNPACKED_BYTES = 256 * 2**20
_BLOCK_BYTES = 2**20
_M3U8, _MPD, _HTML = "application/x-mpegurl", "application/dash+xml", "text/html; charset=utf-8"
_SEGMENTS = 300_000

Pages = dict[str, Handler]


def web_bombs() -> Iterator[tuple[str, Pages]]:
    """Each by its name, and what the server answers; "/" is what is asked for."""
    for packing in ("br", "gzip", "deflate"):
        for kind in (_HTML, _M3U8, _MPD, "video/mp4"):
            yield f"{kind} in {packing}", {"/": partial(_packed, kind=kind, packing=packing)}
        yield f"a missing page in {packing}", {"/": partial(_packed, kind=_HTML, packing=packing, status=404)}
        to = {"Location": "/"}
        yield (
            f"a redirection in {packing}",
            {"/": partial(_packed, kind=_HTML, packing=packing, status=302, more=to)},
        )
        playlist = partial(_text, text=_hls("/a.ts"), kind=_M3U8)
        segment = partial(_packed, kind="video/mp2t", packing=packing)
        yield f"a segment in {packing}", {"/": playlist, "/a.ts": segment}
    for name, kind, text in _lists():
        yield name, {"/": partial(_text, text=text, kind=kind)}
    for kind in (_HTML, _M3U8, "video/mp4"):
        yield f"endless {kind}", {"/": partial(server.endless, kind=kind)}
        yield f"dripping {kind}", {"/": partial(_dripping, kind=kind)}
    yield "an endless redirection", {"/": partial(server.redirect, to="/?again")}
    yield "a redirection with an endless body", {"/": _endless_redirection}
    yield "endless headers", {"/": _endless_headers}


def _lists() -> Iterator[tuple[str, str, str]]:
    number = '<SegmentTemplate timescale="1000000000" duration="1" media="$Number$.m4s"/>'
    timeline = '<SegmentTemplate media="$Time$.m4s"><SegmentTimeline>{}</SegmentTimeline></SegmentTemplate>'
    many_repeats = timeline.format('<S d="1" r="2000000000"/>')
    yield "a thousand million numbers in an MPD", _MPD, _mpd(number)
    yield "a repeat of a thousand million in an MPD", _MPD, _mpd(many_repeats)
    yield "many repeats in an MPD", _MPD, _mpd(timeline.format('<S d="1" r="59999"/>' * 1000))
    yield (
        "no length in an MPD",
        _MPD,
        _mpd('<SegmentTemplate timescale="0" duration="1" media="$Number$.m4s"/>'),
    )
    yield "many formats in an MPD", _MPD, _mpd(timeline.format('<S d="1" r="50000"/>'), formats=300)
    yield "an MPD that grows", _MPD, _growing_xml()
    fragment = '<c d="1" r="2000000000"/>'
    quality = '<QualityLevel Index="0" Bitrate="1" FourCC="H264" MaxWidth="1" MaxHeight="1"/>'
    stream = (
        f'<StreamIndex Type="video" Url="q({{bitrate}})/f({{start time}})">{quality}{fragment}</StreamIndex>'
    )
    smooth = f'<SmoothStreamingMedia MajorVersion="2" Duration="9">{stream}</SmoothStreamingMedia>'
    yield "a repeat in Smooth Streaming", "application/vnd.ms-sstr+xml", smooth
    yield "many segments", _M3U8, _hls(*["a.ts"] * _SEGMENTS, seconds=0.01)
    variants = "".join(f"#EXT-X-STREAM-INF:BANDWIDTH={n}\n{n}.m3u8\n" for n in range(1, 20_000))
    yield "many variants", _M3U8, f"#EXTM3U\n{variants}"
    yield "a playlist of itself", _M3U8, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/\n"
    entries = "".join(f"<item><enclosure url='http://127.0.0.1/{n}.mp4'/></item>" for n in range(100_000))
    yield "many entries", "application/rss+xml", f"<rss><channel><title>x</title>{entries}</channel></rss>"


def _mpd(template: str, formats: int = 1) -> str:
    each = '<Representation id="{}" bandwidth="{}" codecs="avc1.4d400d"/>'
    inside = template + "".join(each.format(number, number + 1) for number in range(formats))
    adaptation = f'<AdaptationSet mimeType="video/mp4">{inside}</AdaptationSet>'
    attributes = 'xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1H"'
    return f'<?xml version="1.0"?><MPD {attributes}><Period>{adaptation}</Period></MPD>'


def _growing_xml() -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE MPD [<!ENTITY e0 "x">{entities}]><MPD>&e11;</MPD>'


def _hls(*segments: str, seconds: float = 2) -> str:
    listed = "".join(f"#EXTINF:{seconds},\n{segment}\n" for segment in segments)
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{listed}#EXT-X-ENDLIST\n"


def _text(exchange: Exchange, *, text: str, kind: str) -> None:
    exchange.reply(200, text.encode(), Content_Type=kind)


def _packed(
    exchange: Exchange, *, kind: str, packing: str, status: int = 200, more: dict[str, str] | None = None
) -> None:
    named = {name.replace("-", "_"): value for name, value in (more or {}).items()}
    exchange.reply(status, _bomb(packing), Content_Type=kind, Content_Encoding=packing, **named)


def prepare(name: str) -> None:
    """Make what a bomb of this name sends, which else would make its server slow."""
    for packing in _packers():
        if name.endswith(packing):
            _bomb(packing)


@cache
def _bomb(packing: str) -> bytes:
    """As much as `UNPACKED_BYTES` of blanks, packed."""
    pack, finish = _packers()[packing]
    blanks = b" " * _BLOCK_BYTES
    return b"".join([*(pack(blanks) for _ in range(UNPACKED_BYTES // _BLOCK_BYTES)), finish()])


def _packers() -> dict[str, tuple[Callable[[bytes], bytes], Callable[[], bytes]]]:
    small, plain = brotli.Compressor(quality=1), zlib.compressobj()
    zipped = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    return {
        "br": (small.process, small.finish),
        "deflate": (plain.compress, plain.flush),
        "gzip": (zipped.compress, zipped.flush),
    }


def _dripping(exchange: Exchange, *, kind: str) -> None:
    """A byte now and then: never silent, never done."""
    exchange.start(200, {"Content-Type": kind, "Content-Length": "1000000"})
    while True:
        exchange.wfile.write(b" ")
        exchange.wfile.flush()
        time.sleep(0.2)


def _endless_redirection(exchange: Exchange) -> None:
    exchange.start(302, {"Location": "/?again", "Transfer-Encoding": "chunked"})
    while True:
        exchange.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")


def _endless_headers(exchange: Exchange) -> None:
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        exchange.wfile.write(b"X-More: " + b"x" * 60_000 + b"\r\n")
