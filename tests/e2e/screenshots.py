"""Pictures of a running desk for README and review: wide and narrow, by day and by night.

`make screenshots` takes docs/screenshots anew from the demo. For any other desk:
python -m tests.e2e.screenshots BASE_URL FOLDER ADDRESS PASSWORD
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = (1280, 360)
HEIGHT = 800
SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
SCHEMES = ("light", "dark")
PAGES = {"queue": "/", "case": "/next"}
OFFICE = {"office": "/office", "files": "/files", "concerns": "/concerns", "holds": "/holds", "record": "/record",
          "figures": "/figures", "samples": "/samples", "care": "/care", "rota": "/rota", "operations": "/ops"}  # fmt: skip


def capture(
    base_url: str,
    out_folder: Path,
    address: str,
    password: str,
    pages: Mapping[str, str] = PAGES,
    widths: Sequence[int] = WIDTHS,
    schemes: Sequence[str] = SCHEMES,
    browser: Browser | None = None,
) -> list[Path]:
    """Sign in and photograph the sign-in page and `pages` (name: path); return the files.

    browser: a running one; without it Chromium is started for this.
    Raises: RuntimeError when there is no Chromium, or when the sign-in is refused.
    """
    if browser is None:
        executable = shutil.which("chromium")
        if executable is None:
            raise RuntimeError("No chromium was found on the path: install it to take screenshots.")
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=executable)
            return capture(base_url, out_folder, address, password, pages, widths, schemes, started)
    out_folder.mkdir(parents=True, exist_ok=True)
    return [
        file
        for width in widths
        for scheme in schemes
        for file in _round(browser, base_url, out_folder, (address, password), pages, width, scheme)
    ]


def sign_in(page: Page, base_url: str, address: str, password: str) -> None:
    """Sign in by the form, as a person does."""
    page.goto(f"{base_url}/sign-in")
    page.get_by_label("Your address").fill(address)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    if "/sign-in" in page.url:
        raise RuntimeError("The desk refused this address and password.")


def _round(
    browser: Browser,
    base_url: str,
    out_folder: Path,
    account: tuple[str, str],
    pages: Mapping[str, str],
    width: int,
    scheme: str,
) -> list[Path]:
    light = scheme != "dark"
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme="light" if light else "dark"
    )
    page = context.new_page()
    page.goto(f"{base_url}/sign-in")
    files = [_shot(page, out_folder / f"sign-in-{width}-{scheme}.png")]
    sign_in(page, base_url, *account)
    for name, path in pages.items():
        page.goto(base_url + path)
        files.append(_shot(page, out_folder / f"{name}-{width}-{scheme}.png"))
    context.close()
    return files


def _shot(page: Page, file: Path) -> Path:
    """The whole page in a window as tall as it, so that a bar that sticks covers nothing."""
    size = page.viewport_size or {"width": WIDTHS[0], "height": HEIGHT}
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(tall, HEIGHT)})
    page.screenshot(path=file)
    page.set_viewport_size({"width": size["width"], "height": HEIGHT})
    return file


def from_the_demo(folder: Path) -> list[Path]:
    """Play the demo and photograph its desk and a family's mailbox."""
    from gateway import settings
    from gateway.cli.demo_run import DESK_PASSWORD, DESK_USER, DemoRun

    with tempfile.TemporaryDirectory() as home, DemoRun(Path(home), settings.read(), "default", False) as run:
        run.play()
        pages = {**PAGES, **OFFICE, "mailbox": "/mailboxes/jamie@family.test"}
        return capture(run.web, folder, DESK_USER, DESK_PASSWORD, pages)


if __name__ == "__main__":
    for taken in (
        capture(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:5]) if sys.argv[1:] else from_the_demo(SHOTS)
    ):
        print(taken)
