"""How long the main thread of a browser, slowed down four times as on an old phone, is busy at a time."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

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
            page = context.new_page()
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
            for name, act in _acts(page, address, width):
                longest = _longest(browser, page, act)
                shown = ", ".join(f"{wall:.0f} ({own:.0f})" for wall, own in longest) or "none over 50"
                print(f"  {width:4} px  {name:<10} longest tasks in ms, of these on the processor: {shown}")
            context.close()
        browser.close()


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
        ("deep link", lambda: page.goto(f"{address}?t=9000")),
    ]


def _longest(browser: Browser, page: Page, act: Callable[[], object]) -> list[tuple[float, float]]:
    """The longest tasks over 50 ms: on the clock, and on the processor (less where others had it)."""
    browser.start_tracing(page=page, categories=TRACED)
    act()
    page.wait_for_timeout(1500)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"}
    tasks = {
        (each["pid"], each["ts"]): (each["dur"] / 1000, each.get("tdur", 0) / 1000)
        for each in events
        if each.get("name", "").endswith("RunTask") and (each["pid"], each["tid"]) in main and "dur" in each
    }
    return sorted((each for each in tasks.values() if each[0] > 50), reverse=True)[:SHOWN]
