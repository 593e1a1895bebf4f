"""The results page in a real browser: headless Chromium, driven by Playwright.

Skipped, aloud, where there is no Chromium: `make test-page` says how to get one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import page_run
import pytest

from plmemory.figures.page import write

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
if not CHROMIUM:
    pytest.skip("no Chromium (apt-get install chromium)", allow_module_level=True)
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
FLAGS = [*QUIET, "--disable-component-update", "--disable-sync"]
MISSING = "stabilities"
WIDTHS = (390, 768, 1440)
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
WAIT = 60_000  # milliseconds: the machine may be busy


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page of a small run beside another one."""
    root = tmp_path_factory.mktemp("results")
    page_run.make(root / "small", *page_run.SHOWN)
    page_run.make(root / "paper", "capacity", "reproduction")
    write.write(page_run.told(*page_run.SHOWN, MISSING), root / "small")
    return (root / "small/page/index.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser, address):
    """Opens the page in a scheme and a width; at the end nothing was said and nothing asked for."""
    said, asked, contexts = [], [], []

    def open_page(scheme="light", width=1440):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.set_default_timeout(WAIT)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda fault: said.append(str(fault)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    folder = address.removesuffix("small/page/index.html")
    assert [url for url in asked if not url.startswith((folder, "data:", "blob:"))] == []


def unfold(page, figure, kind):
    page.click(f"#{figure} > details.{kind} > summary")


def unfold_all(page):
    """Everything that readers can open."""
    unfold(page, "capacity", "curves")
    unfold(page, "examples", "pictures")
    for figure in ("capacity", "reproduction"):
        unfold(page, figure, "numbers")
        unfold(page, figure, "made")
    page.wait_for_selector("#capacity .panel svg")
    page.wait_for_selector("#examples canvas")
    page.wait_for_selector("#reproduction .numbers-table tbody td")


def test_every_image_loads_and_what_is_missing_is_said(opened):
    page = opened()
    images = page.locator("img[src]")
    assert images.count() == len(page_run.SHOWN)
    for image in images.all():
        image.scroll_into_view_if_needed()
        handle = image.element_handle()
        page.wait_for_function("image => image.complete && image.naturalWidth > 50", arg=handle)
        assert len(image.get_attribute("alt")) > 60
    assert "missing" in page.inner_text(f"#{MISSING}")
    assert "4 of 5 figures are made, 1 missing" in page.inner_text(".lead")
    assert "2 agree, 1 differ" in page.inner_text(".lead")


def test_tables_are_sorted_and_filtered_and_saved(opened):
    page = opened()
    unfold(page, "capacity", "numbers")
    column = list(page_run.table("capacity").columns).index("alpha") + 1
    cells = page.locator(f"#capacity .numbers-table tbody td:nth-child({column})")
    head = page.locator(f"#capacity .numbers-table thead th.dt-orderable-asc:nth-child({column})")
    loads = page_run.table("capacity")["alpha"]
    ends = []
    for order in ("ascending", "descending"):
        head.click()
        playwright.expect(head).to_have_attribute("aria-sort", order)
        ends.append([float(text) for text in cells.all_inner_texts()])
    ascending, descending = ends
    assert (ascending[0], descending[0]) == (loads.min(), loads.max())
    assert ascending == sorted(ascending)
    assert descending == sorted(descending, reverse=True)
    page.locator("#capacity .numbers-table input[type=search]").fill("hebb")
    rules = page.locator("#capacity .numbers-table tbody tr td:first-child")
    playwright.expect(rules.filter(has_not_text="hebb")).to_have_count(0)
    assert set(rules.all_inner_texts()) == {"hebb"}
    with page.expect_download() as saved:
        page.click("#capacity a.csv")
    lines = Path(saved.value.path()).read_text().splitlines()
    assert lines[0].split(",") == list(page_run.table("capacity").columns)
    assert len(lines) == len(loads) + 1


def test_a_legend_entry_toggles_a_rule_and_a_point_tells_its_error(opened):
    page = opened()
    unfold(page, "retrieval_maps", "curves")
    panel = page.locator("#retrieval_maps .panel").first
    points = panel.locator(".mark-symbol path[fill-opacity]")
    button = page.locator("#retrieval_maps .legend button").first
    points.first.wait_for()
    before = points.count()
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"
    playwright.expect(points).not_to_have_count(before)
    fewer = points.count()
    assert 0 < fewer < before
    button.press("Enter")
    playwright.expect(points).to_have_count(before)
    points.last.scroll_into_view_if_needed()
    points.last.hover(force=True)
    told = page.locator("#vg-tooltip-element")
    playwright.expect(told).to_contain_text("±")


def test_pictures_are_leafed_through_by_button_and_key(opened):
    page = opened()
    unfold(page, "examples", "pictures")
    words = page.locator("#examples .gallery p")
    leaves = len(page_run.table("examples").groupby(["set", "alpha", "example"]))
    playwright.expect(words).to_contain_text(f"1 of {leaves}")
    assert page.locator("#examples canvas").count() == 3  # original, corrupted, retrieved
    page.get_by_role("button", name="Next").click()
    playwright.expect(words).to_contain_text(f"2 of {leaves}")
    page.get_by_role("slider").press("ArrowRight")
    playwright.expect(words).to_contain_text(f"3 of {leaves}")


def test_figures_enlarge_by_a_key_and_close_by_another(opened):
    page = opened()
    page.locator("#capacity button.enlarge").press("Enter")
    large = page.locator("dialog img")
    playwright.expect(large).to_be_visible()
    assert large.get_attribute("src").endswith("capacity.svg")
    page.keyboard.press("Escape")
    playwright.expect(large).not_to_be_visible()


def test_another_run_is_shown_beside(opened):
    page = opened()
    page.get_by_role("button", name="Show paper beside").click()
    image = page.locator("#capacity .beside img")
    image.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth > 50", arg=image.element_handle())
    assert page.locator("table.verdicts thead th").last.inner_text() == "Ours, paper"
    page.get_by_role("button", name="Show paper beside").click()
    assert page.locator(".other").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(opened, scheme):
    page = opened(scheme)
    unfold_all(page)
    found = axe.Axe().run(page, options=RULES | {"preload": False})
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found.response["violations"]] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_lies_sideways_at_any_width(opened, width, tmp_path):
    page = opened(width=width)
    unfold_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    picture = page.screenshot()
    assert len(picture) > 10_000


def test_the_page_prints_without_what_only_a_screen_can_do(opened):
    page = opened()
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.locator("#capacity .curves").is_hidden()
    assert page.locator("#capacity figcaption").is_visible()
