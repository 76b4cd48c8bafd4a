"""The staff page in a real browser: from a picture to a running portrait; every room by hand."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import cv2
import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kiosk.places import PROJECT
from tests.fakes import photograph

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE_S = 240
ROOMS = ("/", "/portraits/personne", "/new", "/programme", "/log")
PHONE, DESK = (390, 844), (1280, 900)
# narrower than a finger, unnamed, or reaching out of the page
FAULTS = """
const faults = [], all = (words) => [...document.querySelectorAll(words)];
const shown = (words) => all(words).filter((node) => node.offsetParent);
const tell = (what, node) => faults.push(`${what}: ${node.outerHTML.slice(0, 90)}`);
if (document.documentElement.scrollWidth > innerWidth + 1) tell("too wide", document.body);
for (const node of shown("main button, main a.button, nav a, main select"))
  if (node.getBoundingClientRect().height < 43) tell("low", node);
for (const node of shown("input:not([type=hidden]), select"))
  if (!node.labels.length && !node.ariaLabel) tell("unnamed", node);
for (const node of shown("img"))
  if (!node.hasAttribute("alt")) tell("no alt", node);
return faults;
"""

Found = TypeVar("Found")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver"
)


def wait_for(look: Callable[[], Found | None], what: str) -> Found:
    """What a look finds, once it does."""
    gives_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < gives_up_at:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


@contextlib.contextmanager
def running(*words: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command of ours while the block lasts."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    log = (folder / f"{words[0]}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk", *words, "--config", str(folder / "config.toml")],
        cwd=PROJECT, env=environment, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
        log.close()


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings and one portrait."""
    folder = tmp_path_factory.mktemp("museum")
    shutil.copytree(PROJECT / "assets/portraits/personne", folder / "packs/personne")
    (folder / "config.toml").write_text(
        f'[camera]\nsource = "demo"\n[portraits]\nfolder = "packs"\n'
        f'[display]\nwidth = 360\nheight = 480\n[console]\nsocket = "{folder}/kiosk.sock"\n'
    )
    cv2.imwrite(str(folder / "admiral-hopper.png"), photograph()[:, :, ::-1])
    return folder


@pytest.fixture(scope="module")
def page(museum: Path) -> Iterator[str]:
    """The address of a staff page."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(address).status_code == 200
        return False

    with running("console", "--port", str(port), folder=museum):
        wait_for(answers, "the staff page")
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "accept-lang=en"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the browser itself has to say against the page."""
    return [line["message"] for line in browser.get_log("browser")]


def find(browser: webdriver.Chrome, selector: str) -> webdriver.remote.webelement.WebElement:
    """The first such element that can be seen."""

    def seen() -> webdriver.remote.webelement.WebElement | None:
        found = browser.find_elements(By.CSS_SELECTOR, selector)
        return next((each for each in found if each.is_displayed()), None)

    return wait_for(seen, selector)


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_room_fits_a_phone_and_a_desk_and_every_part_of_it_has_a_name(
    page: str, browser: webdriver.Chrome, size: tuple[int, int], language: str
) -> None:
    screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.get(f"{page}/language/{language}")
    complaints(browser)
    for room in ROOMS:
        browser.get(page + room)
        if room == "/programme":
            find(browser, "#more").click()
        assert browser.execute_script(FAULTS) == [], room
    # a kiosk that does not run is told by the page, not a fault of it
    assert [
        line for line in complaints(browser) if "screen.jpg" not in line and "/log" not in line
    ] == []
    browser.get(f"{page}/language/en")


def test_a_picture_becomes_a_portrait_that_hangs_through_the_page_alone(
    page: str, browser: webdriver.Chrome, museum: Path
) -> None:
    browser.get(f"{page}/new")
    find(browser, "#file").send_keys(str(museum / "admiral-hopper.png"))
    make = find(browser, "#make")
    assert make.find_element(By.NAME, "id").get_attribute("value") == "admiral-hopper"
    minutes = make.find_element(By.NAME, "minutes")
    minutes.clear()
    minutes.send_keys("0.2")
    find(browser, "#make button.main").click()
    find(browser, "#report")
    assert (museum / "packs/admiral-hopper/pack.toml").exists()

    with running("run", "--offscreen", folder=museum):
        browser.get(f"{page}/")
        find(browser, '[data-portrait="personne"][data-hangs]')
        browser.get(f"{page}/portraits/admiral-hopper")
        find(browser, "#hang").click()
        find(browser, "#screen")  # it hangs: its place shows the screen itself

        mouth = find(browser, '[name="gains.mouth"]')
        before = mouth.get_attribute("value")
        mouth.send_keys(Keys.ARROW_RIGHT)
        assert mouth.get_attribute("value") != before
        find(browser, "#changes button.main").click()
        kept = museum / "packs/.overrides/admiral-hopper.toml"
        wait_for(kept.exists, "the changes")


def test_points_are_placed_by_keyboard_and_by_pointer(
    page: str, browser: webdriver.Chrome, museum: Path
) -> None:
    browser.get(f"{page}/new")
    find(browser, "#file").send_keys(str(museum / "admiral-hopper.png"))
    find(browser, "#make")
    browser.get(browser.current_url + "/points")
    chin = find(browser, '[data-point="chin"]')
    mesh = browser.find_element(By.ID, "mesh")
    drawn = wait_for(lambda: mesh.get_attribute("d"), "the mesh")

    def height() -> float:
        return float(chin.find_element(By.CLASS_NAME, "dot").get_attribute("cy") or 0)

    browser.execute_script("arguments[0].focus()", chin)
    assert "chin" in find(browser, "#chosen").text
    began = height()
    chin.send_keys(Keys.SHIFT + Keys.ARROW_DOWN)
    by_key = height()
    assert by_key > began
    wait_for(lambda: mesh.get_attribute("d") != drawn, "the mesh that follows")

    drag = webdriver.ActionChains(browser)
    drag.click_and_hold(chin.find_element(By.CLASS_NAME, "dot")).move_by_offset(0, 15).release()
    drag.perform()
    assert height() > by_key

    whole = find(browser, '[data-point="whole"] .dot')
    webdriver.ActionChains(browser).drag_and_drop_by_offset(whole, 0, 20).perform()
    assert height() > by_key + 10

    find(browser, "#keep").click()
    find(browser, "#make")
    assert list((museum / "cache").rglob("points.toml"))
