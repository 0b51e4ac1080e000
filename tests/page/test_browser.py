"""The page in a real browser, opened from a file without a network."""

import json
import os
import shutil

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By

from small_page import SmallPage, judged

REQUIRED = "ONTOGENY_REQUIRES_BROWSER"
"""A variable of the environment: without a browser these tests then fail."""
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-prefers-reduced-motion",  # a click does not wait for the page to scroll
)
WIDTHS = (1280, 390)
BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
DRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER) and REQUIRED not in os.environ,
    reason="needs Chromium and its driver (Debian: chromium, chromium-driver)",
)


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    options = ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = Chrome(options=options, service=ChromeService(DRIVER))
    yield found
    found.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    claims = judged(("holds", 0.9, 0.8, 1.0, 7), ("open", 0.4, 0.1, 0.9, 5), figure="seeds")
    elsewhere = [judged(("open", 0.7, 0.6, 0.8, 90), configuration="a-long-name-of-several-words")]
    small = SmallPage(tmp_path_factory.mktemp("browser")).store()
    return small.written(claims=claims, atlas=elsewhere).as_uri()


@pytest.fixture(params=WIDTHS)
def page(request, driver, address):
    """Return the browser with the page open at a width in CSS pixels."""
    metrics = {"width": request.param, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get_log("performance")
    driver.get_log("browser")
    driver.get("about:blank")
    driver.get(address)
    assert driver.execute_script("return window.innerWidth") == request.param
    return driver


def requested(driver):
    """Return the addresses that the browser asked for."""
    messages = [json.loads(each["message"])["message"] for each in driver.get_log("performance")]
    return {
        each["params"]["request"]["url"].partition(",")[0]
        for each in messages
        if each["method"] == "Network.requestWillBeSent"
    }


def test_nothing_but_the_file_itself_is_asked_for_and_nothing_is_complained_of(page, address):
    assert shown(page)
    asked = requested(page)
    assert address in asked
    assert {url for url in asked if not url.startswith("data:")} <= {address, "about:blank"}
    assert page.get_log("browser") == []


def shown(driver):
    """Return the natural width of every picture, after each has been looked at."""
    return driver.execute_async_script(
        """
        const done = arguments[0];
        const all = [...document.images];
        all.forEach(image => { image.loading = "eager"; });
        Promise.all(all.map(image => image.decode().catch(() => null)))
          .then(() => done(all.map(image => image.naturalWidth)));
        """
    )


def test_every_picture_is_shown(page):
    widths = shown(page)
    assert len(widths) > 30
    assert all(width > 0 for width in widths)


def test_nothing_is_wider_than_the_window(page):
    for details in page.find_elements(By.TAG_NAME, "details"):
        page.execute_script("arguments[0].open = true", details)
    widest = page.execute_script("return document.documentElement.scrollWidth")
    assert widest <= page.execute_script("return window.innerWidth")


def test_every_link_on_the_page_has_its_target(page):
    lacking = page.execute_script(
        """
        return [...document.querySelectorAll('a[href^="#"]')]
          .map(link => decodeURIComponent(link.hash.slice(1)))
          .filter(name => !document.getElementById(name));
        """
    )
    assert lacking == []


def test_links_pictures_and_landmarks_have_names(page):
    tree = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"link", "image", "heading", "navigation", "DisclosureTriangle"}
    named = [node for node in tree if node.get("role", {}).get("value") in roles]
    assert {node["role"]["value"] for node in named} >= {"link", "image", "heading", "navigation"}
    assert [node for node in named if not node["ignored"] and not node["name"]["value"]] == []


def test_a_picture_is_enlarged_and_closed_by_links_alone(page):
    figure = page.find_element(By.CSS_SELECTOR, "figure")
    picture = figure.find_element(By.CLASS_NAME, "picture")
    before = picture.rect
    figure.find_element(By.LINK_TEXT, "Enlarge").click()
    assert picture.rect["width"] >= before["width"]
    assert picture.value_of_css_property("position") == "fixed"
    picture.find_element(By.CLASS_NAME, "close").click()
    assert picture.value_of_css_property("position") == "static"
