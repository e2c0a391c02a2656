"""Every way to lead the fetching into the house, to every spelling of an address in it; none is reached."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.attack.fetches import fetched_from
from bench.attack.outcomes import Bounds, Result, complaints_about
from bench.attack.watching import Case, tried
from tests import misbehaving_server as server
from tests.misbehaving_server import Exchange, Handler, serve

BOUNDS = Bounds(seconds=30, may_be_temporary=True)
_CANARY_HOST = "127.0.0.2"
# Spellings of the canary's address, and of others that lie within.
_SPELLINGS = (
    "127.0.0.2",
    "2130706434",
    "0x7f000002",
    "0177.0.0.2",
    "127.2",
    "0x7f.2",
    "127.0.2",
    "[::ffff:127.0.0.2]",
    "[::ffff:7f00:2]",
    "[0:0:0:0:0:ffff:127.0.0.2]",
    "127.0.0.2.",
    "１２７.０.０.２",
)
_ELSEWHERE = ("10.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]", "[64:ff9b::7f00:2]", "192.168.0.1")
_M3U8, _MPD = "application/x-mpegurl", "application/dash+xml"


def attack(share: float) -> Result:
    """Each way to each spelling, and some to addresses where nobody is; `share` of them."""
    with serve({}, host=_CANARY_HOST) as canary:
        targets = [f"http://{spelling}:{canary.port}/canary" for spelling in _SPELLINGS]
        targets += [f"http://{host}/canary" for host in _ELSEWHERE]
        cases = [
            Case(f"{way} to {target}", partial(_led, way=way, target=target))
            for target in targets
            for way in dict(_ways(target))
        ]
        outcomes = tried(cases[:: max(1, round(1 / share))])
        reached = [f"a canary was reached: {asked.path}" for asked in canary.requests]
    complaints = [*complaints_about(outcomes, BOUNDS), *reached]
    return Result(outcomes, complaints, {"addresses": len(outcomes), "canaries reached": len(reached)})


def _led(folder: Path, way: str, target: str) -> str:
    return fetched_from(folder, dict(_ways(target))[way])


def _ways(target: str) -> Iterator[tuple[str, dict[str, Handler]]]:
    """What the server answers that leads to the target."""
    for status in (301, 302, 303, 307, 308):
        yield f"a redirection {status}", {"/": partial(_redirection, status=status, to=target)}
    for name, html in (
        ("a video", f"<video src='{target}.mp4'></video>"),
        ("a frame", f"<iframe src='{target}'></iframe>"),
        ("a meta tag", f"<meta property='og:video' content='{target}.mp4'>"),
        ("a refresh", f"<meta http-equiv='refresh' content='0; url={target}'>"),
    ):
        yield name, {"/": partial(server.page, html=f"<html><title>x</title><body>{html}")}
    end, first = "#EXT-X-ENDLIST\n", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
    for name, text in (
        ("a segment", f"{first}#EXTINF:2,\n{target}.ts\n{end}"),
        ("a key", f'{first}#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:2,\n/a.ts\n{end}'),
        ("an initialisation", f'{first}#EXT-X-MAP:URI="{target}"\n#EXTINF:2,\n/a.ts\n{end}'),
        ("a variant", f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}.m3u8\n"),
    ):
        segment = partial(server.file, content=bytes(188 * 50), kind="video/mp2t")
        yield name, {"/": partial(_text, text=text, kind=_M3U8), "/a.ts": segment}
    listed = f'<SegmentList duration="1"><SegmentURL media="{target}.m4s"/></SegmentList>'
    inside = f'<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">{listed}'
    mpd = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" mediaPresentationDuration="PT1S">'
    closing = "</Representation></AdaptationSet></Period></MPD>"
    yield "a DASH segment", {"/": partial(_text, text=f"{mpd}<Period>{inside}{closing}", kind=_MPD)}


def _redirection(exchange: Exchange, *, status: int, to: str) -> None:
    exchange.reply(status, Location=to.encode("utf-8").decode("latin-1"))


def _text(exchange: Exchange, *, text: str, kind: str) -> None:
    exchange.reply(200, text.encode(), Content_Type=kind)
