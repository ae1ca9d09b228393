"""No page has a serious fault of accessibility, and no browser complains of one: axe-core looks at each, on a telephone
in the light, at a desk in the dark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import screens

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text()
SERIOUS = ("serious", "critical")
RUN = "axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """pages(name, size, scheme): that page of the filled union, open in a browser, and what the browser complains of."""
    folder = tmp_path_factory.mktemp("axe")
    tokens = screens.fill(folder)
    with screens.served(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=screens.FLAGS)

        yield lambda *which: screens.open_page(browser, address, *which, tokens)
        browser.close()


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
@pytest.mark.parametrize("name", screens.PAGES)
def test_a_page_has_no_serious_fault_of_accessibility(pages, name, size, scheme):
    page, said = pages(name, size, scheme)
    page.evaluate(AXE)
    found = page.evaluate(RUN)["violations"]
    page.context.close()
    serious = {
        fault["id"]: [node["html"][:160] for node in fault["nodes"]] for fault in found if fault["impact"] in SERIOUS
    }
    assert serious == {}
    assert said == [], "what the browser complains of"
