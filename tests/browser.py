"""Pages in a real browser: how they are opened, and what they must not do."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium")

SIZES = {"wide": (1280, 900), "narrow": (400, 800)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Chromium once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclasses.dataclass
class Opened:
    """A page in the browser, and what it did that it should not."""

    page: Any
    faults: list[str]


@pytest.fixture(params=list(SIZES))
def opened(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return how to open a page at both sizes, noting messages, errors, requests and dialogs."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)

    def open_page(path: Path) -> Opened:
        page, faults = context.new_page(), []
        page.on("console", lambda message: faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        own = (path.as_uri(), "blob:", "data:")
        page.on("request", lambda some: None if some.url.startswith(own) else faults.append(f"request: {some.url}"))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
        return Opened(page, faults)

    yield open_page
    context.close()
