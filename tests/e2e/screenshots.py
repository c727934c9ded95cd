"""Pictures of a running desk for README and review: wide and narrow, by day and by night.

`make screenshots` takes docs/screenshots anew from the demo. For any other desk:
python -m tests.e2e.screenshots BASE_URL FOLDER ADDRESS PASSWORD
"""

from __future__ import annotations

import re
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
PAGES = {"queue": "/", "case": "/next", "delivered": "/next?view=delivered", "pair": ".c-pair a"}
# Of the demo: whose pages are photographed, where their letters come, and which pages.
MAILBOXES = {"guardian": "ruth@family.test", "pupil": "jamie@family.test", "tutor": "tara.personal@mail.test"}
PEOPLES_PAGES = {
    "guardian": ("/family", "/family/contact", "/family/agreements"),
    "pupil": ("/pupil",),
    "tutor": ("/tutor", "/tutor/strikes"),
}
LETTER = re.compile(r"(/me/enter/[\w-]+)\s.*?code:\s*(\d{6})", re.DOTALL)
LETTER_WAIT_S = 30
OFFICE = {"office": "/office", "todo": "/todo", "files": "/files", "concerns": "/concerns", "holds": "/holds", "record": "/record",
          "figures": "/figures", "samples": "/samples", "care": "/care", "rota": "/rota", "operations": "/ops",
          "policy": "/policy", "policy-changes": "/policy/changes", "policy-coverage": "/policy/coverage",
          "people": "/people", "person": "/people/tara"}  # fmt: skip


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
    """Sign in and photograph the sign-in page and `pages` (name: path, or a link of the queue); return the files.

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
        _open(page, base_url, path)
        files.append(_shot(page, out_folder / f"{name}-{width}-{scheme}.png"))
    context.close()
    return files


def _open(page: Page, base_url: str, path: str) -> None:
    """Go to a path, or where the first link of the queue leads that a selector finds.

    A query after /next is that of the case it leads to.
    """
    start, _, query = path.partition("?")
    page.goto(base_url + (start if start.startswith("/") else "/"))
    if not start.startswith("/"):
        with page.expect_navigation():
            page.locator(start).first.click()
    elif query:
        page.goto(f"{page.url}?{query}")


def _shot(page: Page, file: Path) -> Path:
    """The whole page in a window as tall as it, so that a bar that sticks covers nothing."""
    size = page.viewport_size or {"width": WIDTHS[0], "height": HEIGHT}
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(tall, HEIGHT)})
    page.screenshot(path=file)
    page.set_viewport_size({"width": size["width"], "height": HEIGHT})
    return file


def capture_people(
    base_url: str, out_folder: Path, mailbox_of: Mapping[str, str], browser: Browser
) -> list[Path]:
    """Photograph the first pages of people who sign in by letter. mailbox_of: their mailboxes, by name.

    The letters are read from the demo's page of mailboxes. Only the demo has that page.
    """
    out_folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, mailbox in mailbox_of.items():
        for width, scheme in ((width, scheme) for width in WIDTHS for scheme in SCHEMES):
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT},
                color_scheme="light" if scheme != "dark" else "dark",
            )
            page = context.new_page()
            _by_letter(page, base_url, mailbox)
            for number, path in enumerate(PEOPLES_PAGES[name]):
                page.goto(base_url + path)
                files.append(_shot(page, out_folder / f"{name}-{number}-{width}-{scheme}.png"))
            context.close()
    return files


def _by_letter(page: Page, base_url: str, mailbox: str) -> None:
    """Ask for a letter, wait until it lies in the mailbox, and follow it."""
    page.goto(f"{base_url}/mailboxes/{mailbox}")
    before = len(LETTER.findall(page.content()))
    page.goto(f"{base_url}/me/sign-in")
    page.get_by_label("Your e-mail address").fill(mailbox)
    page.get_by_role("button", name="Send me a letter").click()
    for _ in range(LETTER_WAIT_S * 4):
        page.goto(f"{base_url}/mailboxes/{mailbox}")
        found = LETTER.findall(page.content())
        if len(found) > before:
            break
        page.wait_for_timeout(250)
    else:
        raise RuntimeError("No sign-in letter came.")
    path, code = found[-1]
    page.goto(base_url + path)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def change_the_policy(home: Path) -> None:
    """Write a file that loosens something, so that a change waits for a second person."""
    from gateway.settings import config_folder

    shipped = (config_folder() / "policies" / "default.yaml").read_text()
    file = home / "policies" / "default.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(shipped.replace("gifts: {value: record", "gifts: {value: 'off'"))


def from_the_demo(folder: Path) -> list[Path]:
    """Play the demo and photograph its desk and a family's mailbox."""
    from gateway import settings
    from gateway.cli.demo_run import DESK_PASSWORD, DESK_USER, LEAD_USER, DemoRun

    with tempfile.TemporaryDirectory() as home, DemoRun(Path(home), settings.read(), "default", False) as run:
        run.play()
        pages = {**PAGES, "mailbox": "/mailboxes/jamie@family.test"}
        desk = capture(run.web, folder, DESK_USER, DESK_PASSWORD, pages)
        change_the_policy(Path(home))
        desk += capture(run.web, folder, LEAD_USER, DESK_PASSWORD, OFFICE)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
            return [*desk, *capture_people(run.web, folder, MAILBOXES, browser)]


if __name__ == "__main__":
    for taken in (
        capture(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:5]) if sys.argv[1:] else from_the_demo(SHOTS)
    ):
        print(taken)
