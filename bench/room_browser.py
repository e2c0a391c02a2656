"""How long the main thread of a browser, slowed down four times as on an old phone, is busy at a time."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
SLOWDOWN = 4
WINDOWS = ((360, 740), (1200, 800))
TRACED = ["toplevel", "disabled-by-default-devtools.timeline"]
SHOWN = 3


def print_long_tasks(address: str) -> None:
    """Print the longest tasks of each thing a reader does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--autoplay-policy=no-user-gesture-required", "--mute-audio"],
            chromium_sandbox=False,
        )
        for width, height in WINDOWS:
            context = browser.new_context(viewport={"width": width, "height": height})
            page = _slow_page(context)
            for name, act in _acts(page, address, width):
                _print_longest(name, width, _longest(browser, page, act))
            for name, query in (("link to a second", "t=9000"), ("found by search", "t=5000&q=Menschen")):
                # In a page of its own: leaving the one before would be counted too.
                other = _slow_page(context)
                _print_longest(
                    name, width, _longest(browser, other, partial(other.goto, f"{address}?{query}"))
                )
                other.close()
            context.close()
        browser.close()


def _slow_page(context: BrowserContext) -> Page:
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    return page


def _print_longest(name: str, width: int, longest: Sequence[tuple[float, float]]) -> None:
    shown = ", ".join(f"{wall:.0f} ({own:.0f})" for wall, own in longest) or "none over 50"
    print(f"  {width:4} px  {name:<17} longest tasks in ms, of these on the processor: {shown}", flush=True)


def _acts(page: Page, address: str, width: int) -> list[tuple[str, Callable[[], object]]]:
    media = "document.querySelector('video, audio')"

    def scroll() -> None:
        page.mouse.move(width * 0.7, 500)
        for _ in range(30):
            page.mouse.wheel(0, 700)
            page.wait_for_timeout(60)

    def follow() -> None:
        page.evaluate(f"{media}.play()")
        page.wait_for_timeout(5000)

    def find() -> None:
        page.evaluate("document.getElementById('suchwort').focus()")
        page.keyboard.type("und", delay=60)
        page.wait_for_timeout(1000)
        page.keyboard.press("Enter")

    return [
        ("load", lambda: page.goto(address)),
        ("follow", follow),
        ("scroll", scroll),
        ("return", lambda: page.evaluate("document.querySelector('[data-does=return]').click()")),
        ("find", find),
        ("quote", lambda: page.evaluate("document.querySelector('[data-does=quote]').click()")),
    ]


def _longest(browser: Browser, page: Page, act: Callable[[], object]) -> list[tuple[float, float]]:
    """The longest tasks over 50 ms: on the clock, and on the processor (less where others had it)."""
    browser.start_tracing(page=page, categories=TRACED)
    act()
    page.wait_for_timeout(1500)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    # Chromium draws parts of its own window by pages too; they are not ours.
    ours = {each["processId"] for each in _frames(events) if each.get("url", "").startswith("http")}
    main = {
        (e["pid"], e["tid"])
        for e in events
        if e.get("args", {}).get("name") == "CrRendererMain" and e["pid"] in ours
    }
    tasks = {
        (each["pid"], each["ts"]): (each["dur"] / 1000, each.get("tdur", 0) / 1000)
        for each in events
        if each.get("name", "").endswith("RunTask") and (each["pid"], each["tid"]) in main and "dur" in each
    }
    return sorted((each for each in tasks.values() if each[0] > 50), reverse=True)[:SHOWN]


def _frames(events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The frames of all pages, each with its address and the process that shows it."""
    for event in events:
        data = event.get("args", {}).get("data", {})
        if event.get("name") == "TracingStartedInBrowser":
            yield from data.get("frames", ())
        elif event.get("name") == "FrameCommittedInBrowser":
            yield data
