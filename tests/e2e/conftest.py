"""One running gateway for the tests that only use it; those that break one make their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.installation import Installation, install


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A gateway with all its processes, shared by the run."""
    installation = install(tmp_path_factory.mktemp("gateway"), connection_limit_per_address="100")
    try:
        installation.start("smtp", "courier", "web")
        yield installation
    finally:
        installation.close()


@pytest.fixture
def own_gateway(tmp_path: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A gateway of the test's own, nothing of it started yet."""
    installation = install(tmp_path_factory.mktemp("own"), connection_limit_per_address="100")
    yield installation
    installation.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one its tests are left out, or fail where one is asked for."""
    executable = shutil.which("chromium")
    if executable is None:
        if os.environ.get("TUTOR_GATEWAY_REQUIRE_BROWSER"):
            pytest.fail("No chromium on the path, and TUTOR_GATEWAY_REQUIRE_BROWSER asks for one.")
        pytest.skip("No chromium on the path: these pages were not tested in a browser.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable)
